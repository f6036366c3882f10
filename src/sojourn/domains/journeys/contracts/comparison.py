"""Two sides beside each other, and what goes with success."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage


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
