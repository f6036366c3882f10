"""The graph, its paths and variants."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A node of the graph."""

    name: str
    customers: int
    times: int
    repeaters: int  # customers who had it more than once
    starts: int
    ends: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """An edge of the graph; `share` is of the customers at its source step; seconds."""

    source: str
    target: str
    customers: int
    times: int
    share: Share
    mean_s: float
    median_s: float
    p90_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyGraph:
    """A directly-follows graph that can be read: what is shown, out of how many, covering how much."""

    steps: tuple[Step, ...]
    paths: tuple[Path, ...]
    steps_in_all: int
    paths_in_all: int
    covers: float  # share of all transitions that the shown paths carry
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class GapBin:
    """How many times the next step came after `since_s` (inclusive) and before `until_s` seconds (None: no end)."""

    since_s: float
    until_s: float | None
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PathDetails:
    """One edge of the graph with the distribution of its gaps; seconds."""

    path: Path
    bins: tuple[GapBin, ...]
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantRow:
    """One way through, with the customers who took it."""

    steps: tuple[str, ...]
    customers: int
    share: Share
    median_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantTable:
    """The most frequent variants."""

    rows: tuple[VariantRow, ...]
    distinct: int
    covers: float
    coverage: Coverage
