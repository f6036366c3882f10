"""When things happen: hours of the day, days of the week, office hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation.population import Floats, Int64s
from sojourn.engine.simulation.words import DAY, HOUR

BLOCK_DAYS = 28
BLOCK = BLOCK_DAYS * DAY
BLOCK_HOURS = BLOCK_DAYS * 24
FIRST_WEEKDAY = 3  # the epoch was a Thursday; Monday is 0

Boost = Callable[[Int64s], Floats]

_DIGITAL_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 8, 8, 8, 8, 9, 8, 7, 7, 8, 9, 10, 11, 11, 9, 6, 4)
_OFFICE_HOURS = (0, 0, 0, 0, 0, 0, 0, 0, 5, 9, 10, 9, 7, 7, 8, 8, 6, 3, 0, 0, 0, 0, 0, 0)
_PHONE_HOURS = (0, 0, 0, 0, 0, 0, 0, 3, 7, 10, 10, 9, 8, 7, 7, 7, 7, 6, 4, 3, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Relative frequency by hour of the week, Monday 00:00 UTC first; the mean is 1."""

    week: tuple[float, ...]

    @classmethod
    def of(cls, days: tuple[float, ...], hours: tuple[float, ...]) -> Rhythm:
        """Make the rhythm whose hour is the product of a weekday's and an hour's weight."""
        week = np.outer(days, hours).ravel()
        return cls(week=tuple(week / week.mean()))


DIGITAL = Rhythm.of((1.1, 1.05, 1, 1, 1.1, 0.85, 0.8), _DIGITAL_HOURS)
CALLS = Rhythm.of((1.3, 1.1, 1, 1, 1, 0.4, 0), _PHONE_HOURS)
OFFICE = Rhythm.of((1.1, 1, 1, 1, 1.1, 0.25, 0), _OFFICE_HOURS)
STEADY = Rhythm.of((1,) * 7, (1,) * 24)


def starts(
    rng: np.random.Generator, block_at: int, rhythm: Rhythm, expected: float, boost: Boost | None = None
) -> Int64s:
    """Draw instants in the block that begins at ``block_at`` (midnight), ``expected`` of them on average.

    ``boost`` maps the first instants of the block's hours to factors (a season, an incident).
    """
    hour_at = block_at + np.arange(BLOCK_HOURS, dtype=np.int64) * HOUR
    weights = np.asarray(rhythm.week)[(weekday(hour_at) * 24 + (hour_at % DAY) // HOUR)]
    if boost is not None:
        weights = weights * boost(hour_at)
    count = int(rng.poisson(expected * weights.sum() / BLOCK_HOURS))
    edges = np.cumsum(weights)
    slot = np.searchsorted(edges, rng.random(count) * edges[-1], side="right").clip(max=BLOCK_HOURS - 1)
    drawn: Int64s = hour_at[slot] + (rng.random(count) * HOUR).astype(np.int64)
    return drawn


def weekday(at: Int64s) -> Int64s:
    """Number the weekday of instants, Monday 0."""
    return (at // DAY + FIRST_WEEKDAY) % 7


def office(rng: np.random.Generator, after: Int64s, days: npt.ArrayLike) -> Int64s:
    """Give an instant in office hours, some ``days`` later, never on a weekend and always after ``after``."""
    day = after // DAY + np.maximum(np.asarray(days), 1).astype(np.int64)
    day += np.asarray((0, 0, 0, 0, 0, 2, 1))[(day + FIRST_WEEKDAY) % 7]
    at: Int64s = day * DAY + 8 * HOUR + (rng.random(len(after)) * 9 * HOUR).astype(np.int64)
    return at
