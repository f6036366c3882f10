"""Named journeys and how they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.completion import CompletionFigures
from sojourn.engine.stats.clusters import Clusters


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """A named journey: begins with a start event, is completed by one of the goal events within the window.

    `outcomes` maps an outcome's name (approved, declined, withdrawn) to the events that mean it; one made of
    goals only is another name for completion.
    """

    slug: str
    name: str
    start: str
    goals: tuple[str, ...]
    outcomes: dict[str, tuple[str, ...]]
    steps: tuple[str, ...]  # the funnel's steps, in order
    window_days: int
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion(CompletionFigures):
    """How the journeys begun in a period ended.

    A journey is `open` until its window has passed, even when its goal is already reached: else quick successes
    would be counted before slow failures. `completed`, `abandoned` and `outcomes` are shares of the closed ones, and in
    numbers: completed + abandoned + outcomes = closed, closed + open = started.
    """

    journey: str
    completed_clusters: Clusters  # sums by customer, for comparing with another period or part
    abandoned_clusters: Clusters
    coverage: Coverage
