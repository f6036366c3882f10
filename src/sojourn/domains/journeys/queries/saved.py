"""Saved questions, as their viewer may see them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import asking, saved
from sojourn.domains.journeys.contracts import AnswerAsked, QuestionPage, SavedQuestion
from sojourn.domains.journeys.models import PinRow, QuestionRow
from sojourn.domains.journeys.queries.named import journeys
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import NotFoundError


def saved_questions(
    *,
    viewer: Viewer,
    text: str = "",
    page: QuestionPage | None = None,
    owner: str | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> tuple[SavedQuestion, ...]:
    """List the questions that the viewer may open, last saved first, after the one saved at `before` with its id.

    `text` is found in name and description, word by word; `owner` keeps those of one viewer.
    """
    rows = _visible(viewer)
    for word in text.casefold().split():
        rows = rows.filter(found_by__contains=word)
    if page is not None:
        rows = rows.filter(page=page.value)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if before is not None:
        at, last = before
        rows = rows.filter(Q(saved_at__lt=at) | Q(saved_at=at, id__lt=last))
    return tuple(_contract(row) for row in rows.order_by("-saved_at", "-id")[:limit])


def saved_question(*, id: str, viewer: Viewer) -> SavedQuestion:
    """Give one saved question; raise NotFoundError when it is not there, or not for this viewer."""
    row = _visible(viewer).filter(pk=id).first()
    if row is None:
        raise NotFoundError("There is no such saved question, or only its owner may open it.")
    return _contract(row)


def pinned_questions(*, viewer: Viewer) -> tuple[SavedQuestion, ...]:
    """List the questions that the viewer has pinned, first pinned first."""
    rows = _visible(viewer).filter(pins__viewer=viewer.name).order_by("pins__id")
    return tuple(_contract(row) for row in rows)


def own_parameters(page: QuestionPage) -> frozenset[str]:
    """Name the parameters that a page's question has besides those of every page."""
    return frozenset(saved.OWN[page])


def answers_asked(*, id: str, viewer: Viewer) -> tuple[AnswerAsked, ...]:
    """Say what a saved question asks for, as the API and the command line ask it.

    Raise NotFoundError, or InvalidError when its journey is gone or something was never chosen.
    """
    question = saved_question(id=id, viewer=viewer)
    return asking.answers(
        question,
        journeys={each.slug: each for each in journeys(viewer=viewer)},
        known=privacy.vocabulary(viewer=viewer),
        zone=timezone.get_current_timezone_name(),
    )


def _visible(viewer: Viewer) -> QuerySet[QuestionRow]:
    pinned = PinRow.objects.filter(question=OuterRef("pk"), viewer=viewer.name)
    seen = Q(is_shared=True) | Q(owner=viewer.name)
    return QuestionRow.objects.filter(seen, deleted_at=None).annotate(pinned=Exists(pinned))


def _contract(row: QuestionRow) -> SavedQuestion:
    return row.contract(is_pinned=getattr(row, "pinned", False))
