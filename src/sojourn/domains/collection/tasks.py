"""Collection's jobs."""

from __future__ import annotations

from sojourn.domains.collection import actions
from sojourn.kit import jobs


@jobs.job("collection.deliver")
def deliver() -> None:
    """Load the deliveries that wait, here and now where no work process does.

    The work process has a child for it, which finds them in their table: reading millions of rows beside the loader
    would hold that up.
    """
    if not jobs.is_bound():
        actions.run_deliveries()
