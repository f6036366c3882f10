"""The KPI catalogue."""

from __future__ import annotations

from functools import cache

from sojourn.domains.metrics import rules
from sojourn.domains.metrics.contracts import Kpi
from sojourn.kit.errors import NotFoundError


@cache
def kpis() -> tuple[Kpi, ...]:
    """List every KPI with its definition; `computed` says whether this release computes it."""
    return rules.catalogue()


def kpi(*, kpi_id: str) -> Kpi:
    """Give one KPI; raise NotFoundError."""
    for each in kpis():
        if each.id == kpi_id:
            return each
    raise NotFoundError(f"There is no KPI {kpi_id}.")
