"""Feedback's jobs."""

from __future__ import annotations

from sojourn.domains.feedback import actions, queries
from sojourn.kit import jobs


@jobs.job("feedback.read_comments", every_seconds=60, is_due=queries.is_comment_waiting)
def read_comments() -> None:
    """Have comments read that nobody has read yet."""
    actions.read_comments()


@jobs.job("feedback.learn_sentiment", every_seconds=7 * 86_400)
def learn_sentiment() -> None:
    """Learn from scored comments, once a week."""
    actions.learn_sentiment()


@jobs.job("feedback.release_idle", every_seconds=300, is_due=queries.is_answer_idle)
def release_idle() -> None:
    """Let answers that were left in the middle count as partial."""
    actions.release_idle()
