"""Thought of the desk: when a case is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sojourn.kit.errors import InvalidError

DAYS_MOST: Final = 3_700


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """When the desk works: days of the week (Monday is 0), from and until which time of the day."""

    days: frozenset[int] = frozenset(range(5))
    begins: time = time(9)
    ends: time = time(17)


def due_at(
    since: datetime, *, hours: float, week: Week, zone: ZoneInfo, is_holiday: Callable[[date], bool]
) -> datetime:
    """Give the instant at which so many hours of the desk's work have passed since another, in UTC.

    Time outside the week's hours and on holidays does not count; a change of the clock does, as it passes. Raise
    InvalidError where that lies ten years off.

    >>> friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    >>> due_at(friday, hours=2, week=Week(), zone=ZoneInfo("UTC"), is_holiday=lambda day: False).isoformat()
    '2026-03-09T10:00:00+00:00'
    """
    left, at = timedelta(hours=hours), since.astimezone(UTC)
    first = since.astimezone(zone).date()
    for day in (first + timedelta(days=ahead) for ahead in range(DAYS_MOST)):
        if day.weekday() not in week.days or is_holiday(day):
            continue
        begins = max(at, datetime.combine(day, week.begins, zone).astimezone(UTC))
        ends = datetime.combine(day, week.ends, zone).astimezone(UTC)
        if begins >= ends:
            continue
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise InvalidError("hours: that is more than ten years of the desk's hours.")
