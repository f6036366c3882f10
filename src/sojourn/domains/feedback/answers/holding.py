"""Answers that look like a machine's: list them, let them in, or discard them."""

from __future__ import annotations

from django.db import router, transaction
from django.db.models import QuerySet

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.feedback.answers import about
from sojourn.domains.feedback.answers.links import numbered_version
from sojourn.domains.feedback.answers.taking import accept, contacts_of, opened_answers, sealed_answers
from sojourn.domains.feedback.models import ResponseRow
from sojourn.domains.feedback.surveys.keeping import survey_row
from sojourn.domains.feedback.words.answers import HeldResponse, ResponseState
from sojourn.kit.errors import NotFoundError

SHOWN = 200


def held_answers(slug: str, *, viewer: Viewer, limit: int = SHOWN) -> tuple[HeldResponse, ...]:
    """List the answers that a survey holds apart, newest first, without what they say.

    Raise ForbiddenError, NotFoundError.
    """
    viewer.require(Right.SURVEYS_WRITE, looking=True)
    rows = _held(slug).order_by("-changed_at", "-pk")[:limit]
    return tuple(
        HeldResponse(
            id=row.pk,
            why=row.why_held,
            at=row.changed_at,
            seconds=max(0, round((row.changed_at - row.started_at).total_seconds())),
            questions=len(row.seen),
        )
        for row in rows
    )


def judge_answers(slug: str, *, response: int, is_person: bool, viewer: Viewer) -> ResponseState:
    """Let held answers in, as given when they were, or discard what they say; give what they are now.

    Raise ForbiddenError, NotFoundError, also when somebody else has judged them meanwhile.
    """
    viewer.require(Right.SURVEYS_WRITE)
    with transaction.atomic(using=router.db_for_write(ResponseRow)):
        row = _held(slug).select_for_update().select_related("survey", "link", "invitation").filter(pk=response).first()
        if row is None:
            raise NotFoundError("No such answers are held.")
        answers = opened_answers(row)
        if is_person:
            found = about.visit_of(row, numbered_version(row.survey_id, row.version))
            row.why_held = ""
            accept(row, found, answers, about.traits(found), row.changed_at)
            kept = contacts_of(found.version.survey, answers) if row.state == ResponseState.COMPLETE else answers
            row.sealed = sealed_answers(kept)
        else:
            row.state, row.sealed = ResponseState.DISCARDED.value, sealed_answers({})
        row.save()
        what = "survey.let_in" if is_person else "survey.discard"
        access.audit(viewer=viewer, what=what, on=f"survey:{slug}", response=str(row.pk))
    return ResponseState(row.state)


def _held(slug: str) -> QuerySet[ResponseRow]:
    return ResponseRow.objects.filter(survey=survey_row(slug), state=ResponseState.HELD.value)
