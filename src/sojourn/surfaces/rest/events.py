"""Events one by one, what can be asked about, and how far the stream has come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy import queries
from sojourn.domains.privacy.contracts import EventRow, Freshness, Vocabulary
from sojourn.kit.period import Period
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import CURSOR_MAX_CHARACTERS, LIMIT_MAX, Page
from sojourn.surfaces.rest.question import ListedAsked, PeriodAsked, event_filter, period

router = Router(tags=["events"])
EventId = Annotated[int, Path(ge=0, lt=1 << 63)]


class Event(Schema):
    """One event, pseudonymous. Ids are texts: they are larger than the numbers that JavaScript holds exactly."""

    event_id: str
    customer: str
    name: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    channel: str | None
    touchpoint: str | None
    unit: str | None
    product: str | None
    source: str
    value: str | None
    currency: str | None
    properties: dict[str, object]


class ListAsked(ListedAsked):
    """Which events; all of time when no period is given."""

    customer: int | None = Field(None, ge=1, lt=1 << 63, description="Only this customer's.")
    limit: int = Field(50, ge=1, le=LIMIT_MAX)
    cursor: str = Field("", max_length=CURSOR_MAX_CHARACTERS)


@router.get("/events", response={200: Page[Event], **PROBLEMS}, summary="List events, newest first")
@needs(Right.CUSTOMERS_LIST)
def list_events(request: HttpRequest, asked: Query[ListAsked]) -> Page[Event]:
    """Those that the key's role may see."""
    viewer = viewer_of(request)
    page = queries.events(
        period=_period(asked, viewer),
        events=event_filter(asked),
        customer=asked.customer,
        cursor=asked.cursor or None,
        limit=asked.limit,
        viewer=viewer,
    )
    return Page[Event](items=[_event(row) for row in page.rows], next=page.next_cursor)


@router.get("/events/{event_id}", response={200: Event, **PROBLEMS}, summary="Show one event")
@needs(Right.CUSTOMERS_LIST)
def get_event(request: HttpRequest, event_id: EventId) -> Event:
    """By the id that lists give."""
    return _event(queries.event(event_id=event_id, viewer=viewer_of(request)))


@router.get("/vocabulary", response={200: Vocabulary, **PROBLEMS}, summary="List what can be asked about")
def vocabulary(request: HttpRequest, asked: Query[PeriodAsked]) -> Vocabulary:
    """Event names and dimension values with counts, most frequent first."""
    viewer = viewer_of(request)
    return queries.vocabulary(period=_period(asked, viewer), viewer=viewer)


@router.get("/stream", response={200: Freshness, **PROBLEMS}, summary="Say how far stream and timeline have come")
def stream(request: HttpRequest) -> Freshness:
    """Events, customers, newest batch, first and last event."""
    return queries.freshness(viewer=viewer_of(request))


def _period(asked: PeriodAsked, viewer: Viewer) -> Period:
    if asked.since is None and asked.until is None and asked.days is None:
        return Period()
    return period(asked, viewer)


def _event(row: EventRow) -> Event:
    values = {name: getattr(row, name) for name in Event.model_fields}
    return Event(**{**values, "event_id": str(row.event_id), "customer": str(row.customer)})
