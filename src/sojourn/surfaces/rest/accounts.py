"""Accounts: products held, households, companies and their people; and what makes a customer of a prospect."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import (
    Account,
    AccountGiven,
    AccountKind,
    AccountsAsked,
    ImportedAccounts,
    MemberGiven,
    MemberRole,
    ProspectRule,
)
from sojourn.surfaces.rest import paging
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import CURSOR_MAX_CHARACTERS, Page
from sojourn.surfaces.rest.profiles import Number
from sojourn.surfaces.rest.types import Day, Flag, PlainNumber

router = Router(tags=["accounts"])
AccountNumber = Annotated[int, Path(ge=1, lt=1 << 63, description="The account's id, as lists give it.")]
TEXT_MAX_CHARACTERS = 50_000_000


class AccountsListed(Schema):
    """Which accounts, and which page of them; `next` leads on, also where a page is short."""

    kind: AccountKind | None = Field(None, description="Only accounts (products held), households or companies.")
    product: str = Field("", max_length=63, description="Only accounts of this kind of product.")
    unit: str = Field("", max_length=63, description="Only accounts that are kept in this unit.")
    open: bool | None = Field(None, description="Only those that are open, or only closed ones.")
    joint: bool | None = Field(None, description="Only products that several customers hold, or only others.")
    limit: int = Field(50, ge=1, le=100)
    cursor: str = Field("", max_length=CURSOR_MAX_CHARACTERS)


class MemberText(Schema):
    """Who belongs to an account: one of `customer`, `user_id` and `email`. What is absent stays, null empties it."""

    customer: Annotated[int, Field(ge=0, lt=1 << 63), PlainNumber] | None = None
    user_id: str = Field("", max_length=400)
    email: str = Field("", max_length=320)
    role: MemberRole | None = Field(None, description="holder, joint_holder, authorised; member; contact, owner.")
    since: Day | None = None
    until: Day | None = Field(None, description="The first day on which they no longer belong.")


class AccountText(Schema):
    """An account by kind and number. What is absent stays as it is, null empties it."""

    kind: AccountKind
    key: str = Field(min_length=1, max_length=200, description="Its number; case and blanks do not count.")
    name: str | None = Field(None, max_length=200)
    product: str | None = Field(None, max_length=63, description="Kind of product, such as current-account.")
    unit: str | None = Field(None, max_length=63)
    opened_on: Day | None = None
    closed_on: Day | None = Field(None, description="The first day on which it is closed.")
    members: list[MemberText] = Field([], max_length=100, description="Added or changed; nobody is taken out.")


class AccountKey(Schema):
    """The number of an account. In a body, because addresses end up in logs."""

    key: str = Field(min_length=1, max_length=200)


class AccountsText(Schema):
    """Accounts as CSV."""

    text: str = Field(min_length=1, max_length=TEXT_MAX_CHARACTERS)
    name: str = Field("file", min_length=1, max_length=100, description="Where they come from.")
    kind: AccountKind | None = Field(None, description="What all rows are, where no column says so.")
    blank: Literal["keep", "clear"] = Field("keep", description="What a blank cell does to what is known.")
    is_trial: Flag = Field(False, description="Only say what would come of it.")


class MemberAnswer(Schema):
    """A customer who belongs to an account."""

    customer: str
    name: str
    role: MemberRole
    since: date | None
    until: date | None


class AccountAnswer(Schema):
    """An account; `hidden` of the `people` of today are not yours to see and are not among the members."""

    id: int
    kind: AccountKind
    key: str
    name: str
    product: str
    unit: str
    opened_on: date | None
    closed_on: date | None
    source: str
    people: int
    hidden: int
    is_joint: bool
    members: list[MemberAnswer]


class ProspectRuleBody(Schema):
    """What makes a customer of a prospect: a customer number, or an open account of some products (none: of any)."""

    by_number: Flag
    by_account: Flag
    products: list[Annotated[str, Field(max_length=63)]] = Field([], max_length=50)


@router.get("/accounts", response={200: Page[AccountAnswer], **PROBLEMS}, summary="List accounts")
@needs(Right.CUSTOMERS_READ)
def list_accounts(request: HttpRequest, asked: Query[AccountsListed]) -> Page[AccountAnswer]:
    """Products held, households and companies with somebody whom you reach. Audited."""
    page = actions.list_accounts(
        asked=AccountsAsked(
            kind=asked.kind, product=asked.product, unit=asked.unit, is_open=asked.open, is_joint=asked.joint
        ),
        viewer=viewer_of(request),
        after=paging.number(asked.cursor) or 0,
        limit=asked.limit,
    )
    following = None if page.after is None else paging.encode(page.after)
    return Page[AccountAnswer](items=[_account(each) for each in page.rows], next=following)


@router.post("/accounts", response={200: AccountAnswer, **PROBLEMS}, summary="Save an account")
@needs(Right.CUSTOMERS_WRITE)
def save_account(request: HttpRequest, said: AccountText) -> AccountAnswer:
    """By kind and number: made, or changed. The same again changes nothing. Audited."""
    given = AccountGiven(**_told(said, {"members"}))
    members = [MemberGiven(**_told(each, set())) for each in said.members]
    return _account(actions.save_account(given=given, members=members, viewer=viewer_of(request)))


@router.post("/accounts/find", response={200: list[AccountAnswer], **PROBLEMS}, summary="Find accounts by number")
@needs(Right.CUSTOMERS_READ)
def find_accounts(request: HttpRequest, asked: AccountKey) -> list[AccountAnswer]:
    """Of any kind; exact. Audited, without the number."""
    return [_account(each) for each in actions.find_accounts(key=asked.key, viewer=viewer_of(request))]


@router.post("/accounts/import", response={200: ImportedAccounts, **PROBLEMS}, summary="Import accounts from CSV")
@needs(Right.CUSTOMERS_WRITE)
def import_accounts(request: HttpRequest, body: AccountsText) -> ImportedAccounts:
    """A row an account, or somebody who belongs to it; rows that are wrong are refused one by one."""
    viewer = viewer_of(request)
    return actions.import_accounts(
        text=body.text, name=body.name, kind=body.kind, blank=body.blank, is_trial=body.is_trial, viewer=viewer
    )


@router.get("/accounts/{account}", response={200: AccountAnswer, **PROBLEMS}, summary="Show an account")
@needs(Right.CUSTOMERS_READ)
def get_account(request: HttpRequest, account: AccountNumber) -> AccountAnswer:
    """With its people, those of today first, at most 200. Audited."""
    return _account(actions.view_account(number=account, viewer=viewer_of(request)))


@router.delete("/accounts/{account}", response={204: None, **PROBLEMS}, summary="Delete an account")
@needs(Right.CUSTOMERS_WRITE)
def delete_account(request: HttpRequest, account: AccountNumber) -> Status[None]:
    """One that should not be there; one that was closed has a `closed_on` instead. Audited."""
    actions.delete_account(number=account, viewer=viewer_of(request))
    return Status(204, None)


@router.delete(
    "/accounts/{account}/members/{customer}",
    response={204: None, **PROBLEMS},
    summary="Take somebody out of an account",
)
@needs(Right.CUSTOMERS_WRITE)
def remove_member(request: HttpRequest, account: AccountNumber, customer: Number) -> Status[None]:
    """Who never belonged to it; who left has an `until` instead. Audited."""
    actions.remove_member(number=account, customer=customer, viewer=viewer_of(request))
    return Status(204, None)


@router.get(
    "/customers/{customer}/accounts",
    response={200: list[AccountAnswer], **PROBLEMS},
    summary="List what somebody holds",
)
@needs(Right.CUSTOMERS_READ)
def accounts_of(request: HttpRequest, customer: Number) -> list[AccountAnswer]:
    """Products held, households and companies of a customer."""
    return [_account(each) for each in queries.accounts_of(customer=customer, viewer=viewer_of(request))]


@router.get("/prospects/rule", response={200: ProspectRule, **PROBLEMS}, summary="Show who is a prospect")
def get_rule(request: HttpRequest) -> ProspectRule:
    """What makes a customer of somebody; whom we know without it is a prospect."""
    return queries.prospect_rule()


@router.put("/prospects/rule", response={200: ProspectRule, **PROBLEMS}, summary="Set who is a prospect")
@needs(Right.PLAN_WRITE)
def put_rule(request: HttpRequest, body: ProspectRuleBody) -> ProspectRule:
    """It counts from the next read on, in lists and figures. Audited."""
    rule = ProspectRule(by_number=body.by_number, by_account=body.by_account, products=tuple(body.products))
    return actions.save_prospect_rule(rule=rule, viewer=viewer_of(request))


def _told(said: Schema, without: set[str]) -> dict[str, Any]:
    """Give the fields that were sent, and which of them as null."""
    sent = said.model_dump(exclude_unset=True, exclude=without)
    return {**sent, "cleared": frozenset(name for name, value in sent.items() if value is None)}


def _account(each: Account) -> AccountAnswer:
    return AccountAnswer(
        id=each.id,
        kind=each.kind,
        key=each.key,
        name=each.name,
        product=each.product,
        unit=each.unit,
        opened_on=each.opened_on,
        closed_on=each.closed_on,
        source=each.source,
        people=each.people,
        hidden=each.hidden,
        is_joint=each.is_joint,
        members=[
            MemberAnswer(
                customer=str(member.customer),
                name=member.name,
                role=member.role,
                since=member.since,
                until=member.until,
            )
            for member in each.members
        ],
    )
