"""Thought of privacy: the built-in rule set that says who may be read for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sojourn.domains.privacy.contracts import Abstraction, EventFilter, Purpose
from sojourn.kit.period import Period

# The bit of each built-in purpose that a customer may refuse, in an event's `purposes`. They are stored: never renumber
# them. Own purposes get the free ones, each once.
BITS: Final[Mapping[Purpose, int]] = {
    Purpose.ANALYTICS: 1,
    Purpose.IMPROVEMENT: 2,
    Purpose.RESEARCH: 4,
    Purpose.MARKETING: 8,
    Purpose.PERSONALISATION: 16,
    Purpose.AUTOMATED_DECISION: 32,
}
BIT_MAX: Final = 1 << 14  # of a smallint
OWN_MAX: Final = 9

# What an event allows that says nothing, and one from before there was a word: the built-in purposes on opt-out.
UNSTATED: Final = BITS[Purpose.ANALYTICS] | BITS[Purpose.IMPROVEMENT] | BITS[Purpose.RESEARCH]


def free_bit(taken: Iterable[int]) -> int | None:
    """Give the next bit for an own purpose, None when all are given; a bit is never given twice.

    >>> free_bit([1, 2, 4, 8, 16, 32]), free_bit([1, 64]), free_bit([1 << n for n in range(15)])
    (64, 128, None)
    """
    following = max([*taken, *BITS.values()]) << 1
    return following if following <= BIT_MAX else None


def shown_left_out(count: int, floor: int) -> int | None:
    """Give the number of customers left out, or None below the floor: few are as good as named."""
    return count if count >= floor else None


def shown_count(count: int, floor: int) -> int | None:
    """Give a number of customers as it is shown: None below the floor, nobody is nobody.

    >>> shown_count(0, 5), shown_count(4, 5), shown_count(5, 5)
    (0, None, 5)
    """
    return count if count >= floor or count == 0 else None


def written(kernel: str, told: Mapping[str, object], period: Period, events: EventFilter) -> str:
    """Write a fold's question for people: the kernel, its parameters, and the events that it is shown.

    >>> print(written("StepsFold", {"top": 3}, Period(), EventFilter(names=("Paid",))))
    kernel: StepsFold, over each customer's events in the order (occurred_at, event_id)
    top: 3
    events read: at any time; called "Paid"
    """
    lines = [f"kernel: {kernel}, over each customer's events in the order (occurred_at, event_id)"]
    lines += [f"{name}: {_value(value)}" for name, value in told.items()]
    read = [_span(period)]
    if events.names:
        read.append(f"called {_value(events.names)}")
    read += [f"{name} is {_value(values, ' or ')}" for name, values in sorted(events.dimensions.items())]
    if events.having:
        read.append(f"of customers who have {_value(events.having, ' or ')} among them")
    if events.having_pattern:
        read.append(f"of customers whose events match the pattern {events.having_pattern}")
    if not events.abstraction.is_plain:
        read.append(_seen_as(events.abstraction))
    return "\n".join([*lines, f"events read: {'; '.join(read)}"])


def _seen_as(abstraction: Abstraction) -> str:
    expanded = f" but for {_value(abstraction.expanded)}" if abstraction.expanded else ""
    return f"seen as {abstraction.level.value}{expanded}" + (", once where in a row" if abstraction.once else "")


def _span(period: Period) -> str:
    since = "" if period.since is None else f"from {_value(period.since)}"
    until = "" if period.until is None else f"before {_value(period.until)}"
    return " and ".join(filter(None, [since, until])) or "at any time"


def _value(value: object, between: str = ", ") -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Period):
        return _span(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Sequence):
        return between.join(f"({_value(each, ' or ')})" if isinstance(each, tuple) else _value(each) for each in value)
    return str(value)
