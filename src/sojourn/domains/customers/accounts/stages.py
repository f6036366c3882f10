"""Who is a customer and who a prospect: by a rule that people see and set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.db import router, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Right, Viewer
from sojourn.domains.customers.accounts import per
from sojourn.domains.customers.accounts.storing import TEXT_MOST, bump
from sojourn.domains.customers.contracts import HOLDING, AccountKind, CustomerState, ProspectRule
from sojourn.domains.customers.models import AccountRow, MemberRow, ProspectRuleRow
from sojourn.domains.customers.rules import CONTACTS, CUSTOMER_NUMBER
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.errors import InvalidError

PRODUCTS_MOST = 50
ANONYMOUS = "anonymous"  # the kind of a device's identifier


def prospect_rule() -> ProspectRule:
    """Give the rule in force; the built-in one until people set another."""
    row = ProspectRuleRow.objects.first()
    return ProspectRule() if row is None else row.contract()


def save_prospect_rule(*, rule: ProspectRule, viewer: Viewer, now: datetime | None = None) -> ProspectRule:
    """Set what makes a customer of a prospect; it counts from the next read on.

    Raise ForbiddenError without the right to write the plan, InvalidError for a rule by which nobody is a customer.
    """
    viewer.require(Right.PLAN_WRITE)
    if not rule.by_number and not rule.by_account:
        raise InvalidError("by_number, by_account: choose at least one, or nobody is a customer.")
    products = tuple(dict.fromkeys(filter(None, (each.strip() for each in rule.products))))
    if len(products) > PRODUCTS_MOST or any(len(each) > TEXT_MOST for each in products):
        raise InvalidError(f"products: at most {PRODUCTS_MOST}, each of 1 to {TEXT_MOST} characters.")
    if products and not rule.by_account:
        raise InvalidError("products: they count with by_account only.")
    with transaction.atomic(using=router.db_for_write(ProspectRuleRow)):
        ProspectRuleRow.objects.all().delete()
        row = ProspectRuleRow.objects.create(
            by_number=rule.by_number, by_account=rule.by_account, products=list(products)
        )
        bump()
        access.audit(
            viewer=viewer,
            what="prospects.rule",
            on="prospects",
            now=now,
            by_number=str(rule.by_number),
            by_account=str(rule.by_account),
            products=str(len(products)),
        )
    return row.contract()


def makes_customers(customer_of: Mapping[int, int], kinds: Mapping[int, Collection[str]]) -> set[int]:
    """Say which customers are so by the rule; given each person's customer, and their kinds of identifiers."""
    rule = prospect_rule()
    found = {number for number, some in kinds.items() if rule.by_number and CUSTOMER_NUMBER in some}
    others = [person for person, number in customer_of.items() if number not in found]
    if rule.by_account and others:
        holders = _held(rule.products).filter(person__in=others).values_list("person", flat=True)
        found |= {customer_of[person] for person in holders}
    return found


def in_state(customers: Int64s, state: CustomerState, *, batch: int) -> Flags:
    """Say which customers are in a state; `batch` is how far events have come, which bring new ones."""
    today = timezone.now().date().toordinal()
    place = settings.SOJOURN.data.as_posix()
    ours, known = _known(place, batch, identity.map_version(), per.version(), today)
    is_customer = np.isin(customers, ours)
    if state is CustomerState.CUSTOMER:
        return is_customer
    is_known = np.isin(customers, known)
    found: Flags = ~is_customer & (is_known if state is CustomerState.PROSPECT else ~is_known)
    return found


def all_in_state(state: CustomerState) -> Int64s:
    """List all customers, prospects or anonymous visitors, ascending."""
    everyone = customers_of(np.concatenate([identity.persons_called(kind) for kind in (CUSTOMER_NUMBER, ANONYMOUS)]))
    held, batch = everyone, privacy.freshness(viewer=SYSTEM).batch
    return held[in_state(held, state, batch=batch)]


def holders_of(product: str) -> Int64s:
    """List the customers who hold a product of a kind today, ascending."""
    return customers_of(_persons((product,)))


def members_of(kind: AccountKind) -> Int64s:
    """List the customers who belong to a household, to a company, or to an account today, ascending."""
    today = timezone.now().date()
    rows = MemberRow.objects.filter(_now(today), account__kind=kind.value).values_list("person", flat=True)
    return customers_of(np.fromiter(rows.iterator(), np.int64))


def customers_of(persons: Int64s) -> Int64s:
    """Give the customers that persons are, each once, ascending."""
    held = identity.person_map()
    if not len(held.person):
        return np.unique(persons)
    at = np.minimum(np.searchsorted(held.person, persons), len(held.person) - 1)
    return np.unique(np.where(held.person[at] == persons, held.customer[at], persons))


@lru_cache(maxsize=1)
def _known(place: str, batch: int, persons: int, accounts: int, today: int) -> tuple[Int64s, Int64s]:
    """Give who is a customer by the rule, and whom we know by number, name or contact."""
    rule = prospect_rule()
    numbered = identity.persons_called(CUSTOMER_NUMBER)
    ours = numbered if rule.by_number else numbered[:0]
    if rule.by_account:
        ours = np.concatenate([ours, _persons(rule.products)])
    known = np.concatenate([identity.persons_with(sorted(CONTACTS)), numbered])
    return customers_of(ours), customers_of(known)


def _persons(products: Sequence[str]) -> Int64s:
    return np.fromiter(_held(products).values_list("person", flat=True).iterator(), np.int64)


def _held(products: Sequence[str]) -> QuerySet[MemberRow]:
    """Ask for who holds an open account, of some products or of any."""
    today = timezone.now().date()
    accounts = AccountRow.objects.filter(kind=AccountKind.ACCOUNT.value).exclude(closed_on__lte=today)
    if products:
        accounts = accounts.filter(product__in=products)
    return MemberRow.objects.filter(_now(today), account__in=accounts, role__in=[each.value for each in HOLDING])


def _now(today: date) -> Q:
    return (Q(since__isnull=True) | Q(since__lte=today)) & (Q(until__isnull=True) | Q(until__gt=today))
