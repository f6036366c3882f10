"""Thought of privacy: the built-in rule set that says who may be read for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sojourn.domains.privacy.contracts import Abstraction, Basis, EventFilter, Purpose
from sojourn.kit.period import Period

BASES: Final[Mapping[Purpose, Basis]] = {
    Purpose.ANALYTICS: Basis.OPT_OUT,
    Purpose.IMPROVEMENT: Basis.OPT_OUT,
    Purpose.RESEARCH: Basis.OPT_OUT,
    Purpose.MARKETING: Basis.OPT_IN,
    Purpose.PERSONALISATION: Basis.OPT_IN,
    Purpose.AUTOMATED_DECISION: Basis.OPT_IN,
    Purpose.SERVICE: Basis.CONTRACT,
    Purpose.COMPLAINTS: Basis.CONTRACT,
    Purpose.REGULATORY: Basis.LEGAL_DUTY,
}

# The bit of each purpose that a customer may refuse, in an event's `purposes` and a customer's byte. They are stored:
# never renumber them.
BITS: Final[Mapping[Purpose, int]] = {
    Purpose.ANALYTICS: 1,
    Purpose.IMPROVEMENT: 2,
    Purpose.RESEARCH: 4,
    Purpose.MARKETING: 8,
    Purpose.PERSONALISATION: 16,
    Purpose.AUTOMATED_DECISION: 32,
}

UNSTATED: Final = sum(bit for purpose, bit in BITS.items() if BASES[purpose] is Basis.OPT_OUT)

# What the categories of consent banners (the `consent` object of tracking libraries) mean here.
CATEGORIES: Final[Mapping[str, tuple[Purpose, ...]]] = {
    **{purpose.value: (purpose,) for purpose in BITS},  # first: the category analytics means more than the purpose
    "analytics": (Purpose.ANALYTICS, Purpose.IMPROVEMENT, Purpose.RESEARCH),
    "performance": (Purpose.ANALYTICS, Purpose.IMPROVEMENT),
    "statistics": (Purpose.ANALYTICS, Purpose.IMPROVEMENT),
    "advertising": (Purpose.MARKETING,),
    "targeting": (Purpose.MARKETING,),
    "functional": (Purpose.PERSONALISATION,),
    "personalization": (Purpose.PERSONALISATION,),
}


def is_silence_yes(purpose: Purpose) -> bool:
    """Say whether a customer who said nothing may be read for a purpose.

    >>> is_silence_yes(Purpose.ANALYTICS), is_silence_yes(Purpose.MARKETING)
    (True, False)
    """
    return BASES[purpose] is not Basis.OPT_IN


def can_refuse(purpose: Purpose) -> bool:
    """Say whether what a customer says about a purpose counts; under contract and legal duty it does not."""
    return purpose in BITS


def purposes_at_collection(consent: Mapping[str, object] | None) -> int:
    """Turn the `consent` object of an event's context into the byte of purposes allowed at collection.

    What it does not name, or not as true or false, is as if unsaid.

    >>> purposes_at_collection({"categoryPreferences": {"Advertising": True, "Analytics": False}})
    8
    >>> purposes_at_collection(None) == UNSTATED
    True
    """
    preferences = (consent or {}).get("categoryPreferences")
    allowed = UNSTATED
    if isinstance(preferences, Mapping):
        for category, choice in preferences.items():
            for purpose in CATEGORIES.get(str(category).lower(), ()):
                if choice is True:
                    allowed |= BITS[purpose]
                elif choice is False:
                    allowed &= ~BITS[purpose]
    return allowed


def settled(said: Iterable[tuple[int, bool]], customer_of: Mapping[int, int]) -> dict[int, bool]:
    """Say what each customer's persons, taken together, have allowed: one refusal outweighs any grant.

    `said` are persons and their latest word on one purpose; those who said nothing are not in the answer.

    >>> settled([(1, True), (2, False), (3, True)], {2: 1})
    {1: False, 3: True}
    """
    together: dict[int, bool] = {}
    for person, allowed in said:
        customer = customer_of.get(person, person)
        together[customer] = together.get(customer, True) and allowed
    return together


def shown_left_out(count: int, floor: int) -> int | None:
    """Give the number of customers left out, or None below the floor: few are as good as named."""
    return count if count >= floor else None


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
