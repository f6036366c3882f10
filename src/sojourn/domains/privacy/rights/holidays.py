"""Public holidays: the calendar of a country or region, and a company's own days over it, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from sojourn.domains.privacy.words.rights import Holiday
from sojourn.kit.errors import InvalidError

CODE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,8})?")
FIELDS: Final = frozenset({"calendar", "days", "working"})
NAME_MAX: Final = 100
ANY_YEAR: Final = 2026  # to see whether a calendar is there


class HolidayError(InvalidError):
    """A calendar that is not there, or a file of holidays that does not say what it must."""

    code = "bad_holidays"


@dataclass(frozen=True, eq=False, slots=True)
class Holidays:
    """The public holidays by which deadlines are counted."""

    code: str = ""  # such as DE-BE; empty: no country's
    own: Mapping[date, str] | None = None
    working: frozenset[date] = frozenset()

    def name(self, day: date) -> str:
        """Give the name of the holiday on a day, empty when it is none."""
        if day in self.working:
            return ""
        found = (self.own or {}).get(day)
        if found is None and self.code:
            found = _of_country(self.code, day.year).get(day)
        return found or ""

    def of_year(self, year: int) -> tuple[Holiday, ...]:
        """List the holidays of a year, in order."""
        public = _of_country(self.code, year) if self.code else {}
        days = {*public, *(each for each in self.own or {} if each.year == year)} - self.working
        own = self.own or {}
        return tuple(Holiday(day=day, name=self.name(day), is_own=day in own) for day in sorted(days))


NONE: Final = Holidays()


def calendar(own: Path | None = None, *, code: str = "") -> Holidays:
    """Read a company's holidays; `code` takes a regulation's calendar instead of the company's, its own days stay.

    Without a file and a code there are none. Raise HolidayError.
    """
    own = own if own is not None and own.exists() else None
    found = NONE if own is None else _read(own, own.stat().st_mtime_ns)
    return Holidays(code=_checked(code), own=found.own, working=found.working) if code else found


@lru_cache(maxsize=4)
def _read(path: Path, _: int) -> Holidays:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise HolidayError(f"{path.name}: is not YAML.") from None
    if not isinstance(said, Mapping):
        raise HolidayError(f"{path.name}: give calendar, days or working.")
    if unknown := set(said) - FIELDS:
        raise HolidayError(f"{path.name}: there is no field {', '.join(sorted(map(str, unknown)))}.")
    return Holidays(
        code=_checked(str(said.get("calendar") or "")),
        own=_days(said.get("days")),
        working=_working(said.get("working")),
    )


def _days(said: Any) -> dict[date, str]:
    if said is None:
        return {}
    if not isinstance(said, Mapping) or not all(type(day) is date and _is_name(name) for day, name in said.items()):
        raise HolidayError("days: pair days with names, such as 2026-12-24: The bank is closed.")
    return {day: str(name).strip() for day, name in said.items()}


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and 1 <= len(name.strip()) <= NAME_MAX


def _working(said: Any) -> frozenset[date]:
    if said is None:
        return frozenset()
    if not isinstance(said, list) or not all(type(day) is date for day in said):
        raise HolidayError("working: list days that are none here, such as [2026-10-31].")
    return frozenset(said)


def _checked(code: str) -> str:
    if not code:
        return ""
    if not CODE.fullmatch(code):
        raise HolidayError("calendar: a country, or a country and its part, such as DE or DE-BE.")
    _of_country(code, ANY_YEAR)
    return code


@lru_cache(maxsize=64)
def _of_country(code: str, year: int) -> dict[date, str]:
    import holidays  # a tenth of a second: only where a calendar is set

    country, _, part = code.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        known = holidays.list_supported_countries().get(country)
        there = f"; of {country} there are {', '.join(known) or 'no parts'}" if known is not None else ""
        raise HolidayError(f"calendar: there is none of {code}{there}.") from None
