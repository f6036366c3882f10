"""Sources and their write keys."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import actions, queries
from sojourn.domains.catalogue.contracts import Source, SourceKind
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.types import Flag, PlainNumber

router = Router(tags=["sources"])
Slug = Annotated[str, Path(max_length=63)]
RATE_MAX = 1_000_000
YEAR_MINUTES = 525_600
Rate = Annotated[int, Field(ge=0, le=RATE_MAX), PlainNumber]
Every = Annotated[int, Field(ge=0, le=YEAR_MINUTES), PlainNumber]


class SourceRequest(Schema):
    """The source that shall be made; its write key is made with it."""

    slug: str = Field(max_length=63, pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    name: str = Field("", max_length=100)
    kind: SourceKind = SourceKind.SERVER
    channel: str = Field("", max_length=63, description="Taken where an event names none; empty: by the kind.")
    is_strict: Flag = Field(False, description="Answer 400 when any item of a request is refused.")
    rate: Rate = Field(0, description="Events a second that intake takes; 0: as the settings say.")
    expected_every_minutes: Every | None = Field(None, description="Freshness promise; 0: none.")


class SourceChange(Schema):
    """What changes; the rest stays. A promise of 0 minutes takes the promise back."""

    name: str | None = Field(None, max_length=100)
    channel: str | None = Field(None, max_length=63)
    is_strict: Flag | None = None
    is_active: Flag | None = None
    rate: Rate | None = None
    expected_every_minutes: Every | None = None


@router.get("/sources", response={200: Page[Source], **PROBLEMS}, summary="List the sources")
def list_sources(request: HttpRequest) -> Page[Source]:
    """Write keys are shown to those who may bring events in; for others they are empty."""
    viewer = viewer_of(request)
    return Page[Source](items=[queries.shown(each, viewer=viewer) for each in queries.sources()])


@router.post("/sources", response={201: Source, **PROBLEMS}, summary="Make a source")
@needs(Right.SOURCES_MANAGE)
def create_source(request: HttpRequest, body: SourceRequest) -> Status[Source]:
    """With the right sources.manage. Intake knows it at once."""
    return Status(201, actions.create_source(viewer=viewer_of(request), **body.dict()))


@router.get("/sources/{slug}", response={200: Source, **PROBLEMS}, summary="Show a source")
def get_source(request: HttpRequest, slug: Slug) -> Source:
    """The source with its write key."""
    return queries.shown(queries.source(slug), viewer=viewer_of(request))


@router.patch("/sources/{slug}", response={200: Source, **PROBLEMS}, summary="Change a source")
@needs(Right.SOURCES_MANAGE)
def change_source(request: HttpRequest, slug: Slug, body: SourceChange) -> Source:
    """With the right sources.manage."""
    return actions.change_source(slug=slug, viewer=viewer_of(request), **body.dict(exclude_unset=True))


@router.delete("/sources/{slug}", response={204: None, **PROBLEMS}, summary="Remove a source")
@needs(Right.SOURCES_MANAGE)
def delete_source(request: HttpRequest, slug: Slug) -> Status[None]:
    """With the right sources.manage. Its events stay."""
    actions.delete_source(slug=slug, viewer=viewer_of(request))
    return Status(204, None)


@router.post("/sources/{slug}/rotate", response={200: Source, **PROBLEMS}, summary="Give a source a new write key")
@needs(Right.SOURCES_MANAGE)
def rotate_write_key(request: HttpRequest, slug: Slug) -> Source:
    """With the right sources.manage. The old key opens nothing from now on."""
    return actions.rotate_write_key(slug=slug, viewer=viewer_of(request))
