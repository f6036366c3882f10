"""Ask: who is this customer, what did they do, what is noted about them; without a trace where it shows nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np
from django.utils import timezone

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Look, Right, Viewer
from sojourn.domains.customers import hooks, rules
from sojourn.domains.customers.accounts.panels import company as company_panel
from sojourn.domains.customers.accounts.panels import holds as holds_panel
from sojourn.domains.customers.accounts.panels import household as household_panel
from sojourn.domains.customers.accounts.per import groups
from sojourn.domains.customers.accounts.per import version as accounts_version
from sojourn.domains.customers.accounts.reading import of_customer as accounts_of
from sojourn.domains.customers.accounts.stages import all_in_state as in_state
from sojourn.domains.customers.accounts.stages import prospect_rule
from sojourn.domains.customers.accounts.told import about as told_of_accounts
from sojourn.domains.customers.accounts.told import ended as accounts_ended
from sojourn.domains.customers.allowed import consents as consents_panel
from sojourn.domains.customers.cases import SHAPES as CASE_SHAPES
from sojourn.domains.customers.computing import column
from sojourn.domains.customers.contracts import (
    ComputedValue,
    CustomerTimeline,
    Panel,
    PanelAsked,
    TimelineEvent,
    TraitRule,
)
from sojourn.domains.customers.joining import behind, decisions, why
from sojourn.domains.customers.joining import panel as who_is_whom
from sojourn.domains.customers.listing import trait_rule, trait_rules
from sojourn.domains.customers.masked import masked_timeline as masked_timeline
from sojourn.domains.customers.notes import about as told
from sojourn.domains.customers.reading import condition as condition
from sojourn.domains.customers.reading import known as known
from sojourn.domains.customers.reading import read as asked_for
from sojourn.domains.customers.saving import may_change as may_change_list
from sojourn.domains.customers.saving import saved_list as saved_list
from sojourn.domains.customers.saving import saved_lists as saved_lists
from sojourn.domains.customers.shaped import TOOLS as SHAPES
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter, EventRow, Purpose
from sojourn.kit.look import one_look
from sojourn.kit.period import Period

__all__ = [
    "CASE_SHAPES",
    "PAGE",
    "SHAPES",
    "accounts_ended",
    "accounts_of",
    "accounts_version",
    "asked_for",
    "behind",
    "company_panel",
    "computed",
    "condition",
    "consents_panel",
    "decisions",
    "groups",
    "holds_panel",
    "household_panel",
    "in_state",
    "known",
    "masked_timeline",
    "may_change_list",
    "named",
    "panels",
    "prospect_rule",
    "reached",
    "saved_list",
    "saved_lists",
    "timeline",
    "told",
    "told_of_accounts",
    "trait",
    "traits",
    "who_is_whom",
    "who_looked",
    "why",
]

PAGE: Final = Purpose.SERVICE


def timeline(
    *,
    customer: int,
    viewer: Viewer,
    period: Period = Period(),  # noqa: B008 - frozen
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    cursor: str | None = None,
    limit: int = 30,
) -> CustomerTimeline:
    """List a customer's events, newest first, with their texts opened, for service.

    The look itself is noted where the page is opened (`actions.view_customer`). Raise ForbiddenError below the right to
    read customers, NotFoundError for one that is not there or not the viewer's, InvalidError for a cursor or filter.
    """
    viewer.require(Right.CUSTOMERS_READ)
    page = privacy.events_of(
        customer,
        period=period,
        events=events,
        cursor=cursor,
        limit=limit,
        purpose=PAGE,
        viewer=viewer.within(Right.CUSTOMERS_READ),
    )
    return CustomerTimeline(rows=tuple(_opened(page.rows, customer)), next_cursor=page.next_cursor)


@one_look()
def panels(*, customer: int, viewer: Viewer) -> tuple[Panel, ...]:
    """Ask the other rooms for their panels about a customer; raise as `timeline` does."""
    viewer.require(Right.CUSTOMERS_READ)
    looking = viewer.within(Right.CUSTOMERS_READ)
    asked = PanelAsked(customer=reached(customer, viewer), purpose=PAGE, viewer=looking)
    return tuple(panel for each in hooks.panels if (panel := each(asked)) is not None)


def who_looked(*, customer: int, viewer: Viewer, limit: int = 20) -> tuple[Look, ...]:
    """List who looked at a customer, newest first; raise as `timeline` does."""
    viewer.require(Right.CUSTOMERS_READ)
    return access.looks(on=named(reached(customer, viewer)), viewer=viewer, limit=limit)


def reached(customer: int, viewer: Viewer, right: Right = Right.CUSTOMERS_READ) -> int:
    """Give the number that a customer bears today, for a viewer who has a right where the customer is.

    Raise NotFoundError for one who is not there, and the same for one whom the viewer does not reach.
    """
    return privacy.require_reachable(customer, purpose=PAGE, viewer=viewer.within(right))


def traits(*, viewer: Viewer) -> tuple[TraitRule, ...]:
    """List the computed traits, by name."""
    return trait_rules()


def trait(*, slug: str, viewer: Viewer) -> TraitRule:
    """Give a computed trait; raise NotFoundError."""
    return trait_rule(slug)


def computed(
    *, customer: int, viewer: Viewer, now: datetime | None = None
) -> tuple[tuple[TraitRule, ComputedValue | None], ...]:
    """Give a customer's computed traits, by name, None where there is none; raise as `timeline` does."""
    viewer.require(Right.CUSTOMERS_READ)
    looking, current = viewer.within(Right.CUSTOMERS_READ), np.array([reached(customer, viewer)], np.int64)
    at = now or timezone.now()
    return tuple(
        (rule, column(rule, purpose=PAGE, viewer=looking, now=at).values(current)[0]) for rule in trait_rules()
    )


def named(customer: int) -> str:
    """Name a customer as audit entries do."""
    return f"customer:{customer}"


def _opened(rows: tuple[EventRow, ...], customer: int) -> Iterator[TimelineEvent]:
    ids = {number for row in rows for number in rules.text_ids(row.properties)}
    persons = identity.persons_of(customer=rows[0].customer) if rows else (customer,)
    texts = identity.texts_of(sorted(ids), persons=persons) if ids else {}
    for row in rows:
        said = [texts[number] for number in rules.text_ids(row.properties) if number in texts]
        pairs = ((name, str(value)) for each in said for name, value in each.items())
        yield TimelineEvent(event=row, texts=tuple(pairs))
