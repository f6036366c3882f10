"""Days, weeks and months of a time zone as instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from sojourn.kit.errors import InvalidError


class CalendarUnit(StrEnum):
    """A span of the calendar; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def edges(unit: CalendarUnit, since: datetime, until: datetime, zone: tzinfo = UTC) -> tuple[datetime, ...]:
    """Give the first instants (in UTC) of the days, weeks or months that a span touches, and of the one after it.

    `until` is exclusive. A day that a zone skipped as a whole has no edge of its own.

    >>> noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    >>> [f"{each:%Y-%m-%d}" for each in edges(CalendarUnit.MONTH, noon, noon + timedelta(days=1))]
    ['2026-03-01', '2026-04-01', '2026-05-01']
    """
    day = first_day(unit, since.astimezone(zone).date())
    found = [_midnight(day, zone)]
    while found[-1] < until or len(found) < 2:
        day = after(unit, day)
        found.append(_midnight(day, zone))
    return tuple(dict.fromkeys(found))


def first_day(unit: CalendarUnit, day: date) -> date:
    """Give the first day of the day's week or month, or itself."""
    if unit == CalendarUnit.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == CalendarUnit.MONTH else day


def after(unit: CalendarUnit, first: date) -> date:
    """Give the first day of the next unit, from the first day of one."""
    if unit == CalendarUnit.MONTH:
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if unit == CalendarUnit.WEEK else 1)


def zone_called(name: str) -> ZoneInfo:
    """Give the time zone of a name such as Europe/Berlin; raise InvalidError for one there is not."""
    if name not in _zones():
        raise InvalidError(f"zone: there is no time zone {name}; give a name such as Europe/Berlin.")
    return ZoneInfo(name)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
