"""Types of input that mean one thing only: no numbers read as dates, no truths read as numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Strict

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _written_day(value: Any) -> Any:
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError("must be a day such as 2026-01-31")
    return _not_a_number(value)


def _written_instant(value: Any) -> Any:
    if isinstance(value, str) and not DAY.match(value):
        raise ValueError("must be an instant such as 2026-01-31T12:00:00Z")
    return _not_a_number(value)


def _calculable(value: datetime) -> datetime:
    # Nearer to the ends of the calendar another zone, or a window added, leaves it.
    if not FIRST <= value <= LAST:
        raise ValueError("must lie between the years 2 and 9000")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("must be a whole number")
    return value


def _not_a_number(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise ValueError("must be text, not a number")
    return value


PlainNumber = BeforeValidator(_number)  # 256.0 is a whole number in JSON; true and "1" are none
Flag = Annotated[bool, Strict()]
Day = Annotated[date, BeforeValidator(_written_day)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_instant), AfterValidator(_calculable)]
