"""Do: save the tree."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import router, transaction

from sojourn.domains.organisation import document, rules
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.organisation.hooks import units_saved
from sojourn.domains.organisation.models import UnitRow


def save_units(units: Sequence[Unit], *, by: str) -> int:
    """Make these rows the whole tree, past and future moves included, and give their number.

    Access stands above this room: who may do it is asked there, `by` is the viewer's name. Raise TreeError when the
    units make no tree on every day (unknown parent, cycle, a unit twice for the same days).
    """
    rules.check(units)
    with transaction.atomic(using=router.db_for_write(UnitRow)):
        UnitRow.objects.all().delete()
        UnitRow.objects.bulk_create(
            [
                UnitRow(code=u.code, name=u.name, kind=u.kind, parent=u.parent, since=u.since, until=u.until)
                for u in units
            ],
            batch_size=500,
        )
        for tell in units_saved:
            tell(by=by, count=len(units))
    return len(units)


def save_units_text(text: str, *, by: str) -> int:
    """Read CSV or YAML and save it as the whole tree; raise TreeError naming the line."""
    return save_units(document.read(text), by=by)
