"""Access's answers to the rooms below."""

from __future__ import annotations

from django.utils import timezone

from sojourn.domains.access.models import AuditRow
from sojourn.domains.organisation.hooks import units_saved


@units_saved.answer
def audit_saved_units(*, by: str, count: int) -> None:
    """Note who saved the tree of units."""
    AuditRow.objects.create(at=timezone.now(), who=by, what="units.save", object="units", detail={"count": str(count)})
