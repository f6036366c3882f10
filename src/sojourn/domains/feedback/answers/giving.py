"""Whole answers given through the API, by the hundred: each counts once, whatever is sent again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection.contracts import Recorded
from sojourn.domains.feedback.answers import events
from sojourn.domains.feedback.answers.links import live_version
from sojourn.domains.feedback.answers.taking import contacts_of, count_quotas, response_number, sealed_answers
from sojourn.domains.feedback.answers.values import ValueRefusedError, read_value
from sojourn.domains.feedback.models import ResponseRow
from sojourn.domains.feedback.surveys.keeping import survey_row
from sojourn.domains.feedback.words.answers import GivenAnswer, RefusedAnswer, ResponseState, TakenAnswers
from sojourn.domains.feedback.words.surveys import SurveyVersion
from sojourn.kit.errors import ConflictError, InvalidError

ANSWERS_MOST: Final = 1_000
AHEAD_MOST: Final = timedelta(hours=1)  # clocks differ


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """An answer that can be taken."""

    number: int
    given: GivenAnswer
    values: dict[str, Any]
    at: datetime


def take_answers(
    *, slug: str, answers: Sequence[GivenAnswer], viewer: Viewer, now: datetime | None = None
) -> TakenAnswers:
    """Take whole answers, durable when this returns; one that means nothing is refused alone.

    Raise ForbiddenError, NotFoundError, InvalidError for too many at once, EndedError where the survey is not live, and
    ConflictError when the same answers come twice at the same moment: send them again.
    """
    viewer.require(Right.ANSWERS_WRITE)
    if not 1 <= len(answers) <= ANSWERS_MOST:
        raise InvalidError(f"answers: 1 to {ANSWERS_MOST:,} at once.")
    survey = survey_row(slug).pk
    version, at = live_version(survey), now or timezone.now()
    refused: list[RefusedAnswer] = []
    read = {each.number: each for each in _read(answers, survey, version, at, refused)}
    try:
        with transaction.atomic(using=router.db_for_write(ResponseRow)):
            there = set(ResponseRow.objects.filter(pk__in=list(read)).values_list("pk", flat=True))
            fresh = [each for number, each in read.items() if number not in there]
            _store(fresh, survey, slug, version)
            access.audit(viewer=viewer, what="survey.answers", on=f"survey:{slug}", now=now, taken=str(len(fresh)))
    except IntegrityError:
        raise ConflictError("The same answers came twice at the same moment. Send them again.") from None
    known = len(answers) - len(refused) - len(fresh)
    return TakenAnswers(taken=len(fresh), known=known, refused=tuple(refused))


def _read(
    answers: Sequence[GivenAnswer], survey: int, version: SurveyVersion, now: datetime, refused: list[RefusedAnswer]
) -> Iterator[_Read]:
    for index, given in enumerate(answers):
        try:
            values, at = _values(given, version), given.answered_at or now
            if at > now + AHEAD_MOST or at.year < 2000:
                raise ValueRefusedError("answered_at: such a time cannot be")
        except ValueRefusedError as refusal:
            refused.append(RefusedAnswer(index=index, reason=f"{refusal}."))
            continue
        yield _Read(number=response_number(survey, given.id), given=given, values=values, at=at)


def _values(given: GivenAnswer, version: SurveyVersion) -> dict[str, Any]:
    asked = {each.id: each for each in version.survey.questions}
    if unknown := sorted(set(given.values) - set(asked)):
        raise ValueRefusedError(f"{unknown[0][:40]}: this survey does not ask it")
    values = {}
    for name, said in given.values.items():
        try:
            values[name] = read_value(asked[name], said)
        except ValueRefusedError as refusal:
            raise ValueRefusedError(f"{name}: {refusal}") from None
    found = {name: value for name, value in values.items() if value is not None}
    if not found:
        raise ValueRefusedError("values: no question is answered")
    return found


def _store(fresh: Sequence[_Read], survey: int, slug: str, version: SurveyVersion) -> None:
    rows = [
        ResponseRow(
            pk=each.number,
            survey_id=survey,
            version=version.number,
            state=(ResponseState.PARTIAL if each.given.is_partial else ResponseState.COMPLETE).value,
            language=each.given.language or version.survey.language,
            sealed=sealed_answers(contacts_of(version.survey, each.values)),
            seen=list(each.values),
            released=list(each.values),
            started_at=each.at,
            changed_at=each.at,
        )
        for each in fresh
    ]
    ResponseRow.objects.bulk_create(rows, batch_size=60)
    collection.record_many(event for each in fresh for event in _events(each, slug, version))
    for each in fresh:
        if version.survey.quotas and not each.given.is_partial:
            count_quotas(survey, version.survey, each.values, {})


def _events(read: _Read, slug: str, version: SurveyVersion) -> Iterator[Recorded]:
    given, survey = read.given, version.survey
    told = {
        "survey": slug,
        "version": version.number,
        "response": f"r{read.number:016x}",
        "language": given.language or survey.language,
        "is_partial": given.is_partial,
        "channel": given.channel,
        "unit": given.unit,
        "touchpoint": given.touchpoint or survey.touchpoint,
        "product": survey.product,
    }
    around = {name: value for name, value in told.items() if value != ""}
    is_known = given.user_id is not None or given.anonymous_id is not None
    for properties in events.events_of(survey, read.values, around=around):
        yield Recorded(
            name=events.ANSWERED,
            occurred_at=read.at,
            user_id=given.user_id,
            anonymous_id=given.anonymous_id if is_known else f"survey-{read.number:016x}",
            properties=properties,
        )
