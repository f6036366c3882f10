"""Types of input that mean one thing only: no numbers read as dates, no truths read as numbers."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, Strict

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = r"^[1-8]\d{3}-\d{2}-\d{2}"  # near the ends of the calendar another zone, or a window added, leaves it


def _written_day(value: Any) -> Any:
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError("must be a day such as 2026-01-31")
    return _not_a_number(value)


def _written_instant(value: Any) -> Any:
    if isinstance(value, str) and not re.match(INSTANT, value):
        raise ValueError("must be an instant of the years 1000 to 8999, such as 2026-01-31T12:00:00Z")
    return _not_a_number(value)


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
Instant = Annotated[AwareDatetime, BeforeValidator(_written_instant), Field(json_schema_extra={"pattern": INSTANT})]


def plain(text: str) -> str:
    """Take the NUL out of a text: no database keeps it, and nothing is called by it."""
    return text.replace("\x00", "")
