"""Access's answers to the rooms below."""

from __future__ import annotations

from sojourn.domains.access import actions
from sojourn.domains.organisation.hooks import units_saved
from sojourn.kit.sealed import seals

seals("access.AuditKey", "sealed", use="audit")


@units_saved.answer
def audit_saved_units(*, by: str, count: int) -> None:
    """Note who saved the tree of units."""
    actions.audit_by(who=by, what="units.save", on="units", count=str(count))
