"""The desk's hours: a company's own week, as data, and the public holidays by which deadlines are counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.desk import rules
from sojourn.domains.desk.rules import Week
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import InvalidError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS: Final = frozenset({"days", "from", "until"})


class HoursError(InvalidError):
    """A file of the desk's hours that does not say what it must."""

    code = "bad_hours"


def due(since: datetime, *, hours: float) -> datetime:
    """Give the instant at which so many of the desk's hours have passed; raise HoursError, InvalidError."""
    zone, holidays = ZoneInfo(settings.TIME_ZONE), dict[int, frozenset[date]]()

    def is_holiday(day: date) -> bool:
        if day.year not in holidays:
            known = privacy.holidays(year=day.year, viewer=SYSTEM)
            holidays[day.year] = frozenset(each.day for each in known)
        return day in holidays[day.year]

    return rules.due_at(since, hours=hours, week=week(), zone=zone, is_holiday=is_holiday)


def week() -> Week:
    """Read the company's week, Monday to Friday from 9 to 17 without a file; raise HoursError."""
    own = Path(settings.SOJOURN.data / "desk" / "hours.yaml")
    return _read(own, own.stat().st_mtime_ns) if own.exists() else Week()


@lru_cache(maxsize=4)
def _read(path: Path, _: int) -> Week:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise HoursError(f"{path.name}: is not YAML.") from None
    if not isinstance(said, Mapping):
        raise HoursError(f"{path.name}: give days, from or until.")
    if unknown := set(said) - FIELDS:
        raise HoursError(f"{path.name}: there is no field {', '.join(sorted(map(str, unknown)))}.")
    begins, ends = _time(said.get("from", "09:00"), "from"), _time(said.get("until", "17:00"), "until")
    if begins >= ends:
        raise HoursError(f"{path.name}: until must be later than from.")
    return Week(days=_days(said.get("days", list(DAYS[:5]))), begins=begins, ends=ends)


def _days(said: Any) -> frozenset[int]:
    if not isinstance(said, list) or not said or any(each not in DAYS for each in said):
        raise HoursError("days: list some of mon, tue, wed, thu, fri, sat, sun.")
    return frozenset(DAYS.index(each) for each in said)


def _time(said: Any, name: str) -> time:
    try:
        return time.fromisoformat(said)
    except (TypeError, ValueError):
        raise HoursError(f'{name}: a time of the day in quotes, such as "09:00".') from None
