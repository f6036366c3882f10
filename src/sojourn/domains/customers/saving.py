"""Lists of customers under a name: save, change, delete and bring back, find again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import router, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import listing, reading, rules
from sojourn.domains.customers.contracts import Parameters, SavedList
from sojourn.domains.customers.models import ListRow
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.ids import saved_id

LISTS_MOST: Final = 500  # of one owner
NAME_MAX_CHARACTERS: Final = 100
KEPT: Final = timedelta(days=1)  # a deleted list, so that it can come back
GONE: Final = "There is no such saved list, or only its owner may open it."


def saved_lists(*, viewer: Viewer) -> tuple[SavedList, ...]:
    """List the lists that the viewer may open, by name; raise ForbiddenError."""
    viewer.require(Right.CUSTOMERS_LIST)
    return tuple(row.contract() for row in _visible(viewer).order_by("name", "id")[: 4 * LISTS_MOST])


def saved_list(*, id: str, viewer: Viewer) -> SavedList:
    """Give one saved list; raise NotFoundError when it is not there, or not for this viewer."""
    viewer.require(Right.CUSTOMERS_LIST)
    row = _visible(viewer).filter(pk=id).first()
    if row is None:
        raise NotFoundError(GONE)
    return row.contract()


def save_list(
    *, name: str, parameters: Parameters, viewer: Viewer, is_shared: bool = False, now: datetime | None = None
) -> SavedList:
    """Save which customers a list holds under a name; raise ForbiddenError, ConflictError or InvalidError."""
    viewer.require(Right.CUSTOMERS_LIST)
    called, kept, at = _checked(name), _kept(parameters, viewer), now or timezone.now()
    with transaction.atomic(using=router.db_for_write(ListRow)):
        if ListRow.objects.filter(owner=viewer.name, deleted_at=None).count() >= LISTS_MOST:
            raise ConflictError(f"You have saved {LISTS_MOST:,} lists; delete one first.")
        row = ListRow.objects.create(
            id=saved_id(),
            name=called,
            parameters=kept,
            is_shared=is_shared,
            owner=viewer.name,
            created_at=at,
            saved_at=at,
        )
        _note(viewer, "list.save", row)
    return row.contract()


def change_list(
    *,
    id: str,
    viewer: Viewer,
    name: str | None = None,
    parameters: Parameters | None = None,
    is_shared: bool | None = None,
    now: datetime | None = None,
) -> SavedList:
    """Change a list's name, what it holds, or who opens it; what is None stays.

    Raise NotFoundError, ForbiddenError unless its owner or an administrator asks, or InvalidError naming the field.
    """
    viewer.require(Right.CUSTOMERS_LIST)
    kept = None if parameters is None else _kept(parameters, viewer)
    with transaction.atomic(using=router.db_for_write(ListRow)):
        row = _held(id, viewer)
        row.name = row.name if name is None else _checked(name)
        row.parameters = row.parameters if kept is None else kept
        row.is_shared = row.is_shared if is_shared is None else is_shared
        row.saved_at = now or timezone.now()
        row.save()
        _note(viewer, "list.change", row)
    return row.contract()


def delete_list(*, id: str, viewer: Viewer, now: datetime | None = None) -> None:
    """Delete a list; for a day `restore_list` brings it back. Raise NotFoundError or ForbiddenError."""
    viewer.require(Right.CUSTOMERS_LIST)
    at = now or timezone.now()
    with transaction.atomic(using=router.db_for_write(ListRow)):
        row = _held(id, viewer)
        row.deleted_at = at
        row.save(update_fields=["deleted_at"])
        ListRow.objects.filter(deleted_at__lt=at - KEPT).delete()
        _note(viewer, "list.delete", row)


def restore_list(*, id: str, viewer: Viewer, now: datetime | None = None) -> SavedList:
    """Bring back a list that was deleted less than a day ago; raise NotFoundError or ForbiddenError."""
    viewer.require(Right.CUSTOMERS_LIST)
    with transaction.atomic(using=router.db_for_write(ListRow)):
        row = _held(id, viewer, deleted_since=(now or timezone.now()) - KEPT)
        row.deleted_at = None
        row.save(update_fields=["deleted_at"])
        _note(viewer, "list.restore", row)
    return row.contract()


def may_change(saved: SavedList, *, viewer: Viewer) -> bool:
    """Say whether a viewer may rename, change and delete a list: its owner, and an administrator a shared one."""
    return saved.owner == viewer.name or (saved.is_shared and viewer.can(Right.PEOPLE_MANAGE))


def _visible(viewer: Viewer) -> QuerySet[ListRow]:
    return ListRow.objects.filter(Q(is_shared=True) | Q(owner=viewer.name), deleted_at=None)


def _held(id: str, viewer: Viewer, deleted_since: datetime | None = None) -> ListRow:
    rows = ListRow.objects.select_for_update().filter(pk=id)
    rows = rows.filter(deleted_at__gte=deleted_since) if deleted_since else rows.filter(deleted_at=None)
    row = rows.first()
    if row is None or not (row.is_shared or row.owner == viewer.name):
        raise NotFoundError(GONE)
    if not may_change(row.contract(), viewer=viewer):
        raise ForbiddenError("Only who saved this list, or an administrator, changes it. Save it as a new one.")
    return row


def _checked(name: str) -> str:
    called = name.strip()
    if not called or len(called) > NAME_MAX_CHARACTERS or "\x00" in called:
        raise InvalidError(f"name: 1 to {NAME_MAX_CHARACTERS} characters.")
    return called


def _kept(parameters: Parameters, viewer: Viewer) -> list[tuple[str, str]]:
    """Give what is kept of parameters; raise InvalidError or NotFoundError for what no list could show."""
    asked = reading.read(parameters, viewer=viewer)
    for slug in (*asked.traits, *(each.trait for each in asked.conditions), asked.sort):
        if slug not in rules.SORTS:
            listing.trait_rule(slug)
    return [(name, value) for name, value in parameters if value]


def _note(viewer: Viewer, what: str, row: ListRow) -> None:
    access.audit(viewer=viewer, what=what, on=f"list:{row.id}", seen_by="everyone" if row.is_shared else "owner")
