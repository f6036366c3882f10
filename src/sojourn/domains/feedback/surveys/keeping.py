"""Keep surveys: write a version, have a second person approve it, go live, end."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import router, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.feedback.models import ResponseRow, SurveyRow, VersionRow
from sojourn.domains.feedback.surveys import reading
from sojourn.domains.feedback.surveys.wording import doubts
from sojourn.domains.feedback.words.surveys import Survey, SurveyRecord, SurveyState, SurveyVersion, VersionState
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
GONE: Final = "There is no such survey."


def surveys(*, viewer: Viewer) -> tuple[SurveyRecord, ...]:
    """List the surveys, those that are live first; raise ForbiddenError."""
    viewer.require(Right.FIGURES_READ)
    order = [SurveyState.LIVE, SurveyState.DRAFT, SurveyState.ENDED]
    found = [_record(row, counts) for row, counts in _counted(SurveyRow.objects.all())]
    return tuple(sorted(found, key=lambda each: (order.index(each.state), each.title)))


def survey(slug: str, *, viewer: Viewer) -> SurveyRecord:
    """Give a survey; raise NotFoundError."""
    viewer.require(Right.FIGURES_READ)
    for row, counts in _counted(SurveyRow.objects.filter(slug=slug)):
        return _record(row, counts)
    raise NotFoundError(GONE)


def versions(slug: str, *, viewer: Viewer) -> tuple[SurveyVersion, ...]:
    """List a survey's versions, newest first; raise NotFoundError."""
    viewer.require(Right.FIGURES_READ)
    return tuple(version_of(row) for row in survey_row(slug).versions.order_by("-number"))


def save_survey(*, slug: str, survey: Survey, viewer: Viewer, now: datetime | None = None) -> SurveyRecord:
    """Save a survey's draft, which makes a version of its own beside the live one.

    Raise ForbiddenError, InvalidError for a short name or purpose that cannot be, ConflictError when it has ended.
    """
    viewer.require(Right.SURVEYS_WRITE)
    if not SLUG.fullmatch(slug):
        raise InvalidError("slug: a small letter, then small letters, digits, - and _, 63 at most.")
    _check_purposes(survey)
    at = now or timezone.now()
    with transaction.atomic(using=router.db_for_write(SurveyRow)):
        row, _ = SurveyRow.objects.select_for_update().get_or_create(
            slug=slug, defaults={"state": SurveyState.DRAFT.value, "made_at": at}
        )
        if row.state == SurveyState.ENDED:
            raise ConflictError("This survey has ended; save it as a new one.")
        _write_draft(row, survey, viewer, at)
        access.audit(viewer=viewer, what="survey.save", on=f"survey:{slug}", now=now)
    return _of(slug)


def approve_survey(*, slug: str, viewer: Viewer, now: datetime | None = None) -> SurveyRecord:
    """Approve a survey's draft as somebody who has not written it.

    Raise ForbiddenError, NotFoundError, and ConflictError without a draft or for who wrote it.
    """
    viewer.require(Right.SURVEYS_APPROVE)
    with transaction.atomic(using=router.db_for_write(SurveyRow)):
        draft = _newest(_held(slug))
        if draft.state != VersionState.DRAFT:
            raise ConflictError("There is no draft to approve.")
        if viewer.name in draft.writers and settings.SOJOURN.surveys_two_people:
            raise ConflictError("Who wrote a survey does not approve it; ask a second person.")
        draft.state, draft.approved_by = VersionState.APPROVED.value, viewer.name
        draft.approved_at = now or timezone.now()
        draft.save(update_fields=["state", "approved_by", "approved_at"])
        access.audit(viewer=viewer, what="survey.approve", on=f"survey:{slug}", now=now, version=str(draft.number))
    return _of(slug)


def start_survey(*, slug: str, viewer: Viewer, now: datetime | None = None) -> SurveyRecord:
    """Let an approved version go live, in place of the one before; raise NotFoundError or ConflictError."""
    viewer.require(Right.SURVEYS_WRITE)
    with transaction.atomic(using=router.db_for_write(SurveyRow)):
        row = _held(slug)
        newest = _newest(row)
        if newest.state != VersionState.APPROVED:
            raise ConflictError("A second person has to approve this version before it can go live.")
        row.versions.filter(state=VersionState.LIVE.value).update(state=VersionState.REPLACED.value)
        newest.state = VersionState.LIVE.value
        newest.save(update_fields=["state"])
        row.state, row.ended_at = SurveyState.LIVE.value, None
        row.save(update_fields=["state", "ended_at"])
        access.audit(viewer=viewer, what="survey.start", on=f"survey:{slug}", now=now, version=str(newest.number))
    return _of(slug)


def end_survey(*, slug: str, viewer: Viewer, now: datetime | None = None) -> SurveyRecord:
    """End a live survey: its links say so and take nothing any more; raise NotFoundError or ConflictError."""
    viewer.require(Right.SURVEYS_WRITE)
    with transaction.atomic(using=router.db_for_write(SurveyRow)):
        row = _held(slug)
        if row.state != SurveyState.LIVE:
            raise ConflictError("Only a live survey can be ended.")
        row.state, row.ended_at = SurveyState.ENDED.value, now or timezone.now()
        row.save(update_fields=["state", "ended_at"])
        access.audit(viewer=viewer, what="survey.end", on=f"survey:{slug}", now=now)
    return _of(slug)


def version_of(row: VersionRow) -> SurveyVersion:
    """Read a version."""
    return SurveyVersion(
        number=row.number,
        state=VersionState(row.state),
        survey=reading.of(row.document),
        saved_by=row.writers[-1],
        saved_at=row.saved_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
    )


def _write_draft(row: SurveyRow, survey: Survey, viewer: Viewer, at: datetime) -> None:
    newest = row.versions.order_by("-number").first()
    is_open = newest is not None and newest.state in (VersionState.DRAFT, VersionState.APPROVED)
    writers = [each for each in newest.writers if each != viewer.name] if newest is not None and is_open else []
    VersionRow.objects.update_or_create(
        survey=row,
        number=newest.number + (not is_open) if newest is not None else 1,
        defaults={
            "state": VersionState.DRAFT.value,  # what was approved is approved again once it is changed
            "document": reading.plain(survey),
            "writers": [*writers, viewer.name],
            "saved_at": at,
            "approved_by": "",
            "approved_at": None,
        },
    )


def _check_purposes(survey: Survey) -> None:
    known = {each.name: each for each in privacy.purposes() if each.is_active}
    if survey.purpose not in known:
        raise InvalidError(f"purpose: there is no purpose {survey.purpose}.")
    for question in survey.questions:
        if question.purpose and (question.purpose not in known or not known[question.purpose].can_refuse):
            raise InvalidError(
                f"questions: {question.id} asks for a purpose that nobody can refuse or that is not there."
            )


def _counted(rows: QuerySet[SurveyRow]) -> list[tuple[SurveyRow, dict[str, int]]]:
    found = list(rows.prefetch_related("versions"))
    states = ResponseRow.objects.filter(survey__in=found).values("survey", "state").annotate(n=Count("pk"))
    counts: dict[int, dict[str, int]] = {}
    for each in states.order_by():
        counts.setdefault(each["survey"], {})[each["state"]] = each["n"]
    return [(row, counts.get(row.pk, {})) for row in found]


def _record(row: SurveyRow, counts: dict[str, int]) -> SurveyRecord:
    rows = sorted(row.versions.all(), key=lambda each: each.number)
    live = next((each for each in rows if each.state == VersionState.LIVE), None)
    newest = version_of(rows[-1])
    shown = version_of(live) if live is not None and live.pk != rows[-1].pk else newest if live else None
    main = shown or newest
    return SurveyRecord(
        slug=row.slug,
        state=SurveyState(row.state),
        title=main.survey.title[main.survey.language],
        newest=newest,
        live=shown,
        made_at=row.made_at,
        ended_at=row.ended_at,
        answers=counts.get("complete", 0),
        partial=counts.get("partial", 0),
        held=counts.get("held", 0),
        warnings=tuple(doubts(newest.survey)),
    )


def _of(slug: str) -> SurveyRecord:
    [(row, counts)] = _counted(SurveyRow.objects.filter(slug=slug))
    return _record(row, counts)


def survey_row(slug: str) -> SurveyRow:
    """Give a survey's row; raise NotFoundError."""
    row = SurveyRow.objects.filter(slug=slug).first()
    if row is None:
        raise NotFoundError(GONE)
    return row


def _held(slug: str) -> SurveyRow:
    row = SurveyRow.objects.select_for_update().filter(slug=slug).first()
    if row is None:
        raise NotFoundError(GONE)
    return row


def _newest(row: SurveyRow) -> VersionRow:
    return row.versions.order_by("-number")[0]
