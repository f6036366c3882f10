"""Instants as microseconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime


def parsed(text: str) -> int:
    """Read an ISO 8601 instant, exactly; one without a zone is UTC. Raise ValueError.

    >>> parsed("1970-01-01T00:00:01.5Z"), parsed("1970-01-01T01:00:00+01:00")
    (1500000, 0)
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    # The float has 53 bits: microseconds are exact until the year 2255.
    return round(at.timestamp() * 1_000_000)


def occurred(original_us: int, *, received_us: int, sent_us: int | None) -> int:
    """Correct a sender's clock by how wrong it was when it sent; without `sent_us` its word is taken."""
    return original_us if sent_us is None else received_us - (sent_us - original_us)
