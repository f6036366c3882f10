"""Which spans of the calendar retention and lifecycle count, and what can be asked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, Protocol

from sojourn.kit.calendar import CalendarUnit, edges
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, micros

COLUMNS: Final = {CalendarUnit.DAY: 15, CalendarUnit.WEEK: 9, CalendarUnit.MONTH: 7}
COLUMNS_MOST: Final = 100
DISTANCE_MOST: Final = 3_650
COHORTS_MOST: Final = 400
PERIODS_MOST: Final = 20_000
LONGEST: Final = {
    CalendarUnit.DAY: timedelta(days=1),
    CalendarUnit.WEEK: timedelta(days=7),
    CalendarUnit.MONTH: timedelta(days=31),
}
SHORTEST: Final = LONGEST | {CalendarUnit.MONTH: timedelta(days=28)}

Bracket = tuple[int, int]


class Counted(Protocol):
    """How retention is counted: cohorts by `unit`, so many `columns` (None: as usual) or these `brackets` of days."""

    @property
    def unit(self) -> CalendarUnit: ...
    @property
    def columns(self) -> int | None: ...
    @property
    def brackets(self) -> tuple[Bracket, ...]: ...
    @property
    def or_after(self) -> bool: ...


@dataclass(frozen=True)
class Plan:
    """The periods of a retention: their edges, the cohort of each of the first, and the columns' distances."""

    cohort_edges: tuple[datetime, ...]
    edges_us: tuple[int, ...]
    cohorts: tuple[int, ...]
    brackets: tuple[Bracket, ...]
    distance_unit: CalendarUnit
    as_of_us: int  # the last edge that has passed, so that a plan stays the same while a period runs

    @property
    def until(self) -> datetime:
        """The end of the last cohort."""
        return self.cohort_edges[-1]


def plan(asked: Counted, period: Period, known: Period, zone: tzinfo) -> Plan:
    """Lay out cohorts and columns; `known` spans the events there are. Raise InvalidError for too many cohorts."""
    columns = brackets(asked)
    distance_unit = CalendarUnit.DAY if asked.brackets else asked.unit
    cohort_edges = spans(asked.unit, period, known, zone)
    ends = cohort_edges[-1]
    if asked.or_after:
        ends = max(ends, known.until or ends)
    else:
        ends += LONGEST[distance_unit] * (columns[-1][1] + 1)
        ends = max(cohort_edges[-1], min(ends, known.until or ends))
    if (ends - cohort_edges[0]) / SHORTEST[distance_unit] > PERIODS_MOST:
        raise InvalidError("unit: the time up to the last event is too long to count in days; ask for weeks or months.")
    fine = edges(distance_unit, cohort_edges[0], ends, zone)
    edges_us = tuple(micros(each) for each in fine)
    return Plan(
        cohort_edges=cohort_edges,
        edges_us=edges_us,
        cohorts=tuple(bisect_right(cohort_edges, each) - 1 for each in fine if each < cohort_edges[-1]),
        brackets=columns,
        distance_unit=distance_unit,
        as_of_us=passed_us(edges_us, known),
    )


def brackets(asked: Counted) -> tuple[Bracket, ...]:
    """Give the columns' distances; raise InvalidError for those that cannot be."""
    if not asked.brackets:
        count = COLUMNS[asked.unit] if asked.columns is None else asked.columns
        if not 1 <= count <= COLUMNS_MOST:
            raise InvalidError(f"columns: choose 1 to {COLUMNS_MOST} columns, not {count}.")
        return tuple((distance, distance) for distance in range(count))
    if len(asked.brackets) > COLUMNS_MOST:
        raise InvalidError(f"brackets: give at most {COLUMNS_MOST}.")
    before = -1
    for low, high in asked.brackets:
        if not before < low <= high <= DISTANCE_MOST:
            raise InvalidError(
                f"brackets: give spans of days from 0 to {DISTANCE_MOST:,}, ascending, such as 0, 1-3, 4-7."
            )
        before = high
    return asked.brackets


def written_brackets(texts: Sequence[str]) -> tuple[Bracket, ...]:
    """Read spans of days as people write them; raise InvalidError for one that is none.

    >>> written_brackets(["0", "1-3"])
    ((0, 0), (1, 3))
    """
    found = []
    for text in texts:
        ends = re.fullmatch(r"\s*([0-9]{1,5})\s*(?:[-–]\s*([0-9]{1,5})\s*)?", text)
        if ends is None:
            raise InvalidError(f"brackets: {text or 'nothing'} is no span of days such as 0 or 4-7.")
        found.append((int(ends[1]), int(ends[2] or ends[1])))
    return tuple(found)


def spans(unit: CalendarUnit, period: Period, known: Period, zone: tzinfo) -> tuple[datetime, ...]:
    """Give the edges of the days, weeks or months that a period touches, as far as there are events.

    Without events there is one span. Raise InvalidError for too many.
    """
    moment = timedelta(microseconds=1)
    since = max(each for each in (period.since, known.since) if each is not None)
    if period.until is not None:
        since = min(since, period.until - moment)
    until = min(each for each in (period.until, known.until) if each is not None)
    until = max(until, since + moment)
    if (until - since) / LONGEST[unit] > COHORTS_MOST:
        raise InvalidError(f"unit: more than {COHORTS_MOST} {unit}s; choose a longer unit or a shorter period.")
    return edges(unit, since, until, zone)


def passed_us(edges_us: tuple[int, ...], known: Period) -> int:
    """Give the last edge that is not after what is known; a microsecond before the first when all are."""
    until = known.until_us
    return max((each for each in edges_us if until is None or each <= until), default=edges_us[0] - 1)
