"""Thought about words of consent: what a banner's choices mean, and what many words come to."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from sojourn.domains.privacy.rules import UNSTATED
from sojourn.domains.privacy.words.consent import Basis, How, PurposeTerms
from sojourn.engine.kernels.words import Flags, Int64s

# Ways by which somebody has just chosen. A tracking library only repeats what was chosen some time on one device.
CHOSEN: Final = frozenset(How) - {How.SDK, How.GPC}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word, as the rules look at it."""

    allowed: bool
    how: How
    said_us: int
    opens_earlier: bool = False
    expires_us: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the words of one person on one purpose come to."""

    allowed: bool
    is_firm: bool
    said_us: int
    opens_earlier: bool = False
    expires_us: int | None = None


def outcome(words: Iterable[Spoken]) -> Outcome | None:
    """Say what words come to, in the order in which they were said; the later outweighs the earlier.

    But a refusal that somebody chose, or that their browser signals, is firm: what a tracking library repeats does
    not lift it, only a choice does. None without words.

    >>> withdrawn = [Spoken(True, How.BANNER, 1), Spoken(False, How.PREFERENCE_CENTRE, 2), Spoken(True, How.SDK, 3)]
    >>> outcome(withdrawn).allowed, outcome([*withdrawn, Spoken(True, How.AGENT, 4)]).allowed
    (False, True)
    """
    now: Outcome | None = None
    for word in sorted(words, key=lambda each: each.said_us):
        is_chosen = word.how in CHOSEN
        if word.allowed:
            if word.how is How.GPC or (now is not None and now.is_firm and not is_chosen):
                continue
            now = Outcome(True, False, word.said_us, word.opens_earlier, word.expires_us)
        elif word.how is How.SDK:
            if now is None or not now.is_firm:
                now = Outcome(False, False, word.said_us)
        else:
            now = Outcome(False, True, word.said_us)
    return now


def choices(
    consent: Mapping[str, object] | None, asked: Sequence[PurposeTerms], *, has_signal: bool = False
) -> dict[str, bool]:
    """Read what the `consent` object of an event's context says, by purpose; what it does not name is not there.

    A category may be a purpose's own name or one of its `categories`; where two contradict each other, no is meant.
    With the browser's signal (Global Privacy Control) the purposes that it refuses are refused.
    """
    preferences = (consent or {}).get("categoryPreferences")
    said: dict[str, bool] = {}
    if isinstance(preferences, Mapping):
        plain = {str(category).strip().lower(): choice for category, choice in preferences.items()}
        for terms in asked:
            names = {terms.name, *terms.categories}
            found = [plain[name] for name in names if isinstance(plain.get(name), bool)]
            if found:
                said[terms.name] = all(found)
    if has_signal:
        said |= {terms.name: False for terms in asked if terms.refused_by_signal}
    return said


def mask(said: Mapping[str, bool], asked: Sequence[PurposeTerms]) -> int:
    """Write choices as the bits of an event's `purposes`: those allowed at collection."""
    allowed = UNSTATED
    for terms in asked:
        bit = terms.bit or 0
        if terms.name not in said:
            allowed |= bit if terms.basis is Basis.OPT_OUT else 0
            allowed &= ~bit if terms.basis is Basis.OPT_IN else -1
        elif said[terms.name]:
            allowed |= bit
        else:
            allowed &= ~bit
    return allowed


def spelled(said: Mapping[str, bool]) -> str:
    """Write choices as a text that an event can carry.

    >>> spelled({"research": False, "marketing": True})
    'marketing=yes,research=no'
    """
    return ",".join(f"{name}={'yes' if said[name] else 'no'}" for name in sorted(said))


def unspelled(text: str) -> dict[str, bool]:
    """Read what `spelled` wrote; parts that are none are passed over.

    >>> unspelled("marketing=yes,research=no,=,x")
    {'marketing': True, 'research': False}
    """
    pairs = (part.partition("=") for part in text.split(","))
    return {name: choice == "yes" for name, _, choice in pairs if name and choice in ("yes", "no")}


def expires_at(said_at: datetime, months: int) -> datetime:
    """Give the instant some calendar months later; the day is the month's last where it has no such day.

    >>> expires_at(datetime(2026, 1, 31, 12), 13).isoformat()
    '2027-02-28T12:00:00'
    """
    month = said_at.year * 12 + said_at.month - 1 + months
    year, place = divmod(month, 12)
    day = min(said_at.day, calendar.monthrange(year, place + 1)[1])
    return said_at.replace(year=year, month=place + 1, day=day)


def settled(customer: Int64s, allowed: Flags, opens: Flags) -> tuple[Int64s, Flags, Flags]:
    """Say what each customer's persons, taken together, have allowed: one refusal outweighs any grant.

    Parallel arrays of persons who said something; gives each customer once, ascending. What came before a grant is
    open when every one of them said so.

    >>> settled(np.array([7, 3, 7]), np.array([True, True, False]), np.array([True, True, False]))
    (array([3, 7]), array([ True, False]), array([ True, False]))
    """
    if not len(customer):
        return customer, allowed, opens
    order = np.argsort(customer, kind="stable")
    whose = customer[order]
    first = np.flatnonzero(np.concatenate([[True], whose[1:] != whose[:-1]]))
    together: Flags = np.logical_and.reduceat(allowed[order], first)
    opened: Flags = np.logical_and.reduceat(opens[order], first) & together
    return whose[first], together, opened
