"""Words of journeys: what people see of graphs, variants and funnels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sojourn.domains.privacy.contracts import Coverage, EventFilter
from sojourn.engine.discovery.diagrams import Diagram
from sojourn.engine.kernels.funnel_asked import Order
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


class FunnelCount(StrEnum):
    """What a funnel counts: each customer once, or each entry (one begins while no other runs)."""

    CUSTOMERS = "customers"
    ENTRIES = "entries"


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelExclusion:
    """Events that break a funnel between step `after` and step `before`, numbered from 1; None: first and last."""

    events: tuple[str, ...]
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelOptions:
    """How a funnel is counted besides its steps and window; the plain one is in order, by customer.

    `by` breaks down by a dimension of the first step, its `top` values and the rest; `trend` by the day, week or month
    of the first step, in `zone`.
    """

    order: Order = Order.ORDERED
    count: FunnelCount = FunnelCount.CUSTOMERS
    exclusions: tuple[FunnelExclusion, ...] = ()
    by: str | None = None
    top: int = 5
    trend: CalendarUnit | None = None
    zone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelCounts:
    """Who reached a step: `times` are entries, or customers again when customers are counted.

    `from_first` and `from_before` are shares of `times`, with the customer as the unit of their intervals.
    """

    customers: int
    times: int
    from_first: Share
    from_before: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStep:
    """One step of a funnel, as `FunnelCounts`; times from the step before in seconds, and in bins."""

    name: str
    customers: int
    times: int
    from_first: Share
    from_before: Share
    median_s: float | None
    p90_s: float | None
    bins: tuple[GapBin, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelPart:
    """A funnel's customers or entries with one value of a dimension at the first step ("" for none), or the rest."""

    name: str
    is_rest: bool
    steps: tuple[FunnelCounts, ...]
    median_total_s: float | None
    p90_total_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelSpan:
    """A funnel's customers or entries by when the first step came; `converted` is the share that took every step.

    `is_open`, and `converted` None, while the window of some has not passed: quick successes would else be counted
    before slow failures.
    """

    since: datetime
    until: datetime
    customers: int
    times: int
    converted: Share | None
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelTable:
    """A funnel within a window; times to convert, from the first step to the last, in seconds and in bins."""

    steps: tuple[FunnelStep, ...]
    window_s: int
    options: FunnelOptions
    median_total_s: float | None
    p90_total_s: float | None
    bins: tuple[GapBin, ...]
    parts: tuple[FunnelPart, ...]
    trend: tuple[FunnelSpan, ...]
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


class Verdict(StrEnum):
    """What a comparison says of side b beside side a, after the correction for all that was compared with it."""

    MORE = "more"
    LESS = "less"
    SAME = "no difference seen"
    TOO_FEW = "too few"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareDifference:
    """A share on two sides and b minus a, with its interval; `p` is corrected, None where nothing can be said."""

    a: Share
    b: Share
    difference: float
    low: float
    high: float
    p: float | None
    verdict: Verdict
    effect: float  # Cohen's h: 0.2 is small, 0.5 medium, 0.8 large


@dataclass(frozen=True, kw_only=True, slots=True)
class PaceDifference:
    """How long customers typically take (geometric means) on two sides, and b over a with its interval."""

    a_s: float
    b_s: float
    n_a: int
    n_b: int
    ratio: float
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    effect: float  # Cohen's d of the logarithms


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What every comparison says of itself: who is on which side, how many were compared, and how."""

    a: Coverage
    b: Coverage
    both: int | None  # customers on both sides; None below the privacy minimum
    tested: int  # differences that the correction is for
    looks: str  # once or daily
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDifference:
    """A step: the share of the side's customers who had it."""

    name: str
    share: ShareDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class PathDifference:
    """A path: the share of the customers at its source who took it, and how long they took; None: on one side only."""

    source: str
    target: str
    share: ShareDifference
    pace: PaceDifference | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PropertyDifference:
    """A dimension's value: the share of the side's customers who have an event with it."""

    dimension: str
    value: str
    share: ShareDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A difference that is real, by kind: `step`, `path`, `pace` or `property`; one of `share` and `pace` is there."""

    kind: str
    names: tuple[str, ...]  # a step; source and target; dimension and value
    share: ShareDifference | None
    pace: PaceDifference | None
    effect: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedGraph:
    """Two directly-follows graphs: everything compared, and what differs most, largest effect first."""

    comparison: Comparison
    steps: tuple[StepDifference, ...]
    paths: tuple[PathDifference, ...]
    properties: tuple[PropertyDifference, ...]
    findings: tuple[Finding, ...]
    steps_in_all: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStepDifference:
    """A step of a funnel on two sides, among those whose window has closed."""

    name: str
    customers_a: int
    customers_b: int
    from_first: ShareDifference | None  # None at the first step
    from_before: ShareDifference | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedFunnel:
    """One funnel on two sides; `open_a` and `open_b` took the first step but are still within their window."""

    comparison: Comparison
    steps: tuple[FunnelStepDifference, ...]
    window_s: int
    open_a: int
    open_b: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EndingDifference:
    """An ending of a named journey: the share of closed journeys; `name` is completed, abandoned or an outcome's."""

    name: str
    share: ShareDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedCompletion:
    """How a named journey ends on two sides."""

    comparison: Comparison
    journey: str
    endings: tuple[EndingDifference, ...]
    open_a: int
    open_b: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Companion:
    """What goes with success: side b had it, side a had not; `ratio` is how many times as likely success was.

    `kind` is `event` (on the way, before the end) or `property` (of the start event).
    """

    kind: str
    names: tuple[str, ...]
    share: ShareDifference
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SuccessTable:
    """What goes with completing a named journey, largest effect first; each customer once, with the first one closed.

    It says what goes together, not what causes what. `over` journeys ended before the landmark and are left out.
    """

    journey: str
    completed: Share
    companions: tuple[Companion, ...]
    tested: int
    landmark_hours: float | None
    over: int
    looks: str
    method: str
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionAsked:
    """Which outcome is attributed to which touchpoints.

    Touchpoints are events, or with `by` the values of that dimension; where none are named, the most frequent. Others
    do not count. `collapse` makes touches of one touchpoint that follow one another a single one. With a `currency`
    the outcome's money in it is shared out as well.
    """

    outcome: tuple[str, ...]
    touchpoints: tuple[str, ...] = ()
    by: str = ""
    window_days: float = 30
    half_life_days: float = 7
    collapse: bool = False
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchpointCredit:
    """What one model gives a touchpoint: its share of all credit, the conversions and the money."""

    share: Share
    conversions: float
    value: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Touchpoint:
    """A touchpoint: the conversions whose paths touch it at all, and its credit by each model."""

    name: str
    touched: int
    credits: dict[str, TouchpointCredit]


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionTable:
    """An outcome attributed to touchpoints; what no touchpoint preceded is `direct` and credited to none.

    conversions + direct are all times that the outcome happened in the period; each model shares out `conversions`, and
    `value`. `paths` are ways over touchpoints that ended without a conversion; `open` ones may still convert and count
    in no model. `unvalued` conversions have no money in the currency.
    """

    touchpoints: tuple[Touchpoint, ...]
    models: tuple[str, ...]
    conversions: int
    direct: int
    converted: int  # customers with an attributed conversion
    paths: int
    open: int
    currency: str
    value: float | None
    unvalued: int
    window_s: int
    half_life_s: int
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """A quantile by customer in seconds with its 95 % interval, None where customers are too few for one."""

    value: float
    low: float | None
    high: float | None
    n: int  # customers


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternTable:
    """Who matches a path pattern, how often, and what the first match takes from its first event to its last.

    `share` is of the customers with an event in the question. Matches do not overlap and are as many as can be; the
    first is the one that ends earliest and, of those, begins latest.
    """

    pattern: str
    share: Share
    customers: int  # who match
    matches: int
    per_customer: Mean | None  # matches of a customer who matches
    median: Spread | None
    p90: Spread | None
    bins: tuple[GapBin, ...]  # of the customers' first matches
    coverage: Coverage
