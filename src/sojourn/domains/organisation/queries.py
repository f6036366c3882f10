"""Ask organisation: which units, which tree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Max

from sojourn.domains.organisation import document, rules
from sojourn.domains.organisation.contracts import Stretch, TreeChange, Unit, UnitNode
from sojourn.domains.organisation.models import TreeRow, UnitRow


def units(*, at: date | None = None) -> tuple[Unit, ...]:
    """List the units that stand on a day, by code; without a day every row, moves included."""
    rows = tuple(row.contract() for row in UnitRow.objects.order_by("code", "id"))
    return rows if at is None else tuple(unit for unit in rows if rules.is_valid(unit, at))


def tree(*, at: date) -> tuple[UnitNode, ...]:
    """Give the roots of the tree as it stands on a day."""
    return rules.grown(units(at=at))


def descendants(codes: Iterable[str], *, at: date | None = None) -> frozenset[str]:
    """Give codes and every code below them on a day; without a day, below them ever."""
    return rules.below(units(at=at), codes)


def stretches(codes: Iterable[str]) -> tuple[Stretch, ...]:
    """Say which units lie at or below some, and when."""
    return rules.stretches(units(), codes)


def last_change() -> TreeChange | None:
    """Give the last change of the tree that can be taken back."""
    row = TreeRow.objects.order_by("-id").first()
    return row.contract() if row else None


def version() -> int:
    """Give a number that changes with every change of the tree."""
    newest: int | None = UnitRow.objects.aggregate(newest=Max("id"))["newest"]
    return newest or 0


def units_text() -> str:
    """Give every row as YAML."""
    return document.write(units())
