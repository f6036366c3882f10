"""Lists of customers, and the traits that are computed from their events."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import (
    AccountKind,
    ComputedValue,
    CustomerState,
    How,
    PeopleAsked,
    PersonLine,
    TraitRule,
)
from sojourn.domains.privacy.contracts import Coverage, Purpose
from sojourn.kit.period import Period
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.profiles import Number
from sojourn.surfaces.rest.question import ListedAsked, ReadFor, event_filter, period
from sojourn.surfaces.rest.types import PlainNumber

router = Router(tags=["customers"])
Slug = Annotated[str, Path(max_length=63)]
Text = Annotated[str, Field(max_length=200)]
# Written out: consents have another enumeration of the name How, and the description knows one of a name.
Computation = Literal["count", "sum", "first", "last", "most_frequent", "unique_count", "unique"]
OFFSET_MOST = 100_000_000
_BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {"text/csv": _BINARY, "application/vnd.apache.parquet": _BINARY},
        }
    }
}


class PeopleQuery(ListedAsked):
    """Which customers; those with an event in the period, all of time when none is given."""

    state: CustomerState | None = Field(None, description="Only customers, prospects or anonymous visitors.")
    holds: str = Field("", max_length=63, description="Only who holds a product of this kind today.")
    belongs_to: AccountKind | None = Field(None, description="Only who belongs to an account, household or company.")
    trait: list[str] = Field([], max_length=10, description="Slugs of computed traits to show; repeat for more.")
    when: list[Annotated[str, Field(max_length=300)]] = Field(
        [], max_length=10, description="`trait>=number`, `trait<=number` or `trait=text`; repeat for more."
    )
    known: list[Annotated[str, Field(max_length=300)]] = Field(
        [],
        max_length=10,
        description="`trait=text` of a trait that senders told, none that names people; repeat.",
    )
    sort: str = Field("last_at", max_length=63, description="last_at, first_at, events, or a computed trait's slug.")
    ascending: bool = Field(False, description="Smallest first; who has no value stands last in both directions.")
    purpose: ReadFor = "analytics"
    saved: Annotated[str, Field(max_length=12)] = Field(
        "", description="A saved list; it says which customers, in place of everything else here."
    )


class PeopleListed(PeopleQuery):
    """Which customers, and which page of them."""

    limit: int = Field(50, ge=1, le=100)
    offset: int = Field(0, ge=0, le=OFFSET_MOST)


class PeopleExported(PeopleQuery):
    """Which customers, and as what."""

    format: Literal["csv", "parquet"] = "csv"
    shape: Literal["", "hubspot", "salesforce", "dynamics", "zendesk", "freshdesk", "zammad", "intercom", "shopify"] = (
        Field("", description="A tool in whose columns of customers the file is written, as CSV.")
    )


class PersonAnswer(Schema):
    """A customer of a list, pseudonymous."""

    customer: str
    token: str
    events: int
    first_at: datetime
    last_at: datetime
    traits: dict[str, int | str | list[str]] = Field(description="Computed traits by slug; money as text.")


class PeopleAnswer(Schema):
    """A page of a list; `too_few` is below the privacy minimum: none is told."""

    items: list[PersonAnswer]
    total: int
    next_offset: int | None
    too_few: bool
    coverage: Coverage


class TraitText(Schema):
    """A computed trait."""

    name: str = Field(min_length=1, max_length=100)
    how: Computation
    of: Text = Field("", description="event, or a dimension such as channel, for what tells texts.")
    currency: str = Field("", max_length=3, description="Of a sum.")
    events: list[Text] = Field([], max_length=100, description="Names; none: all events.")
    where: dict[str, list[Text]] = Field({}, max_length=20, description="Dimensions and the values that are kept.")
    window_days: Annotated[int, PlainNumber] | None = Field(
        None, ge=1, le=3_650, description="Days of the company's calendar, today the last; null is all of time."
    )


class TraitAnswer(TraitText):
    """A computed trait as it is kept."""

    slug: str
    updated_at: datetime | None


class ComputedAnswer(Schema):
    """A computed trait of one customer; null where there is none."""

    slug: str
    name: str
    value: int | str | list[str] | None


@router.get("/customers", response={200: PeopleAnswer, **PROBLEMS}, summary="List customers")
@needs(Right.CUSTOMERS_LIST)
def list_people(request: HttpRequest, asked: Query[PeopleListed]) -> PeopleAnswer:
    """By what they did and what was computed of it, pseudonymous. Audited; none of fewer than the privacy minimum."""
    found = actions.people(
        asked=_asked(request, asked), viewer=viewer_of(request), limit=asked.limit, offset=asked.offset
    )
    return PeopleAnswer(
        items=[_person(each) for each in found.rows],
        total=found.total,
        next_offset=found.next_offset,
        too_few=found.too_few,
        coverage=found.coverage,
    )


@router.get(
    "/customers/export", response={200: None, **PROBLEMS}, summary="Export a list of customers", openapi_extra=FILE
)
@needs(Right.CUSTOMERS_EXPORT)
def export_people(request: HttpRequest, asked: Query[PeopleExported]) -> StreamingHttpResponse:
    """As CSV or Parquet: numbers, events and the computed traits asked for, no names. Audited.

    In a tool's `shape` with names and contacts for who may read customers, without them for others.
    """
    made = actions.export_people(
        asked=_asked(request, asked),
        viewer=viewer_of(request),
        file_format=actions.ListFormat(asked.format),
        shape=asked.shape,
    )
    answer = StreamingHttpResponse(made.pieces, content_type=made.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


@router.get(
    "/customers/{customer}/computed", response={200: Page[ComputedAnswer], **PROBLEMS}, summary="Compute traits"
)
@needs(Right.CUSTOMERS_READ)
def list_computed(request: HttpRequest, customer: Number) -> Page[ComputedAnswer]:
    """Of one customer, from their events as far as the timeline has come."""
    found = queries.computed(customer=customer, viewer=viewer_of(request))
    items = [
        ComputedAnswer(slug=rule.slug, name=rule.name, value=None if value is None else _written(value))
        for rule, value in found
    ]
    return Page[ComputedAnswer](items=items)


@router.get("/traits", response={200: Page[TraitAnswer], **PROBLEMS}, summary="List computed traits")
def list_traits(request: HttpRequest) -> Page[TraitAnswer]:
    """By name."""
    return Page[TraitAnswer](items=[_trait(each) for each in queries.traits(viewer=viewer_of(request))])


@router.put("/traits/{slug}", response={200: TraitAnswer, **PROBLEMS}, summary="Save a computed trait")
@needs(Right.PLAN_WRITE)
def save_trait(request: HttpRequest, slug: Slug, said: TraitText) -> TraitAnswer:
    """In place of the one with the same slug."""
    rule = TraitRule(
        slug=slug,
        name=said.name,
        how=How(said.how),
        of=said.of,
        currency=said.currency,
        events=tuple(said.events),
        where={name: tuple(values) for name, values in said.where.items()},
        window_days=said.window_days,
    )
    return _trait(actions.save_trait(rule=rule, viewer=viewer_of(request)))


@router.delete("/traits/{slug}", response={204: None, **PROBLEMS}, summary="Delete a computed trait")
@needs(Right.PLAN_WRITE)
def delete_trait(request: HttpRequest, slug: Slug) -> Status[None]:
    """Lists that show it or ask for it no longer can."""
    actions.delete_trait(slug=slug, viewer=viewer_of(request))
    return Status(204, None)


def _asked(request: HttpRequest, asked: PeopleQuery) -> PeopleAsked:
    viewer = viewer_of(request)
    if asked.saved:
        found = queries.saved_list(id=asked.saved.replace("\x00", ""), viewer=viewer)
        return queries.asked_for(found.parameters, viewer=viewer)
    whole = asked.since is None and asked.until is None and asked.days is None
    return PeopleAsked(
        period=Period() if whole else period(asked, viewer),
        events=event_filter(asked),
        state=asked.state,
        holds=asked.holds.strip(),
        belongs_to=asked.belongs_to,
        conditions=tuple(map(queries.condition, asked.when)),
        known=tuple(map(queries.known, asked.known)),
        traits=tuple(asked.trait),
        sort=asked.sort,
        ascending=asked.ascending,
        purpose=Purpose(asked.purpose),
    )


def _person(row: PersonLine) -> PersonAnswer:
    return PersonAnswer(
        customer=str(row.customer),
        token=row.token,
        events=row.events,
        first_at=row.first_at,
        last_at=row.last_at,
        traits={slug: _written(value) for slug, value in row.traits.items()},
    )


def _trait(rule: TraitRule) -> TraitAnswer:
    return TraitAnswer(
        slug=rule.slug,
        name=rule.name,
        how=rule.how.value,
        of=rule.of,
        currency=rule.currency,
        events=list(rule.events),
        where={name: list(values) for name, values in rule.where.items()},
        window_days=rule.window_days,
        updated_at=rule.updated_at,
    )


def _written(value: ComputedValue) -> int | str | list[str]:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
