"""Take answers: one visitor's page after page, or whole answers by the hundred; durable before we say so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db import router, transaction
from django.db.models import F
from django.utils import timezone

from sojourn.domains.collection import actions as collection
from sojourn.domains.collection.contracts import Recorded
from sojourn.domains.feedback.answers import about, events
from sojourn.domains.feedback.answers.links import numbered_version, sealer_of
from sojourn.domains.feedback.answers.values import ValueRefusedError, read_value
from sojourn.domains.feedback.models import InvitationRow, QuotaRow, ResponseRow
from sojourn.domains.feedback.surveys import flow
from sojourn.domains.feedback.words.answers import Progress, ResponseState, Sent, Visit
from sojourn.domains.feedback.words.surveys import Question, QuestionKind, Survey
from sojourn.kit.ids import random_token

USE: Final = "response"
ENDED: Final = frozenset({ResponseState.COMPLETE, ResponseState.HELD, ResponseState.OVER_QUOTA})
IDLE_AFTER: Final = timedelta(hours=1)  # a visitor who comes back later goes on where they were
TOO_FAST: Final = "too_fast"


def begin(found: Visit) -> Progress:
    """Begin with a survey, or go on where an invited visitor stopped; nothing is stored yet."""
    row = ResponseRow.objects.filter(invitation=found.invitation).first() if found.invitation is not None else None
    traits = about.traits(found)
    if found.is_done or (row is not None and ResponseState(row.state) in ENDED):
        return Progress(response=row.pk if row else 0, state=ResponseState.COMPLETE)
    if row is None:
        page = flow.next_page(found.version.survey, answers={}, seen=(), traits=traits)
        return Progress(response=random_token(), state=ResponseState.STARTED, page=page, answers={}, traits=traits)
    return _progress(row.pk, found.version.survey, opened_answers(row), row.seen, traits)


def take(found: Visit, sent: Sent, *, now: datetime | None = None) -> Progress:
    """Take what a visitor sent for one page and give the next; at the end the answers are events.

    A page sent twice changes nothing; one sent again from the browser's history replaces what it said before, until
    the last page is sent. Values that do not answer their question are told, and the page comes again.
    """
    survey, at = found.version.survey, now or timezone.now()
    values, mistakes = _values(survey, sent)
    traits = about.traits(found)
    if mistakes:
        page = tuple(each for each in survey.questions if each.id in sent.shown)
        return Progress(
            response=sent.response, state=ResponseState.STARTED, page=page, answers=dict(sent.values), traits=traits,
            mistakes=mistakes,
        )  # fmt: skip
    with transaction.atomic(using=router.db_for_write(ResponseRow)):
        row = _row(found, sent, at)
        if ResponseState(row.state) in ENDED:
            return Progress(response=row.pk, state=ResponseState(row.state))
        kept = {**{name: value for name, value in opened_answers(row).items() if name not in sent.shown}, **values}
        row.seen = list(dict.fromkeys([*row.seen, *sent.shown]))
        row.why_held = row.why_held or sent.why_held or _too_fast(survey, sent, at)
        row.changed_at = at
        progress = _progress(row.pk, survey, kept, row.seen, traits)
        if not progress.page:
            _end(row, found, kept, traits, at)
            progress = Progress(response=row.pk, state=ResponseState(row.state))
        row.sealed = sealed_answers(contacts_of(survey, kept) if row.state == ResponseState.COMPLETE else kept)
        row.save(force_insert=row._state.adding)  # else it would be looked for a second time
    return progress


def is_answer_idle(*, now: datetime | None = None) -> bool:
    """Say whether somebody left answers in the middle, an hour ago or longer."""
    before = (now or timezone.now()) - IDLE_AFTER
    return ResponseRow.objects.filter(state=ResponseState.STARTED.value, changed_at__lt=before).exists()


def release_idle(*, now: datetime | None = None, limit: int = 500) -> int:
    """Let answers that somebody left in the middle count as partial; give how many there were."""
    at = now or timezone.now()
    idle = ResponseRow.objects.filter(state=ResponseState.STARTED.value, changed_at__lt=at - IDLE_AFTER)
    done = 0
    for number in list(idle.order_by("changed_at").values_list("pk", flat=True)[:limit]):
        with transaction.atomic(using=router.db_for_write(ResponseRow)):
            row = idle.select_for_update().filter(pk=number).select_related("survey", "link", "invitation").first()
            if row is None:
                continue
            found = about.visit_of(row, numbered_version(row.survey_id, row.version))
            row.state = ResponseState.HELD.value if row.why_held else ResponseState.PARTIAL.value
            if not row.why_held:
                release(row, found, opened_answers(row), at=row.changed_at, is_partial=True)
            row.save()
            done += 1
    return done


def release(
    row: ResponseRow, found: Visit, answers: Mapping[str, Any], *, at: datetime, is_partial: bool = False
) -> None:
    """Record the events of answers, inside the caller's transaction; those recorded before are left out."""
    around = about.around(found, row, is_partial=is_partial)
    collection.record_many(
        Recorded(
            name=events.ANSWERED,
            occurred_at=at,
            person=row.person,
            anonymous_id=None if row.person is not None else f"survey-{row.pk:016x}",
            properties=told,
        )
        for told in events.events_of(found.version.survey, answers, around=around, released=row.released)
    )
    row.released = list(dict.fromkeys([*row.released, *answers]))


def response_number(survey: int, key: str) -> int:
    """Give the number of an answer that its sender numbers: the same again for the same key."""
    raw = hashlib.blake2b(f"{survey}:{key}".encode(), digest_size=8).digest()
    return (int.from_bytes(raw, "big") >> 1) or 1


def contacts_of(survey: Survey, answers: dict[str, Any]) -> dict[str, Any]:
    """Give what no event holds: contact data. The rest is told once, by the stream and the comments."""
    contacts = [each.id for each in survey.questions if each.kind is QuestionKind.CONTACT]
    return {name: answers[name] for name in contacts if name in answers}


def _row(found: Visit, sent: Sent, at: datetime) -> ResponseRow:
    rows = ResponseRow.objects.select_for_update()
    if found.invitation is not None:
        row = rows.filter(invitation=found.invitation).first()
    else:
        row = rows.filter(pk=sent.response, survey=found.survey_id).first()
    return row or ResponseRow(
        pk=sent.response,
        survey_id=found.survey_id,
        version=found.version.number,
        link_id=found.link,
        invitation_id=found.invitation,
        person=found.person,
        state=ResponseState.STARTED.value,
        language=sent.language,
        sealed=sealed_answers({}),
        started_at=sent.started_at,
        changed_at=at,
    )


def accept(row: ResponseRow, found: Visit, answers: dict[str, Any], traits: Mapping[str, Any], at: datetime) -> None:
    """Let whole answers count, or say that their quota is full; inside the caller's transaction."""
    survey = found.version.survey
    if survey.quotas and flow.full_quota(survey, answers=answers, traits=traits, taken=_taken(row.survey_id)):
        row.state = ResponseState.OVER_QUOTA.value
        return
    row.state = ResponseState.COMPLETE.value
    release(row, found, answers, at=at)
    count_quotas(row.survey_id, survey, answers, traits)
    about.note_consents(found, answers, at)


def _end(row: ResponseRow, found: Visit, answers: dict[str, Any], traits: Mapping[str, Any], at: datetime) -> None:
    if row.why_held:
        row.state = ResponseState.HELD.value
    else:
        accept(row, found, answers, traits, at)
    if found.invitation is not None:
        InvitationRow.objects.filter(pk=found.invitation).update(answered_at=at)


def _taken(survey: int) -> dict[str, int]:
    return dict(QuotaRow.objects.select_for_update().filter(survey=survey).values_list("name", "taken"))


def count_quotas(number: int, survey: Survey, answers: Mapping[str, Any], traits: Mapping[str, Any]) -> None:
    """Count a complete answer in the quotas that it falls into."""
    for quota in survey.quotas:
        if flow.holds(quota.when, answers=answers, traits=traits):
            QuotaRow.objects.get_or_create(survey_id=number, name=quota.name)
            QuotaRow.objects.filter(survey=number, name=quota.name).update(taken=F("taken") + 1)


def _values(survey: Survey, sent: Sent) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what was sent for the questions that were shown, and say which values do not answer them."""
    values, mistakes = dict[str, Any](), dict[str, str]()
    for question in survey.questions:
        if question.id not in sent.shown:
            continue
        try:
            value = read_value(question, sent.values.get(question.id))
        except ValueRefusedError as refusal:
            mistakes[question.id] = str(refusal)
            continue
        if value is not None:
            values[question.id] = value
        elif question.required:
            mistakes[question.id] = "required"
    return values, mistakes


def _progress(
    number: int, survey: Survey, answers: dict[str, Any], seen: list[str], traits: Mapping[str, Any]
) -> Progress:
    page: tuple[Question, ...] = flow.next_page(survey, answers=answers, seen=seen, traits=traits)
    return Progress(
        response=number, state=ResponseState.STARTED, page=page, answers=answers, traits=traits, done=len(seen)
    )


def _too_fast(survey: Survey, sent: Sent, at: datetime) -> str:
    return TOO_FAST if at - sent.started_at < timedelta(seconds=survey.min_seconds) else ""


def sealed_answers(answers: dict[str, Any]) -> bytes:
    """Seal what somebody answered."""
    return sealer_of(settings.SOJOURN).seal(msgspec.json.encode(answers), use=USE)


def opened_answers(row: ResponseRow) -> dict[str, Any]:
    """Open what somebody answered so far."""
    found: dict[str, Any] = msgspec.json.decode(sealer_of(settings.SOJOURN).open(bytes(row.sealed), use=USE))
    return found
