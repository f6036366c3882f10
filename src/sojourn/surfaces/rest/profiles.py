"""One customer: traits, identifiers, events, notes, what other rooms know; and finding them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Look, Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import (
    Customer,
    CustomerIdentifier,
    CustomerState,
    CustomerTrait,
    FoundBy,
    Hits,
    MaskedEvent,
    Note,
    Panel,
    TimelineEvent,
)
from sojourn.kit.period import Period
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.events import Event
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import CURSOR_MAX_CHARACTERS, Page
from sojourn.surfaces.rest.question import ListedAsked, event_filter, period
from sojourn.surfaces.rest.types import PlainNumber

router = Router(tags=["customers"])
Number = Annotated[int, Path(ge=0, lt=1 << 63, description="The customer's number, as lists give it.")]
NoteNumber = Annotated[int, Path(ge=1, lt=1 << 63)]


class SearchText(Schema):
    """Whom to look for. In a body, because addresses end up in logs."""

    text: str = Field(
        min_length=1,
        max_length=actions.SEARCH_MAX_CHARACTERS,
        description="A customer number, device id, case number, mail address, phone number, or whole words of name, "
        "company and town.",
    )
    limit: Annotated[int, PlainNumber] = Field(20, ge=1, le=actions.HITS_MOST)


class HitAnswer(Schema):
    """Somebody whom a search found."""

    customer: str
    name: str
    numbers: list[str]
    town: str
    state: CustomerState
    found_by: FoundBy


class HitsAnswer(Schema):
    """Whom a search found."""

    items: list[HitAnswer]
    total: int = Field(description="How many there are; with `is_cut` at least so many.")
    is_cut: bool


class CustomerAnswer(Schema):
    """A customer; `number` is today's where an older one was asked for. Numbers are texts, as in lists of events."""

    number: str
    name: str
    state: CustomerState
    traits: list[CustomerTrait]
    identifiers: list[CustomerIdentifier]
    persons: int = Field(description="How many identities are joined.")
    notes: list[Note]


class MaskedAsked(Schema):
    """Which of the events."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str = Field("", max_length=CURSOR_MAX_CHARACTERS)


class MaskedAnswer(Schema):
    """A customer without anything that says who it is."""

    number: str
    state: CustomerState
    persons: int = Field(description="How many identities are joined.")
    traits: list[str] = Field(description="Names of traits that name nobody; their values are not told.")
    events: list[MaskedEvent]
    next: str | None


class EventText(Schema):
    """A free text or personal value of an event, opened."""

    name: str
    text: str


class CustomerEvent(Event):
    """An event of a customer, with its free texts and personal values."""

    texts: list[EventText]


class CustomerEventsAsked(ListedAsked):
    """Which events; all of time when no period is given."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str = Field("", max_length=CURSOR_MAX_CHARACTERS)


class NoteText(Schema):
    """What is noted."""

    text: str = Field(min_length=1, max_length=actions.NOTE_MAX_CHARACTERS)


@router.post("/customers/search", response={200: HitsAnswer, **PROBLEMS}, summary="Find customers")
@needs(Right.CUSTOMERS_READ)
def search(request: HttpRequest, asked: SearchText) -> HitsAnswer:
    """By exact identifiers and whole words. Audited, without what was looked for."""
    return _hits(actions.search(text=asked.text, limit=asked.limit, viewer=viewer_of(request)))


@router.get("/customers/{customer}", response={200: CustomerAnswer, **PROBLEMS}, summary="Show a customer")
@needs(Right.CUSTOMERS_READ)
def show(request: HttpRequest, customer: Number) -> CustomerAnswer:
    """Traits with source and time, identifiers, notes. Audited."""
    return _customer(actions.view_customer(customer=customer, viewer=viewer_of(request)))


@router.get("/customers/{customer}/masked", response={200: MaskedAnswer, **PROBLEMS}, summary="Show a customer masked")
@needs(Right.CUSTOMERS_LIST)
def show_masked(request: HttpRequest, customer: Number, asked: Query[MaskedAsked]) -> MaskedAnswer:
    """Without name, contact data, values and texts; events by name only. For analytics, and audited."""
    viewer = viewer_of(request)
    seen = actions.view_masked(customer=customer, viewer=viewer)
    page = queries.masked_timeline(customer=customer, viewer=viewer, cursor=asked.cursor or None, limit=asked.limit)
    return MaskedAnswer(
        number=str(seen.number),
        state=seen.state,
        persons=seen.persons,
        traits=list(seen.traits),
        events=list(page.rows),
        next=page.next_cursor,
    )


@router.get(
    "/customers/{customer}/events", response={200: Page[CustomerEvent], **PROBLEMS}, summary="List a customer's events"
)
@needs(Right.CUSTOMERS_READ)
def list_events(request: HttpRequest, customer: Number, asked: Query[CustomerEventsAsked]) -> Page[CustomerEvent]:
    """Newest first, as far as the timeline has come, with texts opened."""
    viewer = viewer_of(request)
    whole = asked.since is None and asked.until is None and asked.days is None
    page = queries.timeline(
        customer=customer,
        period=Period() if whole else period(asked, viewer),
        events=event_filter(asked),
        cursor=asked.cursor or None,
        limit=asked.limit,
        viewer=viewer,
    )
    return Page[CustomerEvent](items=[_event(each) for each in page.rows], next=page.next_cursor)


@router.get("/customers/{customer}/panels", response={200: Page[Panel], **PROBLEMS}, summary="List what rooms know")
@needs(Right.CUSTOMERS_READ)
def list_panels(request: HttpRequest, customer: Number) -> Page[Panel]:
    """As the customer's page shows it: journeys and where they stand in them, and whatever other rooms add."""
    return Page[Panel](items=list(queries.panels(customer=customer, viewer=viewer_of(request))))


@router.get("/customers/{customer}/looks", response={200: Page[Look], **PROBLEMS}, summary="List who looked")
@needs(Right.CUSTOMERS_READ)
def list_looks(request: HttpRequest, customer: Number) -> Page[Look]:
    """At this customer, newest first, the last twenty."""
    return Page[Look](items=list(queries.who_looked(customer=customer, viewer=viewer_of(request))))


@router.post("/customers/{customer}/notes", response={201: Note, **PROBLEMS}, summary="Write a note")
@needs(Right.CUSTOMERS_WRITE)
def add_note(request: HttpRequest, customer: Number, note: NoteText) -> Status[Note]:
    """About a customer."""
    return Status(201, actions.add_note(customer=customer, text=note.text, viewer=viewer_of(request)))


@router.put("/customers/{customer}/notes/{note}", response={200: Note, **PROBLEMS}, summary="Change a note")
@needs(Right.CUSTOMERS_WRITE)
def change_note(request: HttpRequest, customer: Number, note: NoteNumber, said: NoteText) -> Note:
    """One's own only."""
    return actions.change_note(customer=customer, note=note, text=said.text, viewer=viewer_of(request))


@router.delete("/customers/{customer}/notes/{note}", response={204: None, **PROBLEMS}, summary="Delete a note")
@needs(Right.CUSTOMERS_WRITE)
def delete_note(request: HttpRequest, customer: Number, note: NoteNumber) -> Status[None]:
    """One's own only."""
    actions.delete_note(customer=customer, note=note, viewer=viewer_of(request))
    return Status(204, None)


def _hits(found: Hits) -> HitsAnswer:
    items = [
        HitAnswer(
            customer=str(each.customer),
            name=each.name,
            numbers=list(each.numbers),
            town=each.town,
            state=each.state,
            found_by=each.found_by,
        )
        for each in found.rows
    ]
    return HitsAnswer(items=items, total=found.total, is_cut=found.is_cut)


def _customer(seen: Customer) -> CustomerAnswer:
    values: dict[str, Any] = {name: getattr(seen, name) for name in CustomerAnswer.model_fields}
    return CustomerAnswer(**{**values, "number": str(seen.number)})


def _event(told: TimelineEvent) -> CustomerEvent:
    row = told.event
    values: dict[str, Any] = {name: getattr(row, name) for name in Event.model_fields}
    texts = [EventText(name=name, text=text) for name, text in told.texts]
    return CustomerEvent(**{**values, "event_id": str(row.event_id), "customer": str(row.customer), "texts": texts})
