"""A journey's cases, as they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sojourn.engine.answers.cases_asked import CasesAsked
from sojourn.engine.answers.words import GapBin, Mean, Share


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseEnding:
    """One way in which closed cases ended: `completed`, `abandoned` or an outcome, and how long they lasted.

    An abandoned case lasts until its last event. `cases` is None where they are too few to be told.
    """

    name: str
    cases: int | None
    share: Share
    median_s: float | None
    p90_s: float | None
    bins: tuple[GapBin, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """A number that each closed case has (events, repeats, hand-offs): its mean by customer and exact quantiles."""

    mean: Mean | None
    median: float | None
    p90: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseCount:
    """How many closed cases have `least` to `most` (None: no end) of something."""

    least: int
    most: int | None
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FrictionRow:
    """How closed cases with `least` to `most` (None: no end) repeats or hand-offs (up to the landmark) ended."""

    least: int
    most: int | None
    cases: int
    completed: Share
    abandoned: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class ReworkStep:
    """How often an event came again within closed cases; `again` is the share of its `cases` in which it did.

    Of `extra` occurrences, the first of a case not counted, `at_once` come right after the same event and `returns`
    after another; of these, `ping_pong` end an `a b a b`.
    """

    name: str
    times: int
    cases: int
    customers: int
    again: Share
    extra: int
    at_once: int
    returns: int
    ping_pong: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WayBack:
    """An edge to a step that the case had before; `ping_pong` times as the end of an `a b a b`."""

    source: str
    target: str
    times: int
    cases: int
    customers: int
    ping_pong: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Handoff:
    """A change from one channel to another, between events of a case; `None` stands for the values not shown."""

    source: str | None
    target: str | None
    times: int
    cases: int
    customers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StageTimes:
    """How long closed cases stayed in a stage.

    `cases` were in it, `given_up` is the share abandoned there. Times are all visits of a case together, of the `left`
    cases that left it; `waiting` is the share of it between the last event and leaving. `share` is of the duration of
    cases that ended by an event.
    """

    name: str
    cases: int
    customers: int
    given_up: Share
    visits: Mean | None
    left: int
    mean_s: Mean | None
    median_s: float | None
    p90_s: float | None
    waiting: Share | None
    share: Share | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePart:
    """Cases with one value of a dimension at the start event ("" for none), or the rest."""

    name: str
    is_rest: bool
    customers: int
    open: int
    closed: int
    completed: Share
    abandoned: Share
    median_s: float | None
    p90_s: float | None
    events: Effort
    repeats: Effort
    handoffs: Effort


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSpan:
    """Cases by when they began; `is_open`, without shares, while the window of some has not passed."""

    since: datetime
    until: datetime
    customers: int
    started: int
    completed: Share | None
    abandoned: Share | None
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CasesFigures:
    """The cases begun in a period; closed + open = started, and closed cases add up over `endings`.

    All but `started` and `open` is of closed cases, `customers` are those with one. `unseen` names events asked for
    that never happened. `sizes` counts cases by events.
    """

    asked: CasesAsked
    unseen: tuple[str, ...]
    customers: int
    started: int
    open: int
    closed: int
    endings: tuple[CaseEnding, ...]
    events: Effort
    sizes: tuple[CaseCount, ...]
    repeats: Effort
    with_repeats: Share
    over: int  # closed cases that ended before the landmark, and are not in `by_repeats` and `by_handoffs`
    by_repeats: tuple[FrictionRow, ...]
    handoffs: Effort
    with_handoffs: Share | None
    by_handoffs: tuple[FrictionRow, ...]
    passes: tuple[Handoff, ...]
    rework: tuple[ReworkStep, ...]
    ways_back: tuple[WayBack, ...]
    stages: tuple[StageTimes, ...]
    parts: tuple[CasePart, ...]
    trend: tuple[CaseSpan, ...]
