"""Writing words down: append the word, bring the state of today up to it, let the epoch grow; one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import router, transaction
from django.db.models import F

from sojourn.domains.privacy.models import ConsentEpoch, ConsentState, ConsentWord, NoticeRow
from sojourn.domains.privacy.standing import purposes, wording
from sojourn.domains.privacy.standing.wording import Outcome, Spoken
from sojourn.domains.privacy.words.consent import How, Proof, PurposeTerms
from sojourn.kit import sealing
from sojourn.kit.period import instant, micros

AT_ONCE: Final = 500  # persons named in one statement
STATE: Final = ("allowed", "is_firm", "opens_earlier", "said_us", "expires_us", "epoch")
SEALED_FOR: Final = "consent"


@dataclass(frozen=True, slots=True)
class Said:
    """A word that is to be noted of a person."""

    person: int
    purpose: str
    allowed: bool
    said_us: int
    proof: Proof


def note(said: Iterable[Said]) -> int:
    """Note words on purposes that can be refused, and give how many were.

    What a tracking library repeats, or a browser signals, is noted only where it changes where the person stands.
    """
    asked = purposes.known()
    words = [each for each in said if asked[each.purpose].can_refuse]
    if not words:
        return 0
    with transaction.atomic(using=router.db_for_write(ConsentWord)):
        epoch = advance_epoch()  # first: its row keeps other writers out until this is done
        pairs = _history(words)
        rows = [row for row in map(_Rows(asked.terms), words) if _counts(pairs[row.person, row.purpose], row)]
        ConsentWord.objects.bulk_create(rows, batch_size=AT_ONCE)
        changed = {(row.person, row.purpose) for row in rows}
        states = [_state(pair, wording.outcome(pairs[pair]), epoch) for pair in sorted(changed)]
        ConsentState.objects.bulk_create(
            states, AT_ONCE, update_conflicts=True, unique_fields=["person", "purpose"], update_fields=STATE
        )
    return len(rows)


def advance_epoch() -> int:
    """Let the epoch grow, inside the caller's transaction, and give it."""
    ConsentEpoch.objects.get_or_create(pk=1)
    ConsentEpoch.objects.filter(pk=1).update(value=F("value") + 1)
    return ConsentEpoch.objects.values_list("value", flat=True).get(pk=1)


def _counts(before: list[Spoken], row: ConsentWord) -> bool:
    """Add a word to what was said before; say whether it is worth a row."""
    was = wording.outcome(before)
    before.append(_spoken(row))
    if How(row.how) in wording.CHOSEN:
        return True
    now = wording.outcome(before)
    if was is not None and now is not None and (was.allowed, was.is_firm) == (now.allowed, now.is_firm):
        before.pop()
        return False
    return now is not None


def _history(words: Sequence[Said]) -> dict[tuple[int, str], list[Spoken]]:
    found: dict[tuple[int, str], list[Spoken]] = {(each.person, each.purpose): [] for each in words}
    persons = sorted({each.person for each in words})
    asked = {each.purpose for each in words}
    for at in range(0, len(persons), AT_ONCE):
        some = ConsentWord.objects.filter(person__in=persons[at : at + AT_ONCE], purpose__in=asked)
        for row in some.defer("evidence").order_by("pk"):
            if (row.person, row.purpose) in found:
                found[row.person, row.purpose].append(_spoken(row))
    return found


def _spoken(row: ConsentWord) -> Spoken:
    return Spoken(row.allowed, How(row.how), row.said_us, row.opens_earlier, row.expires_us)


def _state(pair: tuple[int, str], stands: Outcome | None, epoch: int) -> ConsentState:
    if stands is None:  # every word that is noted comes to something
        raise AssertionError("a noted word has no outcome")
    return ConsentState(
        person=pair[0],
        purpose=pair[1],
        allowed=stands.allowed,
        is_firm=stands.is_firm,
        opens_earlier=stands.opens_earlier,
        said_us=stands.said_us,
        expires_us=stands.expires_us,
        epoch=epoch,
    )


class _Rows:
    """Makes rows of words: what their notice said, when they run out, evidence sealed."""

    def __init__(self, terms: Mapping[str, PurposeTerms]) -> None:
        self._terms = terms
        self._now = time.time_ns() // 1_000
        self._opening = set(NoticeRow.objects.filter(opens_earlier=True).values_list("purpose", "version"))

    def __call__(self, said: Said) -> ConsentWord:
        proof, terms = said.proof, self._terms[said.purpose]
        return ConsentWord(
            person=said.person,
            purpose=said.purpose,
            allowed=said.allowed,
            said_us=said.said_us,
            noted_us=self._now,
            how=proof.how.value,
            source=proof.source[:100],
            by=proof.by[:100],
            notice=proof.notice,
            language=proof.language[:12],
            opens_earlier=said.allowed and (said.purpose, proof.notice) in self._opening,
            expires_us=_runs_out(said.said_us, terms) if said.allowed else None,
            evidence=_sealed(proof.evidence),
        )


def _sealed(evidence: bytes) -> bytes | None:
    return sealing.sealer(settings.SOJOURN).seal(evidence, use=SEALED_FOR) if evidence else None


def _runs_out(said_us: int, terms: PurposeTerms) -> int | None:
    if terms.expires_months is None:
        return None
    return micros(wording.expires_at(instant(said_us), terms.expires_months))
