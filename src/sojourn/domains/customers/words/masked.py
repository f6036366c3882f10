"""Words of a customer who is not to be known: nothing in them says who it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sojourn.domains.customers.words.states import CustomerState


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskedCustomer:
    """A customer without name, contact and values; `traits` are names only, none of a trait that names somebody."""

    number: int
    state: CustomerState
    persons: int  # how many identities are joined
    traits: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskedEvent:
    """An event by its name, without what it says."""

    name: str
    channel: str | None
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskedTimeline:
    """Some of a customer's events, newest first; `next_cursor` leads on, None at the end."""

    rows: tuple[MaskedEvent, ...]
    next_cursor: str | None
