"""Deadlines of requests: regulations are data, a date is computed from them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from sojourn.domains.privacy.rights.holidays import NONE, HolidayError, Holidays, calendar
from sojourn.domains.privacy.words.rights import Clock, DueDay, Holiday, Regulation, RequestKind, Span
from sojourn.kit.errors import InvalidError

SHIPPED: Final = Path(__file__).with_name("regulations.yaml")
PAUSES: Final = frozenset({"identity", "clarification"})
UNITS: Final = frozenset({"days", "months", "business_days"})
FIELDS: Final = frozenset(
    {"title", "law", "answer", "acknowledge", "extension", "rolls", "pauses", "verified", "kinds", "holidays"}
)
SATURDAY: Final = 5


class RegulationError(InvalidError):
    """A file of regulations does not say what it must; the message names regulation and field."""

    code = "bad_regulation"


def regulations(own: Path | None = None) -> dict[str, Regulation]:
    """Read the regulations shipped and, over them, the company's own; raise RegulationError."""
    own = own if own is not None and own.exists() else None
    return _read(own, 0 if own is None else own.stat().st_mtime_ns)


def ends_on(begin: date, span: Span, *, rolls: bool, holidays: Holidays = NONE) -> date:
    """Give the last day of a span that begins on a day; with `rolls` one that is no working day moves to the next.

    A month ends on the day of the same number, or on the last of a shorter month; working days are those that are no
    public holiday, Saturday or Sunday (Regulation 1182/71, art. 2(2), 3(2)c and 3(4)).

    >>> ends_on(date(2026, 1, 31), Span(months=1), rolls=False)
    datetime.date(2026, 2, 28)
    >>> ends_on(date(2026, 1, 31), Span(months=1), rolls=True)
    datetime.date(2026, 3, 2)
    >>> ends_on(date(2026, 11, 20), Span(business_days=10), rolls=False)
    datetime.date(2026, 12, 4)
    """
    day = _months_on(begin, span.months) + timedelta(days=span.days)
    for _ in range(span.business_days):
        day = _working_from(day + timedelta(days=1), holidays)
    return _working_from(day, holidays) if rolls else day


def due_on(
    clock: Clock, received: date, *, paused_days: int = 0, is_extended: bool = False, holidays: Holidays = NONE
) -> date:
    """Give the last day for an answer: the days on which the clock stood are added, an extension runs from the end."""
    day = _ends(clock, received, paused_days, is_extended, holidays)
    return _working_from(day, holidays) if clock.rolls else day


def due_day(
    clock: Clock, received: date, *, paused_days: int = 0, is_extended: bool = False, holidays: Holidays = NONE
) -> DueDay:
    """Say of the last day for an answer which holidays moved it."""
    before = _ends(clock, received, paused_days, is_extended, holidays)
    day = _working_from(before, holidays) if clock.rolls else before
    first = received if clock.answer.business_days else before
    passed = (first + timedelta(days=n) for n in range((day - first).days))
    skipped = [each for each in passed if each != received and each.weekday() < SATURDAY and holidays.name(each)]
    told = tuple(Holiday(day=each, name=holidays.name(each), is_own=each in (holidays.own or {})) for each in skipped)
    return DueDay(day=day, before=before, holidays=told)


def _ends(clock: Clock, received: date, paused_days: int, is_extended: bool, holidays: Holidays) -> date:
    day = ends_on(received, clock.answer, rolls=False, holidays=holidays)
    if is_extended and clock.extension is not None:
        day = ends_on(day, clock.extension, rolls=False, holidays=holidays)
        if clock.answer.months:  # counted from the beginning, so that 31 January is not cut to 28 twice
            months = clock.answer.months + clock.extension.months
            day = ends_on(received, Span(months=months), rolls=False)
    return day + timedelta(days=paused_days)


def _working_from(day: date, holidays: Holidays) -> date:
    while day.weekday() >= SATURDAY or holidays.name(day):
        day += timedelta(days=1)
    return day


def _months_on(begin: date, months: int) -> date:
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    return date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4)
def _read(own: Path | None, _: int) -> dict[str, Regulation]:
    found = _parsed(SHIPPED)
    return found if own is None else found | _parsed(own)


def _parsed(path: Path) -> dict[str, Regulation]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise RegulationError(f"{path.name}: is not YAML.") from None
    if not isinstance(said, Mapping):
        raise RegulationError(f"{path.name}: must pair names of regulations with their terms.")
    return {str(name): _regulation(str(name), terms) for name, terms in said.items()}


def _regulation(name: str, terms: Any) -> Regulation:
    if not isinstance(terms, Mapping) or not terms.get("title") or not terms.get("answer"):
        raise RegulationError(f"{name}: needs at least title and answer.")
    if unknown := set(terms) - FIELDS:
        raise RegulationError(f"{name}: there is no field {', '.join(sorted(map(str, unknown)))}.")
    kinds = terms.get("kinds") or {}
    if unknown := set(kinds) - set(RequestKind):
        raise RegulationError(f"{name}.kinds: there is no kind {', '.join(sorted(map(str, unknown)))}.")
    return Regulation(
        name=name,
        title=str(terms["title"]),
        law=str(terms.get("law", "")),
        clocks={kind: _clock(f"{name}.{kind}", kind, {**terms, **(kinds.get(kind) or {})}) for kind in RequestKind},
    )


def _clock(where: str, kind: RequestKind, terms: Mapping[str, Any]) -> Clock:
    answer = _span(f"{where}.answer", terms["answer"])
    pauses = frozenset(terms.get("pauses") or ())
    if answer is None:
        raise RegulationError(f"{where}.answer: is missing.")
    if pauses - PAUSES:
        raise RegulationError(f"{where}.pauses: identity and clarification may stop the clock.")
    return Clock(
        answer=answer,
        acknowledge=_span(f"{where}.acknowledge", terms.get("acknowledge")),
        extension=_span(f"{where}.extension", terms.get("extension")),
        rolls=bool(terms.get("rolls")),
        pauses=pauses,
        is_verified=kind.value in (terms.get("verified") or ()),
        holidays=_calendar(where, terms.get("holidays")),
    )


def _calendar(where: str, said: Any) -> str:
    if said is None:
        return ""
    try:
        return calendar(code=str(said)).code
    except HolidayError as refusal:
        raise RegulationError(f"{where}.holidays: {refusal.message.removeprefix('calendar: ')}") from None


def _span(where: str, said: Any) -> Span | None:
    if said is None:
        return None
    if not isinstance(said, Mapping) or len(said) != 1 or not set(said) <= UNITS:
        raise RegulationError(f"{where}: give one of days, months, business_days.")
    number = next(iter(said.values()))
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= 3_660:
        raise RegulationError(f"{where}: a whole number from 1 to 3660.")
    return Span(**{str(next(iter(said))): number})
