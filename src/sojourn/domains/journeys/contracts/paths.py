"""Trees of paths, and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class PathsAsked:
    """Which tree of paths: from an event or to it, how far and how wide.

    `root` "" means the step that most customers had. Without `every` a customer's first `root` in the period counts.
    `collapse` passes over a step that repeats the one before it. A path ends where nothing more was seen, or where the
    next step lies outside `window_days` from the root or after a pause of more than `pause_minutes` (another session).
    """

    root: str = ""
    forward: bool = True
    depth: int = 4
    breadth: int = 4
    every: bool = False
    collapse: bool = True
    window_days: float | None = None
    pause_minutes: float | None = None
    least: float = 0.01  # share of the root's customers below which a step counts with the others


class PathNodeKind(StrEnum):
    """What stands at a node of a tree of paths."""

    STEP = "step"
    END = "end"  # nothing more was seen within the limits
    OTHERS = "others"  # the steps that are not shown, together


@dataclass(frozen=True, kw_only=True, slots=True)
class PathNode:
    """A node of a tree of paths; shares are of customers: of those at the root, and of those at the node before."""

    before: int | None  # place of the node before
    depth: int
    kind: PathNodeKind
    name: str  # "" but for steps
    gathered: int  # different steps in others
    customers: int
    times: int
    share: Share
    share_before: Share
    median_s: float | None  # from the root, or to it


@dataclass(frozen=True, kw_only=True, slots=True)
class PathTree:
    """What came after an event, or before it; nodes in order of reading, each before its children."""

    asked: PathsAsked  # with the root that was chosen
    nodes: tuple[PathNode, ...]
    steps_in_all: int
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean:
    """A mean by customer with its 95 % interval, None where one customer alone tells nothing of it."""

    value: float
    low: float | None
    high: float | None
    n: int  # customers


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionEdge:
    """An event that sessions begin or end with; `share` is of sessions, with the customer as the unit."""

    name: str
    sessions: int
    customers: int
    share: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionsTable:
    """The sessions of a period: cut where nothing happened for longer than the timeout, and at start events.

    Figures are None when there are no sessions. A bounce is a session of a single event.
    """

    timeout_minutes: float
    starts: tuple[str, ...]
    customers: int
    sessions: int
    events: int
    bounces: Share
    per_customer: Mean | None
    events_each: Mean | None
    median_events: float | None
    p90_events: float | None
    mean_s: Mean | None
    median_s: float | None
    p90_s: float | None
    entries: tuple[SessionEdge, ...]
    exits: tuple[SessionEdge, ...]
    coverage: Coverage
