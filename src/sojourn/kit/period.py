"""A span of time with an exclusive end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """Instants from ``since`` (inclusive) to ``until`` (exclusive), both in UTC; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def last(cls, *, days: int, until: datetime) -> Period:
        """Make the period of ``days`` days that ends at ``until``."""
        return cls(since=until - timedelta(days=days), until=until)

    @property
    def since_us(self) -> int | None:
        """Microseconds since the epoch of the first instant."""
        return None if self.since is None else micros(self.since)

    @property
    def until_us(self) -> int | None:
        """Microseconds since the epoch of the first instant after the period."""
        return None if self.until is None else micros(self.until)


def micros(at: datetime) -> int:
    """Turn an aware instant into whole microseconds since the epoch, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(at_us: int) -> datetime:
    """Turn microseconds since the epoch into an aware instant in UTC, exactly."""
    return EPOCH + timedelta(microseconds=at_us)
