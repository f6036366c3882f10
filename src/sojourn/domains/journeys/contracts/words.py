"""What every question and answer about journeys is made of."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import EventFilter
from sojourn.engine.answers.words import Share
from sojourn.kit.period import Period

__all__ = ["Question", "Share"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What the explorer asks about; the whole of it stands in the page's address."""

    period: Period
    events: EventFilter
    steps_shown: int = 12  # activities kept; the log is projected on them and mined again
    paths_shown: float = 0.86  # share of transitions kept, most frequent first
    paths_most: int | None = None  # so many of them, however dense the graph is
    identity_steps: bool = False  # whether identify, group and alias calls are steps too
