"""What customers have said, one by one and in numbers, and what they were shown."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping

import numpy as np

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.door.persons import persons_of
from sojourn.domains.privacy.models import ConsentState, ConsentWord, NoticeRow
from sojourn.domains.privacy.queries.reach import require_there
from sojourn.domains.privacy.standing import purposes as held
from sojourn.domains.privacy.standing import tcf, wording
from sojourn.domains.privacy.standing.consents import words_of
from sojourn.domains.privacy.standing.following import SAID, SIGNAL
from sojourn.domains.privacy.words.consent import How, Notice, PurposeTerms, Standing, Word
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import instant


def purposes_at_collection(consent: Mapping[str, object] | None) -> int:
    """Turn the `consent` object of an event's context into the bits of purposes allowed at collection.

    What it does not name, or not as true or false, is as if unsaid.
    """
    return collected(consent, False)[0]


def collected(consent: Mapping[str, object] | None, has_signal: bool) -> tuple[int, dict[str, str]]:
    """Read what an event's context says about purposes: bits of those allowed, and what the event keeps of it.

    `has_signal` is the browser's Global Privacy Control. Categories come before a TC string in `tcString`.
    """
    asked = held.known().asked
    said = wording.choices(consent, asked, has_signal=has_signal)
    text = (consent or {}).get("tcString")
    if isinstance(text, str):
        with contextlib.suppress(InvalidError):  # a string that cannot be read says nothing
            said = {**tcf.choices(tcf.decode(text), asked), **said}
    kept = {SAID: wording.spelled(said)} if said else {}
    if has_signal and said:
        kept[SIGNAL] = How.GPC.value
    return wording.mask(said, asked), kept


def purposes(*, retired: bool = False) -> tuple[PurposeTerms, ...]:
    """List the purposes, built-in ones first; those that are no longer used only where asked for."""
    return tuple(each for each in held.known().terms.values() if each.is_active or retired)


def purposes_version() -> tuple[int, int]:
    """Give what changes when a purpose does."""
    return held.version()


def purpose(name: str) -> PurposeTerms:
    """Give one purpose, retired or not; raise InvalidError."""
    return held.known()[name]


def notices(*, purpose: str | None = None) -> tuple[Notice, ...]:
    """List notices, by purpose, newest version first, by language."""
    rows = NoticeRow.objects.order_by("purpose", "-version", "language")
    return tuple(each.contract() for each in (rows if purpose is None else rows.filter(purpose=purpose)))


def notice_for(purpose: str, *, languages: Iterable[str] = ()) -> Notice | None:
    """Give the newest notice of a purpose in the first of the languages that it has, else English, else any."""
    every = notices(purpose=purpose)
    newest = {each.language: each for each in every if each.version == every[0].version}
    found = next((newest[each] for each in (*languages, "en") if each in newest), None)
    return found or next(iter(newest.values()), None)


def standings(*, customer: int, viewer: Viewer) -> tuple[Standing, ...]:
    """Say where a customer stands with each purpose today.

    Raise ForbiddenError, and NotFoundError for a customer whom the viewer does not reach.
    """
    return standings_of(_reached(customer, viewer))


def standings_of(customer: int) -> tuple[Standing, ...]:
    """Say where a customer stands with each purpose today, for the customer and for those who have asked already."""
    theirs = persons_of(customer)
    rows = ConsentState.objects.filter(person__in=theirs)
    until: dict[tuple[str, bool], tuple[int, int | None]] = {}
    for row in rows:
        key = (row.purpose, row.allowed)
        until[key] = max(until.get(key, (0, None)), (row.said_us, row.expires_us), key=lambda each: each[0])
    return tuple(_standing(terms, theirs, until) for terms in held.known().terms.values() if terms.is_active)


def words(*, customer: int, viewer: Viewer) -> tuple[Word, ...]:
    """List all that a customer said about purposes, newest first, with how we know.

    Raise ForbiddenError, and NotFoundError for a customer whom the viewer does not reach.
    """
    return words_of_customer(_reached(customer, viewer))


def words_of_customer(customer: int) -> tuple[Word, ...]:
    """List all that a customer said about purposes, newest first; each word once, though it stands with each person."""
    rows = ConsentWord.objects.filter(person__in=persons_of(customer)).order_by("-said_us", "-pk")
    return tuple(dict.fromkeys(map(_word, rows)))


def _reached(customer: int, viewer: Viewer) -> int:
    viewer.require(Right.CONSENTS_READ)
    return require_there(customer, viewer=viewer.within(Right.CONSENTS_READ))


def _standing(
    terms: PurposeTerms, persons: tuple[int, ...], until: Mapping[tuple[str, bool], tuple[int, int | None]]
) -> Standing:
    made = Standing(purpose=terms.name, title=terms.title, basis=terms.basis, allowed=terms.is_silence_yes, said=None)
    said = words_of(Purpose(terms.name), np.array(persons, np.int64))
    if not len(said):
        return made
    allowed = bool(said.allowed.all())
    said_us, expires_us = until.get((terms.name, allowed), (0, None))
    return Standing(
        purpose=terms.name,
        title=terms.title,
        basis=terms.basis,
        allowed=allowed,
        said=allowed,
        said_at=instant(said_us) if said_us else None,
        expires_at=None if expires_us is None or not allowed else instant(expires_us),
        opens_earlier=allowed and bool(said.opens.all()),
    )


def _word(row: ConsentWord) -> Word:
    return Word(
        purpose=row.purpose,
        allowed=row.allowed,
        said_at=instant(row.said_us),
        noted_at=instant(row.noted_us or row.said_us),
        how=How(row.how),
        source=row.source,
        by=row.by,
        notice=row.notice,
        language=row.language,
        has_evidence=row.evidence is not None,
    )
