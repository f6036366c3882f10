"""Feedback's jobs."""

from __future__ import annotations

from sojourn.domains.feedback import actions
from sojourn.kit import jobs


@jobs.job("feedback.read_comments", every_seconds=60)
def read_comments() -> None:
    """Have comments read that nobody has read yet."""
    actions.read_comments()


@jobs.job("feedback.release_idle", every_seconds=300)
def release_idle() -> None:
    """Let answers that were left in the middle count as partial."""
    actions.release_idle()
