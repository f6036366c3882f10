"""Who comes back, and how customers come and go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage
from sojourn.kit.calendar import CalendarUnit


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
