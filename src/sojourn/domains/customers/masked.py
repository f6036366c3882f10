"""A customer as those see one who may list customers and not read them: no name, no contact, no text, no value."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import rules
from sojourn.domains.customers.accounts import stages
from sojourn.domains.customers.words.masked import MaskedCustomer, MaskedEvent, MaskedTimeline
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose

PURPOSE: Final = Purpose.ANALYTICS


def view_masked(*, customer: int, viewer: Viewer, now: datetime | None = None) -> MaskedCustomer:
    """Open a customer's page without anything that says who they are; the look is written to the audit log.

    Read for analytics. Raise ForbiddenError below the right to list customers, NotFoundError for one that is not there,
    not the viewer's, or refuses to be analysed.
    """
    viewer.require(Right.CUSTOMERS_LIST)
    looking = viewer.within(Right.CUSTOMERS_LIST)
    current = privacy.require_reachable(customer, purpose=PURPOSE, viewer=looking)
    persons = identity.persons_of(customer=current)
    names = {each.name for each in rules.newest(identity.traits_of(persons))}
    kinds = frozenset(each.kind for each in identity.identifiers_of(persons))
    is_customer = current in stages.makes_customers(dict.fromkeys(persons, current), {current: kinds})
    access.audit(viewer=viewer, what="customer.view-masked", on=f"customer:{current}", now=now, purpose=PURPOSE.value)
    return MaskedCustomer(
        number=current,
        state=rules.state_of(kinds, names, is_customer=is_customer),
        persons=len(persons),
        traits=tuple(sorted(name for name in names if identity.is_plain(name, name))),
    )


def masked_timeline(*, customer: int, viewer: Viewer, cursor: str | None = None, limit: int = 30) -> MaskedTimeline:
    """List a customer's events by name, channel and time, newest first, for analytics; raise as `view_masked`."""
    viewer.require(Right.CUSTOMERS_LIST)
    looking = viewer.within(Right.CUSTOMERS_LIST)
    page = privacy.events_of(customer, cursor=cursor, limit=limit, purpose=PURPOSE, viewer=looking)
    rows = tuple(MaskedEvent(name=row.name, channel=row.channel, occurred_at=row.occurred_at) for row in page.rows)
    return MaskedTimeline(rows=rows, next_cursor=page.next_cursor)
