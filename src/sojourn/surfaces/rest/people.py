"""People and API keys."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import ApiKey, AuditEntry, NewKey, Person, Right, Role, Scope
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, encode, number
from sojourn.surfaces.rest.types import Flag, Instant

router = Router(tags=["people and keys"])
Id = Annotated[int, Path(ge=1, lt=1 << 63)]


class NewPerson(Schema):
    """Somebody who shall sign in."""

    email: str = Field(max_length=254)
    role: Role = Role.VIEWER
    password: str | None = Field(None, max_length=1_000, description="None: they cannot sign in until one is set.")


class PersonChange(Schema):
    """What changes; the rest stays."""

    role: Role | None = None
    is_active: Flag | None = None


class Password(Schema):
    """A new password."""

    password: str = Field(max_length=1_000)


class KeyRequest(Schema):
    """The key that shall be made."""

    name: str = Field(max_length=100)
    scopes: list[Scope] = Field(min_length=1, max_length=2)
    role: Role = Role.ANALYST
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
    return Status(201, actions.create_person(email=body.email, role=body.role, password=body.password, viewer=viewer))


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
            expires_at=body.expires_at,
            viewer=viewer_of(request),
        ),
    )


@router.delete("/keys/{key_id}", response={200: ApiKey, **PROBLEMS}, summary="Close an API key for good")
@needs(Right.PEOPLE_MANAGE)
def revoke_key(request: HttpRequest, key_id: Id) -> ApiKey:
    """With the right people.manage."""
    return actions.revoke_key(key_id=key_id, viewer=viewer_of(request))


@router.get("/audit", response={200: Page[AuditEntry], **PROBLEMS}, summary="List who did what, newest first")
@needs(Right.AUDIT_READ)
def list_audit(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[AuditEntry]:
    """With the right audit.read."""
    rows = queries.audit_log(viewer=viewer_of(request), before=number(cursor), limit=limit)
    return Page[AuditEntry](items=list(rows), next=encode(rows[-1].id) if len(rows) == limit else None)
