"""Do: save the tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.organisation import document, queries, rules
from sojourn.domains.organisation.contracts import Move, TreeChange, Unit
from sojourn.domains.organisation.hooks import units_saved
from sojourn.domains.organisation.models import TreeRow, UnitRow
from sojourn.kit.errors import ConflictError

KEPT_CHANGES = 20


class NothingToUndoError(ConflictError):
    """No change of the tree is kept that could be taken back."""

    code = "nothing_to_undo"


def save_units(
    units: Sequence[Unit], *, by: str, what: str = "the whole tree was saved", now: datetime | None = None
) -> int:
    """Make these rows the whole tree, past and future moves included, and give their number.

    Access stands above this room: who may do it is asked there, `by` is the viewer's name. Raise TreeError when the
    units make no tree on every day (unknown parent, cycle, a unit twice for the same days).
    """
    rules.check(units)
    with transaction.atomic(using=router.db_for_write(UnitRow)):
        before = queries.units_text()
        TreeRow.objects.create(at=now or timezone.now(), by=by, what=what, text=before)
        old = TreeRow.objects.order_by("-id").values_list("id", flat=True)[KEPT_CHANGES:]
        TreeRow.objects.filter(id__in=list(old)).delete()
        return _replace(units, by)


def move_unit(
    *, code: str, parent: str | None, since: date, by: str, preview: bool = False, now: datetime | None = None
) -> Move:
    """Put a unit, with all below it, under another from a day on; with `preview` only say what would change.

    What happened before that day stays where it was. Raise TreeError.
    """
    units, move = rules.moved(queries.units(), code=code, parent=parent, since=since)
    if not preview:
        save_units(units, by=by, what=f"{code} moved below {parent or 'the top'} from {since}", now=now)
    return move


def undo(*, by: str) -> TreeChange:
    """Take the last change of the tree back; raise NothingToUndoError."""
    with transaction.atomic(using=router.db_for_write(UnitRow)):
        last = TreeRow.objects.select_for_update().order_by("-id").first()
        if last is None:
            raise NothingToUndoError("There is no change of the tree to take back.")
        _replace(document.read(last.text), by)
        undone = last.contract()
        last.delete()
    return undone


def save_units_text(text: str, *, by: str) -> int:
    """Read CSV or YAML and save it as the whole tree; raise TreeError naming the line."""
    return save_units(document.read(text), by=by)


def _replace(units: Sequence[Unit], by: str) -> int:
    UnitRow.objects.all().delete()
    UnitRow.objects.bulk_create(
        [UnitRow(code=u.code, name=u.name, kind=u.kind, parent=u.parent, since=u.since, until=u.until) for u in units],
        batch_size=500,
    )
    for tell in units_saved:
        tell(by=by, count=len(units))
    return len(units)
