"""Data rights: requests of customers, erasures with their certificates."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import (
    Certificate,
    Channel,
    Contact,
    Erasure,
    Holiday,
    Request,
    RequestKind,
)
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.types import Flag, Instant

router = Router(tags=["data rights"])
BIGGEST = (1 << 63) - 1
Number = Annotated[int, Path(ge=1, le=BIGGEST)]
Year = Annotated[int | None, Query(ge=1900, le=2199, description="This one.")]
Customer = Annotated[int, Path(ge=0, le=BIGGEST)]


class NewRequest(Schema):
    """A request as it came; at least a mail address or a phone number."""

    kind: RequestKind
    regulation: str = Field("gdpr", max_length=32)
    channel: Channel = Channel.API
    name: str = Field("", max_length=200)
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=40)
    message: str = Field("", max_length=4_000)
    language: str = Field("en", max_length=12)
    corrections: dict[str, str] = Field({}, description="New values of traits, for a rectification.")
    received_at: Instant | None = Field(None, description="When it came; now.")


class Told(Schema):
    """A request with who asks and what they wrote."""

    request: Request
    contact: Contact


class Verified(Schema):
    """Who it is and how somebody made sure."""

    customer: int = Field(ge=0, le=BIGGEST)
    how: str = Field(description="code, document, signed_in, known_voice or agent.", max_length=32)


class Reason(Schema):
    """A reason that the customer reads."""

    reason: str = Field(max_length=500)


class Closing(Reason):
    """Why a request is closed without doing what was asked."""

    withdrawn: Flag = Field(False, description="The customer took it back.")


class Pausing(Schema):
    """What the customer was asked for."""

    why: str = Field(description="identity or clarification.", max_length=16)
    reason: str = Field("", max_length=300, description="What exactly; the customer reads it.")


class Stone(Schema):
    """An erased identifier whose person has become a customer anew."""

    kind: str = Field(description="user, anonymous, email or phone.", max_length=16)
    value: str = Field(min_length=1, max_length=500)


class Lifted(Schema):
    """The number of a tombstone."""

    tombstone: int


@router.get("/requests", response={200: Page[Request], **PROBLEMS}, summary="List requests, the next due first")
@needs(Right.REQUESTS_HANDLE)
def list_requests(request: HttpRequest, kind: RequestKind | None = None, is_open: bool | None = None) -> Page[Request]:
    """With the right requests.handle."""
    found = queries.requests(viewer=viewer_of(request), kind=kind, is_open=is_open)
    return Page[Request](items=list(found))


@router.post("/requests", response={201: Request, **PROBLEMS}, summary="Write a request down")
@needs(Right.REQUESTS_HANDLE)
def open_request(request: HttpRequest, body: NewRequest) -> Status[Request]:
    """Its clock runs from the day on which it came."""
    contact = body.dict(include={"name", "email", "phone", "message", "language", "corrections"})
    made = actions.open_request(
        kind=body.kind,
        regulation=body.regulation,
        channel=body.channel,
        contact=Contact(**contact),
        received_at=body.received_at,
        by=viewer_of(request).name,
    )
    return Status(201, made)


@router.get("/requests/{number}", response={200: Told, **PROBLEMS}, summary="Show a request and who asks")
@needs(Right.REQUESTS_HANDLE)
def show_request(request: HttpRequest, number: Number) -> Told:
    """Who asks is forgotten some time after the answer."""
    viewer = viewer_of(request)
    return Told(request=queries.request(number, viewer=viewer), contact=queries.contact_of(number, viewer=viewer))


@router.post("/requests/{number}/acknowledge", response={200: Request, **PROBLEMS}, summary="Confirm the receipt")
@needs(Right.REQUESTS_HANDLE)
def acknowledge_request(request: HttpRequest, number: Number) -> Request:
    """By mail, where there is a mail server."""
    return actions.acknowledge_request(number=number, viewer=viewer_of(request))


@router.post("/requests/{number}/verify", response={200: Request, **PROBLEMS}, summary="Say who asks and how you know")
@needs(Right.REQUESTS_HANDLE)
def verify_request(request: HttpRequest, number: Number, body: Verified) -> Request:
    """Work begins after it."""
    return actions.verify_request(number=number, customer=body.customer, how=body.how, viewer=viewer_of(request))


@router.post("/requests/{number}/pause", response={200: Request, **PROBLEMS}, summary="Stop a request's clock")
@needs(Right.REQUESTS_HANDLE)
def pause_request(request: HttpRequest, number: Number, body: Pausing) -> Request:
    """Where the law allows it."""
    return actions.pause_request(number=number, why=body.why, reason=body.reason, viewer=viewer_of(request))


@router.post(
    "/requests/{number}/resume", response={200: Request, **PROBLEMS}, summary="Let a request's clock run again"
)
@needs(Right.REQUESTS_HANDLE)
def resume_request(request: HttpRequest, number: Number) -> Request:
    """The days on which it stood are added."""
    return actions.resume_request(number=number, viewer=viewer_of(request))


@router.post("/requests/{number}/extend", response={200: Request, **PROBLEMS}, summary="Extend a request's deadline")
@needs(Right.REQUESTS_HANDLE)
def extend_request(request: HttpRequest, number: Number, body: Reason) -> Request:
    """Once, before it ends, where the law allows it."""
    return actions.extend_request(number=number, reason=body.reason, viewer=viewer_of(request))


@router.post("/requests/{number}/work", response={200: Request, **PROBLEMS}, summary="Do what a request asks")
@needs(Right.REQUESTS_HANDLE)
def work_request(request: HttpRequest, number: Number) -> Request:
    """Step by step; one that failed is tried again."""
    return actions.begin_request(number=number, viewer=viewer_of(request))


@router.post(
    "/requests/{number}/close", response={200: Request, **PROBLEMS}, summary="Refuse a request, with the reason"
)
@needs(Right.REQUESTS_HANDLE)
def close_request(request: HttpRequest, number: Number, body: Closing) -> Request:
    """Or note that the customer took it back."""
    return actions.refuse_request(
        number=number, reason=body.reason, withdrawn=body.withdrawn, viewer=viewer_of(request)
    )


@router.get("/holidays", response={200: Page[Holiday], **PROBLEMS}, summary="List the holidays that deadlines know")
@needs(Right.REQUESTS_HANDLE)
def list_holidays(request: HttpRequest, year: Year = None) -> Page[Holiday]:
    """Of the company's calendar and its own days, which stand in privacy/holidays.yaml of the data folder."""
    return Page[Holiday](items=list(queries.holidays(year=year, viewer=viewer_of(request))))


@router.get("/erasures", response={200: Page[Erasure], **PROBLEMS}, summary="List erasures, newest first")
@needs(Right.REQUESTS_HANDLE)
def list_erasures(request: HttpRequest) -> Page[Erasure]:
    """With what is in the way of a proof."""
    return Page[Erasure](items=list(queries.erasures(viewer=viewer_of(request))))


@router.get(
    "/erasures/{number}/certificate",
    response={200: Certificate, **PROBLEMS},
    summary="Give the certificate of an erasure",
)
@needs(Right.REQUESTS_HANDLE)
def erasure_certificate(request: HttpRequest, number: Number) -> Certificate:
    """What was done and found; nothing personal stands in it."""
    return queries.erasure_certificate(number, viewer=viewer_of(request))


@router.post("/tombstones/lift", response={200: Lifted, **PROBLEMS}, summary="Let an erased identifier in again")
@needs(Right.REQUESTS_HANDLE)
def lift_tombstone(request: HttpRequest, body: Stone) -> Lifted:
    """Because its person has become a customer anew."""
    return Lifted(tombstone=actions.lift_tombstone(kind=body.kind, value=body.value, viewer=viewer_of(request)))


@router.delete("/restrictions/{customer}", response={204: None, **PROBLEMS}, summary="Let a customer be read again")
@needs(Right.REQUESTS_HANDLE)
def lift_restriction(request: HttpRequest, customer: Customer) -> Status[None]:
    """Who had asked not to be; what a duty or a hold locks stays locked."""
    actions.lift_restriction(customer=customer, viewer=viewer_of(request))
    return Status(204, None)
