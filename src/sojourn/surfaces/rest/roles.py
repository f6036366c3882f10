"""Roles with their rights, and what groups of the identity provider give."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import GroupRole, NamedRole, Right
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page

router = Router(tags=["people and keys"])
Slug = Annotated[str, Path(max_length=63, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class RoleText(Schema):
    """A role of the organisation's own."""

    name: str = Field(min_length=1, max_length=100)
    rights: list[Right] = Field(min_length=1, max_length=len(Right))


class GroupText(Schema):
    """What a group gives: a role, in a unit and all below it or in the whole organisation."""

    group: str = Field(min_length=1, max_length=200, description="As the identity provider writes it.")
    role: str = Field(min_length=1, max_length=63)
    unit: str | None = Field(None, max_length=63)


@router.get("/roles", response={200: Page[NamedRole], **PROBLEMS}, summary="List the roles with their rights")
@needs(Right.PEOPLE_MANAGE)
def list_roles(request: HttpRequest) -> Page[NamedRole]:
    """Those that come with Sojourn, then the organisation's own."""
    return Page[NamedRole](items=list(queries.roles()))


@router.put("/roles/{slug}", response={200: NamedRole, **PROBLEMS}, summary="Save a role of your own")
@needs(Right.PEOPLE_MANAGE)
def save_role(request: HttpRequest, slug: Slug, body: RoleText) -> NamedRole:
    """Who has it has its new rights at once. Nobody puts a right into a role that they do not have."""
    return actions.save_role(slug=slug, name=body.name, rights=body.rights, viewer=viewer_of(request))


@router.delete("/roles/{slug}", response={204: None, **PROBLEMS}, summary="Delete a role of your own")
@needs(Right.PEOPLE_MANAGE)
def delete_role(request: HttpRequest, slug: Slug) -> Status[None]:
    """One that nobody has."""
    actions.delete_role(slug=slug, viewer=viewer_of(request))
    return Status(204, None)


@router.get("/groups", response={200: Page[GroupRole], **PROBLEMS}, summary="List what groups give")
@needs(Right.PEOPLE_MANAGE)
def list_groups(request: HttpRequest) -> Page[GroupRole]:
    """Groups of the identity provider, and the roles that their members get at sign-in."""
    return Page[GroupRole](items=list(queries.group_roles(viewer=viewer_of(request))))


@router.post("/groups", response={200: GroupRole, **PROBLEMS}, summary="Let a group give a role")
@needs(Right.PEOPLE_MANAGE)
def map_group(request: HttpRequest, body: GroupText) -> GroupRole:
    """From the next sign-in of its members on."""
    return actions.map_group(**body.dict(), viewer=viewer_of(request))


@router.delete("/groups", response={204: None, **PROBLEMS}, summary="Let a group give a role no longer")
@needs(Right.PEOPLE_MANAGE)
def unmap_group(request: HttpRequest, asked: Query[GroupText]) -> Status[None]:
    """Its members lose the role at their next sign-in."""
    actions.unmap_group(**asked.dict(), viewer=viewer_of(request))
    return Status(204, None)
