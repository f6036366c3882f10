"""Sessions: how often customers come, for how long, and what they begin and end with."""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys.contracts import Question, SessionsTable
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import sessions as answers
from sojourn.engine.answers.sessions import TIMEOUT_MINUTES
from sojourn.engine.answers.words import resting


def sessions(
    *,
    question: Question,
    viewer: Viewer,
    timeout_minutes: float = TIMEOUT_MINUTES,
    starts: Sequence[str] = (),
    purpose: Purpose = Purpose.ANALYTICS,
) -> SessionsTable:
    """Give the sessions of a period, over all events asked about, not only the steps shown.

    Events in `starts` begin a session however soon they come. Of the events that sessions begin and end with, those
    of fewer customers than the k floor are left out. Raise InvalidError for a timeout that cannot be, or an event
    that was never seen.
    """
    door = Through(question, viewer, purpose)
    found, coverage = answers.sessions(door, timeout_minutes=timeout_minutes, starts=starts)
    return resting(SessionsTable, found, coverage=coverage)
