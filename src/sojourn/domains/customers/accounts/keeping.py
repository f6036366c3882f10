"""Accounts as an act: saved, looked at, found, ended, by whom; every one leaves an audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import router, transaction

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers.accounts import reading, storing
from sojourn.domains.customers.accounts.naming import Named
from sojourn.domains.customers.accounts.storing import Joining, Stored
from sojourn.domains.customers.contracts import Account, AccountGiven, AccountPage, AccountsAsked, MemberGiven
from sojourn.domains.customers.models import AccountRow, MemberRow
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

MEMBERS_AT_ONCE = 100


def view_account(*, number: int, viewer: Viewer, now: datetime | None = None) -> Account:
    """Open an account; the look is written to the audit log. Raise as `reading.account`."""
    found = reading.account(number=number, viewer=viewer)
    access.audit(viewer=viewer, what="account.view", on=named(number), now=now, shown=str(len(found.members)))
    return found


def list_accounts(
    *, asked: AccountsAsked, viewer: Viewer, after: int = 0, limit: int = 50, now: datetime | None = None
) -> AccountPage:
    """List accounts by filters; audited. Raise as `reading.accounts`."""
    page = reading.accounts(asked=asked, viewer=viewer, after=after, limit=limit)
    access.audit(viewer=viewer, what="account.list", on="accounts", now=now, listed=str(len(page.rows)))
    return page


def find_accounts(*, key: str, viewer: Viewer, now: datetime | None = None) -> tuple[Account, ...]:
    """Find accounts by their number; audited, without the number. Raise as `reading.with_number`."""
    found = reading.with_number(key=key, viewer=viewer)
    access.audit(viewer=viewer, what="account.find", on="accounts", now=now, found=str(len(found)))
    return found


def save_account(
    *, given: AccountGiven, members: Sequence[MemberGiven] = (), viewer: Viewer, now: datetime | None = None
) -> Account:
    """Save an account by kind and number, and who belongs to it; the same again changes nothing.

    What is not given stays, and so does everybody who belonged to it. Raise ForbiddenError, also for an account that
    the viewer does not reach, and InvalidError, naming the field.
    """
    viewer.require(Right.CUSTOMERS_WRITE)
    if len(members) > MEMBERS_AT_ONCE:
        raise InvalidError(f"members: at most {MEMBERS_AT_ONCE} at once; a file takes more.")
    storing.check(given)
    known = Named(members, viewer)
    joining = [joined(each, known) for each in members]
    for each in joining:
        storing.check_joining(given.kind, each)
    check_reached([given], bool(joining), viewer)
    stored = storing.store([Stored(given, each) for each in joining] or [Stored(given)], source=viewer.name)
    refused = next((each for each in stored if isinstance(each, InvalidError)), None)
    if refused is not None:
        raise refused
    number = next(each for each in stored if isinstance(each, int))
    access.audit(viewer=viewer, what="account.save", on=named(number), now=now, members=str(len(members)))
    return reading.required(number, viewer, Right.CUSTOMERS_WRITE)


def remove_member(*, number: int, customer: int, viewer: Viewer, now: datetime | None = None) -> None:
    """Say that a customer never belonged to an account; who left has an `until` instead.

    Raise ForbiddenError, and NotFoundError for an account or customer not there, not reached or not in it.
    """
    reading.required(number, viewer, Right.CUSTOMERS_WRITE)
    looking = viewer.within(Right.CUSTOMERS_WRITE)
    current = privacy.require_reachable(customer, purpose=Purpose.SERVICE, viewer=looking)
    persons = identity.persons_of(customer=current)
    with transaction.atomic(using=router.db_for_write(MemberRow)):
        deleted, _ = MemberRow.objects.filter(account_id=number, person__in=persons).delete()
        if not deleted:
            raise NotFoundError("This customer does not belong to the account.")
        storing.bump()
        access.audit(viewer=viewer, what="account.member-remove", on=named(number), now=now, customer=str(current))


def delete_account(*, number: int, viewer: Viewer, now: datetime | None = None) -> None:
    """Delete an account that should not be there; one that was closed has a `closed_on` instead.

    Raise ForbiddenError, also while somebody belongs to it whom the viewer does not reach, NotFoundError, and
    ConflictError while a duty keeps who belonged to it.
    """
    found = reading.required(number, viewer, Right.CUSTOMERS_WRITE)
    with transaction.atomic(using=router.db_for_write(AccountRow)):
        if found.hidden:
            raise ForbiddenError("Somebody belongs to this account whom you do not reach.")
        if reading.is_kept(number):
            raise ConflictError("A legal duty keeps who belonged to this account, until it ends.")
        AccountRow.objects.filter(pk=number).delete()
        storing.bump()
        access.audit(viewer=viewer, what="account.delete", on=named(number), now=now)


def joined(given: MemberGiven, known: Named) -> Joining:
    """Say which person belongs to an account, and how; raise InvalidError as `Named.person`."""
    return Joining(
        person=known.person(given), role=given.role, since=given.since, until=given.until, cleared=given.cleared
    )


def check_reached(givens: Sequence[AccountGiven], has_members: bool, viewer: Viewer) -> None:
    """Raise ForbiddenError for an account out of reach, InvalidError for one that would be, as nobody belongs to it."""
    looking = viewer.within(Right.CUSTOMERS_WRITE)
    known = list(storing.existing(givens).values())
    if len(list(reading.seen(known, looking))) < len(known):
        raise ForbiddenError("This account has nobody whom you reach.")
    if not known and not has_members and looking.units is not None:
        raise InvalidError("members: say who belongs to it; without anybody it is in no part of the organisation.")


def named(number: int) -> str:
    """Name an account as audit entries do."""
    return f"account:{number}"
