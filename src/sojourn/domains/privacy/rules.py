"""Thought of privacy: the built-in rule set that says who may be read for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sojourn.domains.privacy.contracts import Basis, Purpose

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
    "analytics": (Purpose.ANALYTICS, Purpose.IMPROVEMENT, Purpose.RESEARCH),
    "performance": (Purpose.ANALYTICS, Purpose.IMPROVEMENT),
    "statistics": (Purpose.ANALYTICS, Purpose.IMPROVEMENT),
    "advertising": (Purpose.MARKETING,),
    "targeting": (Purpose.MARKETING,),
    "functional": (Purpose.PERSONALISATION,),
    "personalization": (Purpose.PERSONALISATION,),
    **{purpose.value: (purpose,) for purpose in BITS},
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
