"""Durations as people write them."""

from __future__ import annotations

import re
from typing import Final

SECOND: Final = 1_000_000
UNITS: Final = {
    "ms": 1_000,
    "s": SECOND, "sec": SECOND, "second": SECOND, "seconds": SECOND,
    "min": 60 * SECOND, "minute": 60 * SECOND, "minutes": 60 * SECOND,
    "h": 3_600 * SECOND, "hour": 3_600 * SECOND, "hours": 3_600 * SECOND,
    "d": 86_400 * SECOND, "day": 86_400 * SECOND, "days": 86_400 * SECOND,
    "w": 604_800 * SECOND, "week": 604_800 * SECOND, "weeks": 604_800 * SECOND,
}  # fmt: skip
MOST_US: Final = 36_600 * 86_400 * SECOND  # a hundred years
PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([a-z]+)", re.ASCII)


def duration_us(text: str) -> int | None:
    """Give a duration in microseconds, None for what is none or is more than a hundred years.

    >>> duration_us("1h30min") == 5_400_000_000, duration_us("2d"), duration_us("2m"), duration_us("0s")
    (True, 172800000000, None, 0)
    """
    total, place = 0, 0
    for found in PART.finditer(text):
        if found.start() != place or found[2] not in UNITS:
            return None
        total += round(float(found[1]) * UNITS[found[2]])
        place = found.end()
    return total if 0 < place == len(text) and total <= MOST_US else None
