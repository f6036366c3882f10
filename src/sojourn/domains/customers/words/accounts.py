"""Words of accounts: products held, households, companies, and who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sojourn.domains.privacy.contracts import AccountKind as AccountKind


class Per(StrEnum):
    """Whom a figure counts as one: customers, or all who belong to an account, household or company together."""

    CUSTOMER = "customer"
    ACCOUNT = "account"
    HOUSEHOLD = "household"
    COMPANY = "company"


class MemberRole(StrEnum):
    """As what a customer belongs to an account."""

    HOLDER = "holder"
    JOINT_HOLDER = "joint_holder"
    AUTHORISED = "authorised"  # may use it and does not own it
    MEMBER = "member"
    CONTACT = "contact"
    OWNER = "owner"


ROLES: Final[Mapping[AccountKind, tuple[MemberRole, ...]]] = {  # the first is meant where none is said
    AccountKind.ACCOUNT: (MemberRole.HOLDER, MemberRole.JOINT_HOLDER, MemberRole.AUTHORISED),
    AccountKind.HOUSEHOLD: (MemberRole.MEMBER,),
    AccountKind.COMPANY: (MemberRole.MEMBER, MemberRole.CONTACT, MemberRole.OWNER),
}
HOLDING: Final = (MemberRole.HOLDER, MemberRole.JOINT_HOLDER)  # roles that make a product one's own


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountGiven:
    """What somebody says of an account; None leaves a field as it is, fields named in `cleared` are emptied."""

    kind: AccountKind
    key: str  # its number; with the kind it says which account is meant
    name: str | None = None
    product: str | None = None  # kind of product, such as `current-account`
    unit: str | None = None
    opened_on: date | None = None
    closed_on: date | None = None  # the first day on which it is closed
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberGiven:
    """Who belongs to an account: one of `customer`, `user_id` and `email`; None leaves a field as it is."""

    customer: int | None = None
    user_id: str = ""
    email: str = ""
    role: MemberRole | None = None
    since: date | None = None
    until: date | None = None  # the first day on which they no longer belong
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A customer who belongs to an account, as a viewer sees them."""

    customer: int
    name: str  # "" where none is known
    role: MemberRole
    since: date | None
    until: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A product held, a household or a company, as a viewer sees it.

    `people` is the number of customers who belong to it today; `hidden` of them are out of the viewer's scope or
    locked, and not among the `members` (those of today first, at most `MEMBERS_SHOWN`). The name of a household or of
    a product held is "" while somebody is hidden, whose name it may be.
    """

    id: int
    kind: AccountKind
    key: str
    name: str
    product: str
    unit: str
    opened_on: date | None
    closed_on: date | None
    source: str  # who told us last
    people: int
    hidden: int
    is_joint: bool  # a product that two customers or more hold today
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountsAsked:
    """Which accounts a list holds; None means any."""

    kind: AccountKind | None = None
    product: str = ""
    unit: str = ""
    is_open: bool | None = None
    is_joint: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountPage:
    """Some accounts, in the order in which they came; `after` leads on, None at the end."""

    rows: tuple[Account, ...]
    after: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedAccountRow:
    """A row of a file that was refused, and why."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedAccounts:
    """What an import of accounts came to, or would; `refused` are the first of the refused rows.

    `columns` are those that were understood, by what they say: key, kind, user_id and so on.
    """

    rows: int
    taken: int
    refused_rows: int
    refused: tuple[RefusedAccountRow, ...]
    columns: dict[str, str]
    is_trial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ProspectRule:
    """What makes a customer of somebody; whom we know without it is a prospect.

    A company's customer number does so (`by_number`), or an open account that they hold (`by_account`), of these
    `products` or, with none, of any.
    """

    by_number: bool = True
    by_account: bool = True
    products: tuple[str, ...] = ()
