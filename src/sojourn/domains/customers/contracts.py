"""Words of customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers.words.accounts import HOLDING as HOLDING
from sojourn.domains.customers.words.accounts import ROLES as ROLES
from sojourn.domains.customers.words.accounts import Account as Account
from sojourn.domains.customers.words.accounts import AccountGiven as AccountGiven
from sojourn.domains.customers.words.accounts import AccountKind as AccountKind
from sojourn.domains.customers.words.accounts import AccountPage as AccountPage
from sojourn.domains.customers.words.accounts import AccountsAsked as AccountsAsked
from sojourn.domains.customers.words.accounts import ImportedAccounts as ImportedAccounts
from sojourn.domains.customers.words.accounts import Member as Member
from sojourn.domains.customers.words.accounts import MemberGiven as MemberGiven
from sojourn.domains.customers.words.accounts import MemberRole as MemberRole
from sojourn.domains.customers.words.accounts import Per as Per
from sojourn.domains.customers.words.accounts import ProspectRule as ProspectRule
from sojourn.domains.customers.words.accounts import RefusedAccountRow as RefusedAccountRow
from sojourn.domains.customers.words.lists import Known as Known
from sojourn.domains.customers.words.lists import Parameters as Parameters
from sojourn.domains.customers.words.lists import SavedList as SavedList
from sojourn.domains.customers.words.masked import MaskedCustomer as MaskedCustomer
from sojourn.domains.customers.words.masked import MaskedEvent as MaskedEvent
from sojourn.domains.customers.words.masked import MaskedTimeline as MaskedTimeline
from sojourn.domains.customers.words.states import CustomerState as CustomerState
from sojourn.domains.identity.contracts import FoundBy as FoundBy
from sojourn.domains.privacy.contracts import Coverage, EventFilter, EventRow, Purpose
from sojourn.engine.kernels.computed import How as How
from sojourn.kit.period import Period


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
class Behind:
    """What stands behind the tokens of a customer's graph, as far as a viewer may read it."""

    values: dict[int, str]  # identifiers by token
    events: dict[int, str]  # names of events by id


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
    numbers: tuple[str, ...]  # customer numbers, as their senders know them
    town: str
    state: CustomerState
    found_by: FoundBy


@dataclass(frozen=True, kw_only=True, slots=True)
class Hits:
    """Whom a search found; `is_cut` says that there are more: another word narrows it down."""

    rows: tuple[Hit, ...]
    total: int
    is_cut: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TraitRule:
    """A trait that is computed from a customer's events.

    `of` is "event" or a dimension for what tells texts, "" for counts, money and instants. `currency` is of a sum.
    `window_days` are days of the company's calendar, today being the last; None is all of time.
    """

    slug: str
    name: str
    how: How
    of: str = ""
    currency: str = ""
    events: tuple[str, ...] = ()  # names; none: all
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)  # dimensions and the values that are kept
    window_days: int | None = None
    updated_at: datetime | None = None


ComputedValue = int | Decimal | datetime | str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What a computed trait must be: a number between, or a text that is it or, of several, among them."""

    trait: str  # slug
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    equals: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleAsked:
    """Which customers a list holds, in which order; `sort` is `last_at`, `first_at`, `events` or a trait's slug."""

    period: Period = Period()
    events: EventFilter = EventFilter()
    state: CustomerState | None = None
    holds: str = ""  # a kind of product that they hold today
    belongs_to: AccountKind | None = None  # to an account, household or company at all
    conditions: tuple[Condition, ...] = ()
    known: tuple[Known, ...] = ()
    traits: tuple[str, ...] = ()  # slugs of computed traits that are shown
    sort: str = "last_at"
    ascending: bool = False
    purpose: Purpose = Purpose.ANALYTICS


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """A customer as a list shows them: pseudonymous."""

    customer: int
    token: str  # short, for people to tell rows apart
    events: int
    first_at: datetime
    last_at: datetime
    traits: dict[str, ComputedValue]  # by slug; absent where there is none


@dataclass(frozen=True, kw_only=True, slots=True)
class PeoplePage:
    """Some customers of a list, those behind `offset`; `too_few` is below the privacy minimum: none is listed."""

    rows: tuple[PersonLine, ...]
    total: int
    offset: int
    next_offset: int | None
    too_few: bool
    coverage: Coverage
