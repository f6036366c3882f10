"""The desk's jobs."""

from __future__ import annotations

from sojourn.domains.desk import actions, queries
from sojourn.kit import jobs


@jobs.job("desk.escalate", every_seconds=60, is_due=queries.is_case_late)
def escalate() -> None:
    """Show managers the cases whose due time has passed."""
    actions.escalate()
