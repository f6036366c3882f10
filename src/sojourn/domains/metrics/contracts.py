"""Words of metrics."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.customers.contracts import Per
from sojourn.domains.metrics.words import Answers as Answers
from sojourn.domains.metrics.words import Driver as Driver
from sojourn.domains.metrics.words import DriverColumn as DriverColumn
from sojourn.domains.metrics.words import DriverLevel as DriverLevel
from sojourn.domains.metrics.words import Drivers as Drivers
from sojourn.domains.metrics.words import Fact as Fact
from sojourn.domains.metrics.words import FactKind as FactKind
from sojourn.domains.metrics.words import Mix as Mix
from sojourn.domains.metrics.words import MixPart as MixPart
from sojourn.domains.metrics.words import Population as Population
from sojourn.domains.metrics.words import WeightedScore as WeightedScore
from sojourn.domains.privacy.contracts import Coverage
from sojourn.kit.period import Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Kpi:
    """One row of the KPI catalogue."""

    id: str
    name: str
    family: str
    definition: str
    unit: str
    better: str  # high, low or context
    target: float | None
    action_threshold: float | None
    benchmark: str
    frequency: str
    computed: bool  # whether this release computes it from the stream


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A figure that somebody wants: a KPI over a period, whole or `by` something, of one `journey` or each."""

    kpi: str
    period: Period
    by: str | None = None
    journey: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A KPI's value over a period (and one part of it, such as a survey, a unit or a journey).

    `value` is None when there are too few answers; then `note` says so. `low` and `high` bound the 95 % interval by
    the `method` named. `change` compares with the period before: value, interval, and whether it is a real change by
    the `change_method` named.
    """

    kpi: str
    part: str  # "" for the whole
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    method: str
    note: str
    change: float | None
    change_is_real: bool | None
    coverage: Coverage
    change_low: float | None = None
    change_high: float | None = None
    change_method: str = ""
    scale: str = ""  # of the answers, such as 0-10; "" where there is none
    mean: float | None = None  # beside a share of answers, on its scale
    per: Per = Per.CUSTOMER  # what counts as one
    groups: int | None = None  # accounts, households or companies behind it; None per customer
    alone: int | None = None  # customers who were in none, each counted alone


@dataclass(frozen=True, kw_only=True, slots=True)
class LeagueRow:
    """A unit in a league table: its figure and the ranks that it may have; None where there is too little to say."""

    unit: str
    name: str
    figure: Figure
    first: int | None
    last: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class League:
    """Units of a level compared by a KPI, best first; `ranked` of them have ranks, which hold all at once with 95 %."""

    kpi: str
    level: str
    rows: tuple[LeagueRow, ...]
    ranked: int
