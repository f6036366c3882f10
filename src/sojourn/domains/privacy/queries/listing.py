"""Events one by one, newest first."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.contracts import EventFilter, EventPage, EventRow, Purpose
from sojourn.domains.privacy.door import employees, statements
from sojourn.domains.privacy.door.listed import row_of
from sojourn.domains.privacy.door.sight import spelled_out
from sojourn.domains.privacy.door.stream import opened
from sojourn.domains.privacy.queries.cursors import cursor_after, read_cursor
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import Period, micros


def events(
    *,
    period: Period = Period(),  # noqa: B008 - frozen
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    customer: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> EventPage:
    """List the events that viewer and purpose may see, newest first; raise InvalidError for a bad cursor."""
    employees.check(events.dimensions, viewer)
    page = statements.listed(
        period,
        spelled_out(events),
        viewer.units,
        persons=None if customer is None else identity.persons_of(customer=customer),
        after=None if cursor is None else read_cursor(cursor),
        limit=limit + 1,
    )
    with opened(purpose=purpose, period=period, viewer=viewer) as connection:
        found = [row_of(row) for row in connection.execute(page.sql, page.values).fetchall()]
    rows = found if customer is None else [row for row in found if row.customer == customer]
    more = len(found) > limit
    return EventPage(rows=tuple(rows[:limit]), next_cursor=_after(rows[limit - 1]) if more else None)


def event(*, event_id: int, purpose: Purpose = Purpose.ANALYTICS, viewer: Viewer) -> EventRow:
    """Give one event; raise NotFoundError when it is not there or not for this viewer and purpose."""
    search = statements.single(event_id, viewer.units)
    with opened(purpose=purpose, period=Period(), viewer=viewer) as connection:
        found = connection.execute(search.sql, search.values).fetchall()
    if not found:
        raise NotFoundError("There is no such event.")
    return row_of(found[0])


def _after(row: EventRow) -> str:
    return cursor_after(micros(row.occurred_at), row.event_id)
