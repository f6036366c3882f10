"""What is kept and for how long: retention rules, statutory duties, legal holds."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import AccountKind, Duty, Hold, RetentionPreview, RetentionRule
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.types import Day, Flag

router = Router(tags=["data rights"])
BIGGEST = (1 << 63) - 1
Number = Annotated[int, Path(ge=1, le=BIGGEST)]
Slug = Annotated[str, Path(max_length=63, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Texts = Annotated[list[str], Field(max_length=200)]


class DutyText(Schema):
    """A statutory duty to keep."""

    title: str = Field(max_length=100)
    law: str = Field(max_length=200)
    events: Texts = []
    traits: Texts = []
    accounts: list[AccountKind] = Field(
        [], max_length=3, description="Kinds of account of which it is kept who held them or belonged to them."
    )
    ends: Texts = Field([], description="Events that end the relationship: the months count from the last of them.")
    months: int = Field(ge=1, le=1_200)
    is_active: Flag = True


class HoldText(Schema):
    """A hold on one customer."""

    customer: int = Field(ge=0, le=BIGGEST)
    reason: str = Field(min_length=1, max_length=300, description="Without names of people.")
    until: Day


class Released(Schema):
    """Why a hold ends."""

    reason: str = Field(min_length=1, max_length=300, description="Without names of people.")


class RetentionText(Schema):
    """A retention rule."""

    title: str = Field(max_length=100)
    events: Texts = Field([], description="Names of events; empty: all.")
    field: str = Field("", max_length=100, description="The property that they lose; empty: they go as a whole.")
    days: int = Field(ge=1, le=36_500, description="After they occurred.")


@router.get("/duties", response={200: Page[Duty], **PROBLEMS}, summary="List the statutory duties to keep")
@needs(Right.RETENTION_READ)
def list_duties(request: HttpRequest) -> Page[Duty]:
    """By name."""
    return Page[Duty](items=list(queries.duties(viewer=viewer_of(request))))


@router.put("/duties/{name}", response={200: Duty, **PROBLEMS}, summary="Save a statutory duty to keep")
@needs(Right.RETENTION_MANAGE)
def save_duty(request: HttpRequest, name: Slug, body: DutyText) -> Duty:
    """It counts for erasures from now on."""
    duty = Duty(
        name=name,
        title=body.title,
        law=body.law,
        events=tuple(body.events),
        traits=tuple(body.traits),
        accounts=tuple(dict.fromkeys(body.accounts)),
        ends=tuple(body.ends),
        months=body.months,
        is_active=body.is_active,
    )
    return actions.save_duty(duty=duty, viewer=viewer_of(request))


@router.delete("/duties/{name}", response={204: None, **PROBLEMS}, summary="Delete a statutory duty")
@needs(Right.RETENTION_MANAGE)
def delete_duty(request: HttpRequest, name: Slug) -> Status[None]:
    """What it keeps already stays until its date."""
    actions.delete_duty(name=name, viewer=viewer_of(request))
    return Status(204, None)


@router.get("/retention-rules", response={200: Page[RetentionRule], **PROBLEMS}, summary="List the retention rules")
@needs(Right.RETENTION_READ)
def list_retention(request: HttpRequest) -> Page[RetentionRule]:
    """With when they last worked, and on how many rows."""
    return Page[RetentionRule](items=list(queries.retention_rules(viewer=viewer_of(request))))


@router.put("/retention-rules/{name}", response={200: RetentionRule, **PROBLEMS}, summary="Save a retention rule")
@needs(Right.RETENTION_MANAGE)
def save_retention(request: HttpRequest, name: Slug, body: RetentionText) -> RetentionRule:
    """It works from the next night on; until then it can be deleted and nothing has happened."""
    return actions.save_retention(rule=_rule(name, body), viewer=viewer_of(request))


@router.post(
    "/retention-rules/{name}/preview", response={200: RetentionPreview, **PROBLEMS}, summary="Preview a retention rule"
)
@needs(Right.RETENTION_MANAGE)
def preview_retention(request: HttpRequest, name: Slug, body: RetentionText) -> RetentionPreview:
    """Count what it would take today, saved or not."""
    return queries.retention_preview(rule=_rule(name, body), viewer=viewer_of(request))


@router.delete("/retention-rules/{name}", response={204: None, **PROBLEMS}, summary="Delete a retention rule")
@needs(Right.RETENTION_MANAGE)
def delete_retention(request: HttpRequest, name: Slug) -> Status[None]:
    """What it has taken is gone."""
    actions.delete_retention(name=name, viewer=viewer_of(request))
    return Status(204, None)


def _rule(name: str, body: RetentionText) -> RetentionRule:
    return RetentionRule(name=name, title=body.title, events=tuple(body.events), field=body.field, days=body.days)


@router.get("/holds", response={200: Page[Hold], **PROBLEMS}, summary="List the legal holds")
@needs(Right.RETENTION_READ)
def list_holds(request: HttpRequest) -> Page[Hold]:
    """Active ones first, the next to end before the others; whom they lock by number only."""
    return Page[Hold](items=list(queries.holds(viewer=viewer_of(request))))


@router.post("/holds", response={201: Hold, **PROBLEMS}, summary="Keep everything of a customer until a day")
@needs(Right.RETENTION_MANAGE)
def place_hold(request: HttpRequest, body: HoldText) -> Status[Hold]:
    """For a dispute, or by order: no erasure and no retention rule takes anything of theirs."""
    until: date = body.until
    viewer = viewer_of(request)
    return Status(201, actions.place_hold(customer=body.customer, reason=body.reason, until=until, viewer=viewer))


@router.post("/holds/{number}/release", response={200: Hold, **PROBLEMS}, summary="Release a legal hold")
@needs(Right.RETENTION_MANAGE)
def release_hold(request: HttpRequest, number: Number, body: Released) -> Hold:
    """An erasure that waits for it goes on by the next night."""
    return actions.release_hold(number=number, reason=body.reason, viewer=viewer_of(request))
