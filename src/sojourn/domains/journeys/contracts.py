"""Words of journeys: what people see of graphs, variants and funnels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sojourn.domains.privacy.contracts import Coverage, EventFilter
from sojourn.engine.discovery.diagrams import Diagram
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.period import Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What the explorer asks about; the whole of it stands in the page's address."""

    period: Period
    events: EventFilter
    steps_shown: int = 12  # activities kept; the log is projected on them and mined again
    paths_shown: float = 0.86  # share of transitions kept, most frequent first
    identity_steps: bool = False  # whether identify, group and alias calls are steps too


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A proportion with its 95 % interval; `too_few` says that it must not be shown."""

    value: float
    low: float
    high: float
    n: int
    too_few: bool = False


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


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStep:
    """One step of a funnel: `from_first` and `from_before` are shares of customers; seconds."""

    name: str
    customers: int
    from_first: Share
    from_before: Share
    median_s: float | None
    p90_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelTable:
    """A funnel in order within a window."""

    steps: tuple[FunnelStep, ...]
    window_s: int
    median_total_s: float | None
    coverage: Coverage


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
class Completion:
    """How the journeys begun in a period ended.

    A journey is `open` until its window has passed, even when its goal is already reached: else quick successes
    would be counted before slow failures. `completed`, `abandoned` and `outcomes` are shares of the closed ones, and in
    numbers: completed + abandoned + outcomes = closed, closed + open = started. `counts` has them, by `completed`,
    `abandoned` and each outcome's name. `part` is the value broken down by, "" for the whole. Seconds are from the
    start to the goal, of completed ones.
    """

    journey: str
    part: str = ""
    started: int
    open: int
    closed: int
    counts: dict[str, int]
    completed: Share
    abandoned: Share
    outcomes: dict[str, Share]
    median_s: float | None
    p90_s: float | None
    completed_clusters: Clusters  # sums by customer, for comparing with another period or part
    abandoned_clusters: Clusters
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessModel:
    """A process tree that replays the most frequent ways through, and its diagram.

    It is mined from `ways` of `ways_in_all` different ways, those of `customers`; `covers` is their share of all.
    """

    tree: str  # "->( 'ask', X( 'buy', tau ) )"; -> sequence, X choice, + parallel, * loop, tau nothing
    diagram: Diagram
    bpmn: str  # BPMN 2.0 XML, with its layout
    ways: int
    ways_in_all: int
    customers: int
    covers: Share
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionAsked:
    """What retention asks besides the question: who starts, what is a return, and how it is counted.

    `start` and `returns` name events, none: any event. Cohorts are days, weeks or months of `zone`; columns are
    distances in the same unit, from 0 on, `columns` of them (None: as many as the unit usually has), or, where
    `brackets` are given, spans of days such as (4, 7). `recurring`: a customer is in the cohort of each unit with a
    start, else in that of the first start ever. `or_after`: a return counts in its own column and all before it.
    """

    start: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    unit: CalendarUnit = CalendarUnit.WEEK
    columns: int | None = None
    brackets: tuple[tuple[int, int], ...] = ()
    recurring: bool = False
    or_after: bool = False
    zone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionColumn:
    """One distance from the start, `first` to `last` inclusive, pooled over the cohorts for which it has passed.

    `share` is None where it has passed for none. Its `n` counts a customer once for each cohort, its interval has the
    customer as the unit; `customers` counts each once.
    """

    first: int
    last: int
    share: Share | None
    returned: int
    customers: int
    cohorts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionCell:
    """Who of a cohort came back at a distance; None where its time has not passed yet."""

    returned: int | None
    share: Share | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """The customers who started in a span of time; `is_open` while it has not passed and more may start."""

    since: datetime
    until: datetime
    customers: int
    is_open: bool
    cells: tuple[RetentionCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionTable:
    """Who came back, by cohort and distance; `distance_unit` is that of the columns."""

    unit: CalendarUnit
    distance_unit: CalendarUnit
    columns: tuple[RetentionColumn, ...]
    cohorts: tuple[Cohort, ...]
    customers: int  # in any cohort, each once
    recurring: bool
    or_after: bool
    zone: str
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class LifecyclePeriod:
    """How customers came and went in one day, week or month; new, retained and resurrected ones are the active.

    `kept` is the share retained of those active in the period `before`; the others are dormant.
    """

    since: datetime
    until: datetime
    new: int
    retained: int
    resurrected: int
    dormant: int
    active: int
    before: int
    kept: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class LifecycleTable:
    """The lifecycle by day, week or month; periods that have not passed are left out."""

    unit: CalendarUnit
    periods: tuple[LifecyclePeriod, ...]
    zone: str
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class PathsAsked:
    """Which tree of paths: from an event or to it, how far and how wide.

    `root` "" means the step that most customers had. Without `every` a customer's first `root` in the period counts.
    `collapse` passes over a step that repeats the one before it. A path ends where nothing more was seen, or where the next
    step lies outside `window_days` from the root or after a pause of more than `pause_minutes` (another session).
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
