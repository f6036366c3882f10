"""Accounts as a viewer sees them: by name whom they reach, by number of heads whom they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import rules
from sojourn.domains.customers.accounts import sealed
from sojourn.domains.customers.contracts import (
    HOLDING,
    Account,
    AccountKind,
    AccountPage,
    AccountsAsked,
    Member,
    MemberRole,
)
from sojourn.domains.customers.models import AccountRow, MemberRow
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import InvalidError, NotFoundError

LIMIT_MOST: Final = 100
MEMBERS_SHOWN: Final = 200
LOOKED_AT: Final = 10_000  # accounts of one page of a list, most of which a viewer of one unit may not reach
AT_ONCE: Final = 500
ACCOUNT_MOST: Final = 1 << 63


def account(*, number: int, viewer: Viewer) -> Account:
    """Give an account; raise ForbiddenError, and NotFoundError for one that is not there or not the viewer's.

    A viewer reaches an account when they reach somebody who belongs to it, one to which nobody belongs when they see
    the whole organisation.
    """
    return required(number, viewer, Right.CUSTOMERS_READ)


def is_kept(number: int) -> bool:
    """Say whether somebody belongs to an account whom a duty or hold keeps, for nobody to see."""
    return number in _members([number])[1]


def required(number: int, viewer: Viewer, right: Right) -> Account:
    """Give an account to a viewer who has a right where it is; raise as `account` does."""
    viewer.require(right)
    found = list(seen(AccountRow.objects.filter(pk=number), viewer.within(right))) if number < ACCOUNT_MOST else []
    if not found:
        raise NotFoundError("There is no such account.")
    return found[0]


def accounts(*, asked: AccountsAsked, viewer: Viewer, after: int = 0, limit: int = 50) -> AccountPage:
    """List the accounts that a viewer reaches; `after` leads on, also where a page is short.

    Raise ForbiddenError below the right to read customers, InvalidError for a limit.
    """
    viewer.require(Right.CUSTOMERS_READ)
    if not 1 <= limit <= LIMIT_MOST:
        raise InvalidError(f"limit: choose 1 to {LIMIT_MOST} accounts.")
    looking, wanted, found = viewer.within(Right.CUSTOMERS_READ), _asked(asked), list[Account]()
    last, at = after, 0
    while len(found) < limit and at < LOOKED_AT:
        rows = list(wanted.filter(pk__gt=last).order_by("pk")[: min(AT_ONCE, 4 * limit)])
        if not rows:
            return AccountPage(rows=tuple(found), after=None)
        fitting = [each for each in seen(rows, looking) if asked.is_joint in (None, each.is_joint)]
        fitting = fitting[: limit - len(found)]
        found += fitting
        last = fitting[-1].id if len(found) == limit else rows[-1].pk
        at += len(rows)
    is_more = wanted.filter(pk__gt=last).exists()
    return AccountPage(rows=tuple(found), after=last if is_more else None)


def with_number(*, key: str, viewer: Viewer) -> tuple[Account, ...]:
    """Find accounts by their number, of any kind; raise ForbiddenError, InvalidError for an empty one."""
    viewer.require(Right.CUSTOMERS_READ)
    if not key.strip():
        raise InvalidError("key: say which number.")
    blinds = [sealed.blind(kind, key) for kind in AccountKind]
    return tuple(seen(AccountRow.objects.filter(blind__in=blinds).order_by("pk"), viewer.within(Right.CUSTOMERS_READ)))


def of_customer(*, customer: int, viewer: Viewer) -> tuple[Account, ...]:
    """List what a customer holds and belongs to; raise ForbiddenError, NotFoundError for one not reached."""
    viewer.require(Right.CUSTOMERS_READ)
    looking = viewer.within(Right.CUSTOMERS_READ)
    current = privacy.require_reachable(customer, purpose=Purpose.SERVICE, viewer=looking)
    persons = identity.persons_of(customer=current)
    return tuple(seen(AccountRow.objects.filter(members__person__in=persons).distinct().order_by("pk"), looking))


def is_today(since: date | None, until: date | None, today: date) -> bool:
    """Say whether a span holds today; its end is the first day after it."""
    return (since is None or since <= today) and (until is None or today < until)


def seen(rows: Iterable[AccountRow], viewer: Viewer) -> Iterator[Account]:
    """Give those of some accounts that a viewer reaches, as they see them."""
    held, today = list(rows), timezone.now().date()
    members, kept = _members([each.pk for each in held])
    reached = _reached(members, viewer)
    shown = {
        account: _shown([each for each in theirs if each[0] in reached], today) for account, theirs in members.items()
    }
    names = _names({customer for theirs in shown.values() for customer, _ in theirs})
    for row in held:
        theirs = members.get(row.pk, [])
        is_nobodys = not theirs and row.pk not in kept
        if (is_nobodys and viewer.units is None) or any(customer in reached for customer, _ in theirs):
            is_whole = row.pk not in kept and all(customer in reached for customer, _ in theirs)
            yield _account(row, theirs, shown.get(row.pk, []), reached, names, today, is_whole=is_whole)


def reached(rows: Iterable[AccountRow], viewer: Viewer) -> set[int]:
    """Say which of some accounts a viewer reaches, without opening them."""
    held = list(rows)
    members, kept = _members([each.pk for each in held])
    customers = _reached(members, viewer)
    return {
        each.pk
        for each in held
        if any(customer in customers for customer, _ in members.get(each.pk, []))
        or (viewer.units is None and each.pk not in members and each.pk not in kept)
    }


def _asked(asked: AccountsAsked) -> QuerySet[AccountRow]:
    today = timezone.now().date()
    closed = Q(closed_on__lte=today)
    found = AccountRow.objects.all()
    if asked.kind is not None:
        found = found.filter(kind=asked.kind.value)
    if asked.product:
        found = found.filter(product=asked.product)
    if asked.unit:
        found = found.filter(unit=asked.unit)
    if asked.is_open is not None:
        found = found.exclude(closed) if asked.is_open else found.filter(closed)
    if asked.is_joint:
        holders = MemberRow.objects.filter(account=OuterRef("pk"), role__in=[role.value for role in HOLDING])
        found = found.filter(Exists(holders.values("account").annotate(n=Count("person")).filter(n__gte=2)))
    return found


def _members(accounts: Sequence[int]) -> tuple[dict[int, list[tuple[int, MemberRow]]], set[int]]:
    """List who belongs to each account, each customer once: as today's member, else as the latest one.

    Whom a duty or hold keeps after an erasure is not among them; the accounts that they belong to come second.
    """
    rows = [
        row
        for at in range(0, len(accounts), AT_ONCE)
        for row in MemberRow.objects.filter(account_id__in=accounts[at : at + AT_ONCE])
    ]
    locked = privacy.kept_back([each.person for each in rows])
    kept = {each.account_id for each in rows if each.person in locked}
    rows = [each for each in rows if each.person not in locked]
    customer_of = identity.customers_of([each.person for each in rows])
    best: dict[tuple[int, int], MemberRow] = {}
    today = timezone.now().date()
    for row in sorted(rows, key=lambda each: (is_today(each.since, each.until, today), _rank(each), -each.pk)):
        best[row.account_id, customer_of[row.person]] = row
    found: dict[int, list[tuple[int, MemberRow]]] = defaultdict(list)
    for (account, customer), row in best.items():
        found[account].append((customer, row))
    return found, kept


def _rank(row: MemberRow) -> int:
    """Rank roles: an owner counts before somebody who may use it only."""
    return -list(MemberRole).index(MemberRole(row.role))


def _reached(members: dict[int, list[tuple[int, MemberRow]]], viewer: Viewer) -> set[int]:
    customers = np.array(sorted({customer for theirs in members.values() for customer, _ in theirs}), np.int64)
    mask = privacy.reachable(customers, purpose=Purpose.SERVICE, viewer=viewer)
    return set(customers[mask].tolist())


def _shown(members: list[tuple[int, MemberRow]], today: date) -> list[tuple[int, MemberRow]]:
    ordered = sorted(members, key=lambda each: (not is_today(each[1].since, each[1].until, today), each[1].pk))
    return ordered[:MEMBERS_SHOWN]


def _names(customers: set[int]) -> dict[int, str]:
    customer_of = identity.families(sorted(customers))
    traits = defaultdict(list)
    for each in identity.traits_of(list(customer_of)):
        traits[customer_of[each.person]].append(each)
    return {
        customer: rules.name_of({each.name: each.value for each in rules.newest(theirs)})
        for customer, theirs in traits.items()
    }


def _account(
    row: AccountRow,
    members: list[tuple[int, MemberRow]],
    shown: list[tuple[int, MemberRow]],
    reached: set[int],
    names: dict[int, str],
    today: date,
    *,
    is_whole: bool,
) -> Account:
    now = [(customer, each) for customer, each in members if is_today(each.since, each.until, today)]
    kind = AccountKind(row.kind)
    holders = [customer for customer, each in now if each.role in {role.value for role in HOLDING}]
    return Account(
        id=row.pk,
        kind=kind,
        key=sealed.opened(row.sealed_key),
        name=sealed.opened(row.sealed_name) if is_whole or kind is AccountKind.COMPANY else "",
        product=row.product,
        unit=row.unit,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        source=row.source,
        people=len(now),
        hidden=sum(customer not in reached for customer, _ in now),
        is_joint=kind is AccountKind.ACCOUNT and len(holders) > 1,
        members=tuple(
            Member(
                customer=customer,
                name=names.get(customer, ""),
                role=MemberRole(each.role),
                since=each.since,
                until=each.until,
            )
            for customer, each in shown
        ),
    )
