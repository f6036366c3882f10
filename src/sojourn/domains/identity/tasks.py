"""Identity's jobs."""

from __future__ import annotations

from sojourn.domains.identity import actions
from sojourn.kit import jobs


@jobs.job("identity.words", every_seconds=3_600)
def index_words() -> None:
    """Give traits of older versions the words by which they are found; nothing to do once all have them."""
    actions.index_words()


@jobs.job("identity.catch_up", every_seconds=3_600)
def catch_up() -> None:
    """Give traits of older versions what newer ones write at once, until all have it."""
    if not actions.catch_up():
        jobs.defer("identity.catch_up")


@jobs.job("identity.apply_rules")
def apply_rules(version: int) -> None:
    """Assign everybody's customer by the rules in force."""
    actions.apply_rules(version=version)


@jobs.job("identity.match")
def match(run: int) -> None:
    """Match all customers, once for a run that was asked for."""
    actions.run_match(run=run)


@jobs.job("identity.match_when_due", every_seconds=3_600)
def match_when_due() -> None:
    """Ask for matching when the terms say that it is time."""
    actions.match_when_due()
