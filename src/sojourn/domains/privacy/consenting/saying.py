"""Verbs of consent: note what customers say, make links for them to say it, notice what has run out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection.actions import new_rows
from sojourn.domains.collection.contracts import TailBatch
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.door.persons import persons_of
from sojourn.domains.privacy.models import ConsentEpoch, ConsentState, ConsentWord, PreferenceLinkRow
from sojourn.domains.privacy.queries.reach import require_there, there
from sojourn.domains.privacy.standing import consents, noting, purposes, tcf
from sojourn.domains.privacy.standing.following import COLUMNS, words_in
from sojourn.domains.privacy.standing.noting import Said
from sojourn.domains.privacy.words.consent import How, Proof
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError
from sojourn.kit.period import micros

EARLIEST_YEAR = 1990
DELETED_AT_ONCE = 500
MOST_AHEAD = timedelta(hours=1)  # clocks differ


def record_consent(
    *,
    customer: int,
    purpose: Purpose,
    allowed: bool,
    at: datetime,
    proof: Proof = Proof(how=How.API),  # noqa: B008 - frozen
) -> None:
    """Note a customer's grant or objection; it acts on the next read, history included.

    Raise InvalidError for a purpose that no one can refuse, or that is not there.
    """
    record_choices(customer=customer, choices={purpose.value: allowed}, at=at, proof=proof)


def record_choices(*, customer: int, choices: Mapping[str, bool], at: datetime, proof: Proof) -> int:
    """Note a customer's choices by purpose, all or none, and give how many words were noted.

    A word counts for each of the customer's persons, so that it stays with them should they part again. Raise
    InvalidError for a purpose that no one can refuse or that is not there, or a time that cannot be.
    """
    _check(choices, at)
    said_us = micros(at)
    return noting.note(
        Said(person, purpose, allowed, said_us, proof)
        for person in persons_of(customer)
        for purpose, allowed in choices.items()
    )


def note_choices(
    *,
    customer: int,
    choices: Mapping[str, bool],
    at: datetime | None = None,
    proof: Proof,
    tc_string: str = "",
    viewer: Viewer,
) -> int:
    """Note choices that a customer made, by somebody who may; audited. Give the number of the customer as it is today.

    A TC string is read by the table of each purpose and kept sealed as evidence; `choices` come before it.

    Raise ForbiddenError, NotFoundError for a customer whom the viewer does not reach, and what `record_choices` does.
    """
    viewer.require(Right.CONSENTS_WRITE)
    current = require_there(customer, viewer=viewer.within(Right.CONSENTS_WRITE))
    if tc_string:
        choices = {**tcf.choices(tcf.decode(tc_string), purposes.known().asked), **choices}
        proof = replace(proof, evidence=tc_string.encode())
    with transaction.atomic(using=router.db_for_write(ConsentWord)):
        record_choices(customer=current, choices=choices, at=at or timezone.now(), proof=proof)
        access.audit(
            viewer=viewer,
            what="consent.record",
            on=f"customer:{current}",
            how=proof.how.value,
            granted=",".join(sorted(each for each, allowed in choices.items() if allowed)),
            refused=",".join(sorted(each for each, allowed in choices.items() if not allowed)),
        )
    return current


def customer_called(*, user_id: str = "", email: str = "", viewer: Viewer) -> int:
    """Find the customer with a user id or mail address, for a choice to be noted.

    Raise ForbiddenError, NotFoundError, and ConflictError when several customers share the address.
    """
    viewer.require(Right.CONSENTS_WRITE)
    found = identity.with_identifiers("user", [user_id]) if user_id else identity.with_mails([email])
    numbers = set(there(next(iter(found.values()), ()), viewer=viewer.within(Right.CONSENTS_WRITE)).values())
    if not numbers:
        raise NotFoundError("There is no such customer.")
    if len(numbers) > 1:
        raise ConflictError("Several customers share this mail address; name one by number or user id.")
    return numbers.pop()


def forget_consents(*, persons: Iterable[int]) -> None:
    """Delete what persons have said about purposes, and their links to the preference centre."""
    listed = list(persons)
    with transaction.atomic(using=router.db_for_write(ConsentWord)):
        noting.advance_epoch()
        for at in range(0, len(listed), DELETED_AT_ONCE):
            some = listed[at : at + DELETED_AT_ONCE]
            ConsentWord.objects.filter(person__in=some).delete()
            ConsentState.objects.filter(person__in=some).delete()
            PreferenceLinkRow.objects.filter(customer__in=some).delete()
    consents.forget_held()


def is_expiry_due(*, now: datetime | None = None) -> bool:
    """Say whether a consent or a link has run out since the last look."""
    now_us = time.time_ns() // 1_000 if now is None else micros(now)
    return PreferenceLinkRow.objects.filter(expires_us__lte=now_us).exists() or _has_run_out(now_us)


def notice_expired(*, now: datetime | None = None) -> bool:
    """Let what readers keep go when a consent has run out since the last look; delete links that have, too."""
    now_us = time.time_ns() // 1_000 if now is None else micros(now)
    PreferenceLinkRow.objects.filter(expires_us__lte=now_us).delete()
    if not _has_run_out(now_us):
        return False
    with transaction.atomic(using=router.db_for_write(ConsentEpoch)):
        noting.advance_epoch()
        ConsentEpoch.objects.filter(pk=1).update(expired_us=now_us)
    return True


def _has_run_out(now_us: int) -> bool:
    """Say whether a consent has run out since readers were last told to look anew."""
    before = ConsentEpoch.objects.filter(pk=1).values_list("expired_us", flat=True).first() or 0
    return ConsentState.objects.filter(expires_us__gt=before, expires_us__lte=now_us).exists()


def follow_consents(batch: TailBatch) -> Callable[[], None]:
    """Read what events of a batch say about purposes; the write notes it, inside the caller's transaction."""
    gone = {each.person for each in batch.removals if each.person is not None}
    words = [each for each in words_in(new_rows(batch, list(COLUMNS))) if each.person not in gone]
    return partial(_note, words)


def _note(words: Sequence[Said]) -> None:
    noting.note(words)


def _check(choices: Mapping[str, bool], at: datetime) -> None:
    asked = purposes.known()
    for purpose in choices:
        terms = asked[purpose]
        if not terms.can_refuse:
            raise InvalidError(f"{purpose} rests on {terms.basis.value}: consent does not change it.")
        if not terms.is_active:
            raise InvalidError(f"The purpose {purpose} is no longer used.")
    if not choices:
        raise InvalidError("choices: name at least one purpose, with true or false.")
    if at.tzinfo is None or at.year < EARLIEST_YEAR:
        raise InvalidError(f"at: give an instant with its time zone, not before {EARLIEST_YEAR}.")
    if at > timezone.now() + MOST_AHEAD:
        raise InvalidError("at: lies in the future; nobody can have said it yet.")
