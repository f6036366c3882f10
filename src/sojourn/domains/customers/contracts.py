"""Words of customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.identity.contracts import FoundBy as FoundBy
from sojourn.domains.privacy.contracts import EventRow, Purpose


class CustomerState(StrEnum):
    """How well somebody is known; `rules.state_of` says how it is found out."""

    CUSTOMER = "customer"  # has a customer number
    PROSPECT = "prospect"  # has left a name, a mail address or a phone number, and has no customer number
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerTrait:
    """A trait of a customer, with who said so and when: the newest among their persons'."""

    name: str
    value: Any
    source: str  # "" where it is not known any more
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerIdentifier:
    """Under what a customer is known: kind `user` is the sender's customer number, `anonymous` a device."""

    kind: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What somebody wrote about a customer."""

    id: int
    text: str
    author: str  # as audit entries write them: `person:7`
    written_at: datetime
    changed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """A customer as their page begins; `number` is the one of today where an older one was asked for."""

    number: int
    name: str  # "" where none is known
    state: CustomerState
    traits: tuple[CustomerTrait, ...]
    identifiers: tuple[CustomerIdentifier, ...]
    persons: int  # how many identities are joined
    notes: tuple[Note, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEvent:
    """An event of a customer with its personal values and free texts, opened: (name, text)."""

    event: EventRow
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerTimeline:
    """Some of a customer's events, newest first; `next_cursor` leads on, None at the end."""

    rows: tuple[TimelineEvent, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelAsked:
    """A panel of the customer's page is asked for: about whom, for what, for whom."""

    customer: int
    purpose: Purpose
    viewer: Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelLine:
    """A line of a panel; `page` names a page of the web surface and what its address takes, None leads nowhere."""

    label: str
    value: str
    at: datetime | None = None
    page: tuple[str, dict[str, str]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """What another room knows about a customer; `empty` is shown when there are no lines."""

    key: str  # unique among panels, a slug
    title: str
    lines: tuple[PanelLine, ...]
    empty: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """Somebody whom a search found."""

    customer: int
    name: str
    state: CustomerState
    found_by: FoundBy


@dataclass(frozen=True, kw_only=True, slots=True)
class Hits:
    """Whom a search found; `is_cut` says that there are more: another word narrows it down."""

    rows: tuple[Hit, ...]
    total: int
    is_cut: bool
