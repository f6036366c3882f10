"""One customer's events, newest first: found in the timeline, fetched from the few segments that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.contracts import EventFilter, EventPage, EventRow, Purpose
from sojourn.domains.privacy.door.listed import rows_of
from sojourn.domains.privacy.door.picking import picked
from sojourn.domains.privacy.door.sight import Sight, sight
from sojourn.domains.privacy.door.stream import fetched
from sojourn.domains.privacy.queries.cursors import cursor_after, read_cursor
from sojourn.domains.privacy.queries.reach import require_reachable
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.timeline.standing import events_of_persons
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, instant

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Found:
    """Events of one customer, newest first, as parallel arrays."""

    at: Int64s
    event_id: Int64s


def events_of(
    customer: int,
    *,
    period: Period = Period(),  # noqa: B008 - frozen
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    cursor: str | None = None,
    limit: int = 50,
    purpose: Purpose,
    viewer: Viewer,
) -> EventPage:
    """List a customer's events that viewer and purpose may see, newest first, as far as the timeline has come.

    Of the filter names, dimensions and level count. A cursor goes on behind the page that gave it, whatever came since.
    Raise NotFoundError as `require_reachable` does, and InvalidError for a bad cursor, a dimension that is not there,
    or a filter that chooses customers.
    """
    if events.having or events.having_pattern:
        raise InvalidError("having and pattern choose customers; of one customer's events there is nothing to choose.")
    current = require_reachable(customer, purpose=purpose, viewer=viewer)
    theirs = np.array(identity.persons_of(customer=current), np.int64)
    found = _found(sight(purpose=purpose, viewer=viewer), theirs, period, events)
    rest = _after(found, None if cursor is None else read_cursor(cursor))
    page = Found(rest.at[:limit], rest.event_id[:limit])
    rows = _fetched(page, theirs, current) if len(page.at) else ()
    if len(rest.at) <= limit:
        return EventPage(rows=rows, next_cursor=None)
    return EventPage(rows=rows, next_cursor=cursor_after(int(page.at[-1]), int(page.event_id[-1])))


def happened(
    customer: int, *, names: Sequence[str], purpose: Purpose, viewer: Viewer
) -> tuple[tuple[str, datetime], ...]:
    """List name and time of a customer's events of some names that viewer and purpose may see, newest first.

    The timeline alone answers, in a millisecond. Raise NotFoundError as `require_reachable` does.
    """
    current = require_reachable(customer, purpose=purpose, viewer=viewer)
    theirs = np.array(identity.persons_of(customer=current), np.int64)
    looking, wanted = sight(purpose=purpose, viewer=viewer), EventFilter(names=tuple(names))
    found: list[tuple[int, int, str]] = []
    for part in looking.timeline.parts:
        places = events_of_persons(part, theirs)[0]
        places = places[picked(looking, part, places, Period(), wanted)]
        rows = zip(part.at[places].tolist(), part.row[places].tolist(), part.event[places].tolist(), strict=True)
        found += [(at, event_id, looking.timeline.names[code]) for at, event_id, code in rows]
    return tuple((name, instant(at)) for at, _, name in sorted(found, reverse=True))


def _found(looking: Sight, theirs: Int64s, period: Period, events: EventFilter) -> Found:
    at, event_id = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for part in looking.timeline.parts:
        places = events_of_persons(part, theirs)[0]
        places = places[picked(looking, part, places, period, events)]
        at.append(part.at[places])
        event_id.append(part.row[places])
    when, which = np.concatenate(at), np.concatenate(event_id)
    order = np.lexsort((which, when))[::-1]
    return Found(when[order], which[order])


def _after(found: Found, after: tuple[int, int] | None) -> Found:
    if after is None:
        return found
    at, event_id = after
    rest = (found.at < at) | ((found.at == at) & (found.event_id < event_id))
    return Found(found.at[rest], found.event_id[rest])


def _fetched(page: Found, theirs: Int64s, customer: int) -> tuple[EventRow, ...]:
    held = Period(since=instant(int(page.at[-1])), until=instant(int(page.at[0])) + MOMENT)
    return rows_of(fetched(page.event_id, theirs, period=held), customer=customer)
