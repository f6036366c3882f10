"""Invitations, and second factors taken away from who lost theirs."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access import actions
from sojourn.domains.access.contracts import Invitation, Right, Role
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs

router = Router(tags=["people and keys"])
Id = Annotated[int, Path(ge=1, lt=1 << 63)]


class InvitationAsked(Schema):
    """Who is invited, and as what."""

    email: str = Field(max_length=254)
    role: str = Field(Role.VIEWER.value, min_length=1, max_length=63, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    unit: str | None = Field(None, max_length=63, description="In this unit and all below it; none: the whole.")


class FactorsTaken(Schema):
    """How many second factors and recovery codes somebody had."""

    count: int


@router.post("/invitations", response={201: Invitation, **PROBLEMS}, summary="Invite somebody who signs in")
@needs(Right.PEOPLE_MANAGE)
def invite(request: HttpRequest, body: InvitationAsked) -> Status[Invitation]:
    """By mail, with a link to choose a password; without a mail server the answer holds the link, to be handed over."""
    return Status(201, actions.invite(email=body.email, role=body.role, unit=body.unit, viewer=viewer_of(request)))


@router.delete(
    "/people/{person_id}/factors", response={200: FactorsTaken, **PROBLEMS}, summary="Take second factors away"
)
@needs(Right.PEOPLE_MANAGE)
def reset_factors(request: HttpRequest, person_id: Id) -> FactorsTaken:
    """Of somebody who lost theirs; not of somebody who may more than who asks."""
    return FactorsTaken(count=actions.reset_factors(person_id=person_id, viewer=viewer_of(request)))
