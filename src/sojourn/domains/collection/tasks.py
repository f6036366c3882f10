"""Collection's jobs."""

from __future__ import annotations

from sojourn.domains.collection import actions
from sojourn.kit import jobs


@jobs.job("collection.reseal")
def reseal() -> None:
    """Seal what older master keys sealed under the newest one, and make blind indexes anew under it."""
    actions.reseal()
    actions.reindex()


@jobs.job("collection.backup")
def backup() -> None:
    """Make a backup."""
    actions.make_backup()


@jobs.job("collection.pick_up")
def pick_up() -> None:
    """Fetch the files of every place that is due."""
    actions.pick_up()


@jobs.job("collection.deliver")
def deliver() -> None:
    """Load the deliveries that wait, here and now: asked for only where no work process does it."""
    actions.run_deliveries()
