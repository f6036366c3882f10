"""Words of lists: what is known of a customer, and lists under a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a trait that senders told must be, compared as text without case; none that names somebody."""

    trait: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedList:
    """A list of customers under a name: filters, columns and order, in the words of the API's `GET /customers`.

    It holds no customers: opened later, it holds whoever fits then. `days` are the last of the data of then.
    """

    id: str
    name: str
    parameters: Parameters
    is_shared: bool  # everyone who may list customers opens it; else only who saved it
    owner: str  # the viewer who saved it first: person:7, key:3, local
    created_at: datetime
    saved_at: datetime
