"""People and API keys."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import ApiKey, NewKey, Person, Right, Role, RoleGrant, Scope
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.types import Flag, Instant

router = Router(tags=["people and keys"])
Id = Annotated[int, Path(ge=1, lt=1 << 63)]
RoleName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
UnitCode = Annotated[
    str | None, Field(None, max_length=63, description="In this unit and all below it; none: the whole.")
]


class GrantText(Schema):
    """A role in a part of the organisation."""

    role: RoleName
    unit: UnitCode = None


class Grants(Schema):
    """The roles that somebody or a key has, and where."""

    items: list[RoleGrant]


class GrantAsked(Schema):
    """Which grant: a role, and the unit that it was given for."""

    role: str = Field(max_length=63)
    unit: str | None = Field(None, max_length=63)


class NewPerson(Schema):
    """Somebody who shall sign in."""

    email: str = Field(max_length=254)
    role: RoleName = Role.VIEWER.value
    unit: UnitCode = None
    password: str | None = Field(None, max_length=1_000, description="None: they cannot sign in until one is set.")


class PersonChange(Schema):
    """What changes; the rest stays."""

    role: RoleName | None = Field(None, description="In the whole organisation, instead of all given by hand.")
    is_active: Flag | None = None


class EmployeeIds(Schema):
    """Who somebody is in the events."""

    ids: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        max_length=20, description="As sources send them in `agent`; none: nobody. Only their random numbers are kept."
    )


class Password(Schema):
    """A new password."""

    password: str = Field(max_length=1_000)


class KeyRequest(Schema):
    """The key that shall be made."""

    name: str = Field(max_length=100)
    scopes: list[Scope] = Field(min_length=1, max_length=2)
    role: RoleName = Role.ANALYST.value
    unit: UnitCode = None
    expires_at: Instant | None = None


@router.get("/people", response={200: Page[Person], **PROBLEMS}, summary="List who signs in")
@needs(Right.PEOPLE_MANAGE)
def list_people(request: HttpRequest) -> Page[Person]:
    """With the right people.manage."""
    return Page[Person](items=list(queries.people(viewer=viewer_of(request))))


@router.post("/people", response={201: Person, **PROBLEMS}, summary="Make somebody who signs in")
@needs(Right.PEOPLE_MANAGE)
def create_person(request: HttpRequest, body: NewPerson) -> Status[Person]:
    """With the right people.manage."""
    viewer = viewer_of(request)
    return Status(201, actions.create_person(**body.dict(), viewer=viewer))


@router.patch("/people/{person_id}", response={200: Person, **PROBLEMS}, summary="Change a role, shut out, let in")
@needs(Right.PEOPLE_MANAGE)
def change_person(request: HttpRequest, person_id: Id, body: PersonChange) -> Person:
    """With the right people.manage. The last administrator stays one."""
    return actions.change_person(
        person_id=person_id, role=body.role, is_active=body.is_active, viewer=viewer_of(request)
    )


@router.put("/people/{person_id}/password", response={204: None, **PROBLEMS}, summary="Set a password")
@needs(None)
def set_password(request: HttpRequest, person_id: Id, body: Password) -> Status[None]:
    """One's own, or with the right people.manage anybody's."""
    actions.set_password(person_id=person_id, password=body.password, viewer=viewer_of(request))
    return Status(204, None)


@router.put("/people/{person_id}/employee", response={200: Person, **PROBLEMS}, summary="Say which employee it is")
@needs(Right.PEOPLE_MANAGE)
def set_employee(request: HttpRequest, person_id: Id, body: EmployeeIds) -> Person:
    """With the rights people.manage and employees.read. They then see figures about themselves, of enough customers."""
    return actions.set_employee(person_id=person_id, ids=body.ids, viewer=viewer_of(request))


@router.post("/people/{person_id}/grants", response={200: Grants, **PROBLEMS}, summary="Give somebody a role")
@needs(Right.PEOPLE_MANAGE)
def grant_to_person(request: HttpRequest, person_id: Id, body: GrantText) -> Grants:
    """In a unit and all below it, or in the whole organisation. Nobody gives a right that they do not have there."""
    given = actions.grant_to_person(person_id=person_id, **body.dict(), viewer=viewer_of(request))
    return Grants(items=list(given))


@router.delete("/people/{person_id}/grants", response={200: Grants, **PROBLEMS}, summary="Take a role back")
@needs(Right.PEOPLE_MANAGE)
def withdraw_from_person(request: HttpRequest, person_id: Id, asked: Query[GrantAsked]) -> Grants:
    """One that was given by hand. The last administrator stays one."""
    left = actions.withdraw_from_person(person_id=person_id, **asked.dict(), viewer=viewer_of(request))
    return Grants(items=list(left))


@router.get("/keys", response={200: Page[ApiKey], **PROBLEMS}, summary="List the API keys")
@needs(Right.PEOPLE_MANAGE)
def list_keys(request: HttpRequest) -> Page[ApiKey]:
    """With the right people.manage. The secrets are kept nowhere."""
    return Page[ApiKey](items=list(queries.api_keys(viewer=viewer_of(request))))


@router.post("/keys", response={201: NewKey, **PROBLEMS}, summary="Make an API key")
@needs(Right.PEOPLE_MANAGE)
def create_key(request: HttpRequest, body: KeyRequest) -> Status[NewKey]:
    """With the right people.manage. The answer holds the secret, this once."""
    return Status(
        201,
        actions.create_key(
            name=body.name,
            scopes=frozenset(body.scopes),
            role=body.role,
            unit=body.unit,
            expires_at=body.expires_at,
            viewer=viewer_of(request),
        ),
    )


@router.delete("/keys/{key_id}", response={200: ApiKey, **PROBLEMS}, summary="Close an API key for good")
@needs(Right.PEOPLE_MANAGE)
def revoke_key(request: HttpRequest, key_id: Id) -> ApiKey:
    """With the right people.manage."""
    return actions.revoke_key(key_id=key_id, viewer=viewer_of(request))


@router.post("/keys/{key_id}/grants", response={200: Grants, **PROBLEMS}, summary="Give a key a role")
@needs(Right.PEOPLE_MANAGE)
def grant_to_key(request: HttpRequest, key_id: Id, body: GrantText) -> Grants:
    """In a unit and all below it, or in the whole organisation; the key's scopes narrow it."""
    given = actions.grant_to_key(key_id=key_id, **body.dict(), viewer=viewer_of(request))
    return Grants(items=list(given))


@router.delete("/keys/{key_id}/grants", response={200: Grants, **PROBLEMS}, summary="Take a role back from a key")
@needs(Right.PEOPLE_MANAGE)
def withdraw_from_key(request: HttpRequest, key_id: Id, asked: Query[GrantAsked]) -> Grants:
    """What it has besides stays."""
    left = actions.withdraw_from_key(key_id=key_id, **asked.dict(), viewer=viewer_of(request))
    return Grants(items=list(left))
