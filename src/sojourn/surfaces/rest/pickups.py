"""Pickups: files fetched by schedule from SFTP servers, object stores and databases."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import FileSeen, Pickup, PickupKind, PickupTerms
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, sliced

router = Router(tags=["pickups"])
WHERE = (
    "sftp: host, port, user, folder, host_key; objects: bucket, access_key, folder, endpoint, region; "
    "database: host, port, database, user, query, name, is_encrypted."
)
Where = Annotated[dict[str, str | int | bool], Field(description=WHERE, max_length=20)]
Secret = Annotated[str, Field(max_length=20_000, description="Password, private key or secret key; never shown again.")]
Minutes = Annotated[int, Field(ge=5, le=10_080)]


class PickupAsked(Schema):
    """What is fetched from where, into which source, and when."""

    name: str = Field(min_length=1, max_length=63)
    kind: PickupKind
    source: str = Field(min_length=1, max_length=63, description="Slug of the source.")
    where: Where
    secret: Secret
    pattern: str = Field("*", max_length=500, description="Of names, such as *.csv.")
    preset: str = Field("", max_length=100, description="Of the mapping; empty: the one that fits.")
    has_control: bool = Field(False, description="Take a file only with NAME.control beside it.")
    every_minutes: Minutes | None = Field(None, description="This or daily_at.")
    daily_at: str = Field("", max_length=5, description="Such as 02:30, in zone.")
    zone: str = Field("UTC", max_length=64)


class PickupChange(Schema):
    """What to change; what is not said stays."""

    source: str | None = Field(None, max_length=63)
    where: Where | None = None
    secret: Secret | None = None
    pattern: str | None = Field(None, max_length=500)
    preset: str | None = Field(None, max_length=100)
    has_control: bool | None = None
    every_minutes: Minutes | None = Field(None, description="Instead of a daily time.")
    daily_at: str | None = Field(None, max_length=5, description="Instead of every so many minutes.")
    zone: str | None = Field(None, max_length=64)
    is_active: bool | None = Field(None, description="false: no rounds until it is on again.")


class RoundAsked(Schema):
    """A round, now."""

    again: str = Field("", max_length=200, description="A file to fetch though it did not change.")


@router.get("/pickups", response={200: Page[Pickup], **PROBLEMS}, summary="List the pickups")
@needs(Right.SOURCES_MANAGE)
def list_pickups(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[Pickup]:
    """By name, with how the last round went."""
    rows, following = sliced(queries.pickups(viewer=viewer_of(request)), limit=limit, cursor=cursor)
    return Page[Pickup](items=rows, next=following)


@router.post("/pickups", response={201: Pickup, **PROBLEMS}, summary="Make a pickup")
@needs(Right.SOURCES_MANAGE)
def post_pickup(request: HttpRequest, body: PickupAsked) -> Status[Pickup]:
    """Its first round is at the next time of its schedule, or when asked for."""
    said = body.model_dump(exclude={"secret"})
    return Status(201, actions.make_pickup(PickupTerms(**said), secret=body.secret, viewer=viewer_of(request)))


@router.get("/pickups/{name}", response={200: Pickup, **PROBLEMS}, summary="Show a pickup")
@needs(Right.SOURCES_MANAGE)
def get_pickup(request: HttpRequest, name: str) -> Pickup:
    """But for its secret."""
    return queries.pickup(name, viewer=viewer_of(request))


@router.patch("/pickups/{name}", response={200: Pickup, **PROBLEMS}, summary="Change a pickup, switch it off or on")
@needs(Right.SOURCES_MANAGE)
def patch_pickup(request: HttpRequest, name: str, body: PickupChange) -> Pickup:
    """Name and kind stay."""
    changes: dict[str, Any] = body.model_dump(exclude={"secret", "is_active"}, exclude_none=True)
    if "every_minutes" in changes:
        changes["daily_at"] = ""
    elif "daily_at" in changes:
        changes["every_minutes"] = None
    return actions.change_pickup(
        name, changes=changes, secret=body.secret, is_active=body.is_active, viewer=viewer_of(request)
    )


@router.delete("/pickups/{name}", response={204: None, **PROBLEMS}, summary="Delete a pickup")
@needs(Right.SOURCES_MANAGE)
def delete_pickup(request: HttpRequest, name: str) -> Status[None]:
    """Its secret goes with it; what it delivered stays."""
    actions.delete_pickup(name, viewer=viewer_of(request))
    return Status(204, None)


@router.post("/pickups/{name}/look", response={200: Page[FileSeen], **PROBLEMS}, summary="Look at a pickup's place")
@needs(Right.SOURCES_MANAGE)
def look(request: HttpRequest, name: str) -> Page[FileSeen]:
    """The files there, and what the next round does with each; nothing is fetched."""
    return Page[FileSeen](items=list(queries.look(name, viewer=viewer_of(request))))


@router.post("/pickups/{name}/run", response={202: Pickup, **PROBLEMS}, summary="Ask for a round now")
@needs(Right.SOURCES_MANAGE)
def run(request: HttpRequest, name: str, body: RoundAsked) -> Status[Pickup]:
    """It begins within seconds; what it fetched is among the deliveries."""
    return Status(202, actions.ask_pickup(name, again=body.again, viewer=viewer_of(request)))
