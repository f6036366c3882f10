"""Saved questions: save, change, delete and bring back, pin."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.journeys import saved
from sojourn.domains.journeys.contracts import Parameters, QuestionPage, SavedQuestion
from sojourn.domains.journeys.models import JourneyRow, PinRow, QuestionRow
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import ConflictError, ForbiddenError, NotFoundError
from sojourn.kit.ids import saved_id

QUESTIONS_MOST: Final = 2_000  # of one owner
PINS_MOST: Final = 12
KEPT: Final = timedelta(days=1)  # a deleted question, so that it can come back
GONE: Final = "There is no such saved question, or only its owner may open it."


class TooManyError(ConflictError):
    """One viewer has saved or pinned as many questions as one may."""

    code = "too_many"


def save_question(
    *,
    name: str,
    page: QuestionPage,
    parameters: Parameters,
    viewer: Viewer,
    description: str = "",
    is_shared: bool = False,
    now: datetime | None = None,
) -> SavedQuestion:
    """Save a page's question under a name; raise ForbiddenError, TooManyError, or InvalidError naming the field."""
    viewer.require(Right.JOURNEYS_WRITE)
    saved.check_texts(name=name, description=description)
    kept = _checked(page, parameters, viewer)
    at = now or timezone.now()
    row = QuestionRow(id=saved_id(), owner=viewer.name, created_at=at)
    with transaction.atomic(using=router.db_for_write(QuestionRow)):
        if QuestionRow.objects.filter(owner=viewer.name, deleted_at=None).count() >= QUESTIONS_MOST:
            raise TooManyError(f"You have saved {QUESTIONS_MOST:,} questions; delete one first.")
        _describe(row, name, description)
        row.page, row.parameters, row.is_shared, row.saved_at = page.value, kept, is_shared, at
        row.save(force_insert=True)
        _note(viewer, "question.save", row)
    return row.contract()


def change_question(
    *,
    id: str,
    viewer: Viewer,
    name: str | None = None,
    description: str | None = None,
    asked: tuple[QuestionPage, Parameters] | None = None,
    is_shared: bool | None = None,
    now: datetime | None = None,
) -> SavedQuestion:
    """Change a question's name, description, what it asks, or who sees it; what is None stays.

    Raise NotFoundError, ForbiddenError unless its owner or an administrator asks, or InvalidError naming the field.
    """
    viewer.require(Right.JOURNEYS_WRITE)
    kept = _checked(*asked, viewer) if asked else None
    with transaction.atomic(using=router.db_for_write(QuestionRow)):
        row = _held(id, viewer)
        new_name, new_description = row.name if name is None else name, description
        new_description = row.description if new_description is None else new_description
        saved.check_texts(name=new_name, description=new_description)
        _describe(row, new_name, new_description)
        if asked and kept:
            row.page, row.parameters = asked[0].value, kept
        row.is_shared = row.is_shared if is_shared is None else is_shared
        row.saved_at = now or timezone.now()
        row.save()
        _note(viewer, "question.change", row)
        return row.contract(is_pinned=_is_pinned(row, viewer))


def delete_question(*, id: str, viewer: Viewer, now: datetime | None = None) -> None:
    """Delete a question; for a day `restore_question` brings it back. Raise NotFoundError or ForbiddenError."""
    viewer.require(Right.JOURNEYS_WRITE)
    at = now or timezone.now()
    with transaction.atomic(using=router.db_for_write(QuestionRow)):
        row = _held(id, viewer)
        row.deleted_at = at
        row.save(update_fields=["deleted_at"])
        QuestionRow.objects.filter(deleted_at__lt=at - KEPT).delete()
        _note(viewer, "question.delete", row)


def restore_question(*, id: str, viewer: Viewer, now: datetime | None = None) -> SavedQuestion:
    """Bring back a question that was deleted less than a day ago, with its address and its pins.

    Raise NotFoundError when it was not, or ForbiddenError.
    """
    viewer.require(Right.JOURNEYS_WRITE)
    with transaction.atomic(using=router.db_for_write(QuestionRow)):
        row = _held(id, viewer, deleted_since=(now or timezone.now()) - KEPT)
        row.deleted_at = None
        row.save(update_fields=["deleted_at"])
        _note(viewer, "question.restore", row)
        return row.contract(is_pinned=_is_pinned(row, viewer))


def pin_question(*, id: str, viewer: Viewer) -> None:
    """Pin a question to the viewer's own Home; raise NotFoundError, or TooManyError from the thirteenth on."""
    with transaction.atomic(using=router.db_for_write(PinRow)):
        row = _seen(id, viewer)
        if _is_pinned(row, viewer):
            return
        if PinRow.objects.filter(viewer=viewer.name, question__deleted_at=None).count() >= PINS_MOST:
            raise TooManyError(f"You have pinned {PINS_MOST} questions; take one down first.")
        PinRow.objects.create(question=row, viewer=viewer.name)


def unpin_question(*, id: str, viewer: Viewer) -> None:
    """Take a question down from the viewer's Home; raise NotFoundError."""
    with transaction.atomic(using=router.db_for_write(PinRow)):
        PinRow.objects.filter(question=_seen(id, viewer), viewer=viewer.name).delete()


def _checked(page: QuestionPage, parameters: Parameters, viewer: Viewer) -> list[tuple[str, str]]:
    vocabulary = privacy.vocabulary(viewer=viewer)
    journeys = {row.slug: row.contract() for row in JourneyRow.objects.order_by("name", "slug")}
    named = journeys.get(dict(parameters).get("journey", "")) or next(iter(journeys.values()), None)
    present = {term.name for term in vocabulary.names}
    goals = tuple(goal for goal in named.goals if goal in present) if named else ()
    kept = saved.question_of(page, parameters, goals, named.slug if named else "")
    groups = frozenset(label for each in catalogue.groups() for label in (each.name, each.kind) if label)
    saved.check_parameters(
        page=page, parameters=kept, vocabulary=vocabulary, journeys=frozenset(journeys), groups=groups
    )
    return list(kept)


def _describe(row: QuestionRow, name: str, description: str) -> None:
    row.name, row.description = name.strip(), description.strip()
    row.found_by = f"{row.name} {row.description}".casefold()


def _seen(id: str, viewer: Viewer, deleted_since: datetime | None = None) -> QuestionRow:
    """Give the row for changing, when the viewer may open it."""
    rows = QuestionRow.objects.select_for_update()
    rows = rows.filter(deleted_at__gte=deleted_since) if deleted_since else rows.filter(deleted_at=None)
    row = rows.filter(pk=id).first()
    if row is None or not (row.is_shared or row.owner == viewer.name):
        raise NotFoundError(GONE)
    return row


def _held(id: str, viewer: Viewer, deleted_since: datetime | None = None) -> QuestionRow:
    row = _seen(id, viewer, deleted_since)
    if row.owner != viewer.name and not viewer.can(Right.PEOPLE_MANAGE):
        raise ForbiddenError("Only who saved this question, or an administrator, changes it. Save it as a new one.")
    return row


def _is_pinned(row: QuestionRow, viewer: Viewer) -> bool:
    return PinRow.objects.filter(question=row, viewer=viewer.name).exists()


def _note(viewer: Viewer, what: str, row: QuestionRow) -> None:
    seen_by = "everyone" if row.is_shared else "owner"
    access.audit(viewer=viewer, what=what, on=f"question:{row.id}", page=row.page, seen_by=seen_by)
