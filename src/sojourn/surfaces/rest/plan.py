"""The tracking plan, what was discovered, what breaks it, and who is late."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import actions, queries
from sojourn.domains.catalogue.contracts import (
    EventGroup,
    EventTypeRow,
    GroupRow,
    Plan,
    PlanVersion,
    SourceFreshness,
    Violation,
)
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, sliced
from sojourn.surfaces.rest.types import PlainNumber

router = Router(tags=["tracking plan"])
TEXT_MAX_CHARACTERS = 2_000_000
VERSION_MAX = 2_147_483_647
Base = Annotated[int, Field(ge=0, le=VERSION_MAX), PlainNumber]
GroupName = Annotated[str, Path(max_length=200, description="The group's name.")]
Version = Annotated[int | None, Query(ge=1, le=VERSION_MAX, description="None: the newest.")]


class PlanText(Schema):
    """A plan as YAML, or as JSON, which is YAML."""

    text: str = Field(max_length=TEXT_MAX_CHARACTERS)
    base: Base | None = Field(None, description="The version that was edited.")


class PlanAnswer(Schema):
    """A plan, read and as YAML."""

    version: int
    text: str
    plan: Plan


class GroupBody(Schema):
    """The events of a group; in a name `*` stands for any letters, such as `card.*`."""

    events: list[str] = Field(min_length=1, max_length=5_000, description="Names of events; `*` for any letters.")
    kind: str = Field("", max_length=200, description="Brings groups together one level higher.")


@router.get("/plan", response={200: PlanAnswer, **PROBLEMS}, summary="Show the tracking plan")
def get_plan(request: HttpRequest, version: Version = None) -> PlanAnswer:
    """The newest version, or the one asked for; version 0 is the empty plan before the first."""
    return _answer(queries.plan(version))


@router.put("/plan", response={200: PlanAnswer, **PROBLEMS}, summary="Save the tracking plan as the next version")
@needs(Right.PLAN_WRITE)
def put_plan(request: HttpRequest, body: PlanText) -> PlanAnswer:
    """The same plan again makes no version. What means nothing is refused with line and field."""
    return _answer(actions.save_plan(text=body.text, base=body.base, viewer=viewer_of(request)))


@router.post("/plan/check", response={200: PlanAnswer, **PROBLEMS}, summary="Read a tracking plan without saving it")
@needs(Right.PLAN_WRITE)
def check_plan(request: HttpRequest, body: PlanText) -> PlanAnswer:
    """What means nothing is refused with line and field."""
    return _answer(queries.read_plan(body.text))


@router.get("/plan/versions", response={200: Page[PlanVersion], **PROBLEMS}, summary="List the plan's versions")
def list_versions(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[PlanVersion]:
    """Newest first."""
    rows, following = sliced(queries.plan_versions(), limit=limit, cursor=cursor)
    return Page[PlanVersion](items=rows, next=following)


@router.get(
    "/plan/discovered", response={200: Page[EventTypeRow], **PROBLEMS}, summary="List events and properties as seen"
)
@needs(Right.FIGURES_READ, whole=True)
def list_discovered(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[EventTypeRow]:
    """Most frequent first, with types, counts, first and last seen; names beyond the bound stand under (other)."""
    rows, following = sliced(queries.discovered(), limit=limit, cursor=cursor)
    return Page[EventTypeRow](items=rows, next=following)


@router.get("/plan/violations", response={200: Page[Violation], **PROBLEMS}, summary="List what breaks the plan")
@needs(Right.FIGURES_READ, whole=True)
def list_violations(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[Violation]:
    """Counted by event, property and rule, most frequent first."""
    rows, following = sliced(queries.violations(), limit=limit, cursor=cursor)
    return Page[Violation](items=rows, next=following)


@router.delete("/plan/violations", response={204: None, **PROBLEMS}, summary="Count violations anew")
@needs(Right.PLAN_WRITE)
def forget_violations(request: HttpRequest) -> Status[None]:
    """After the plan or a client was put right."""
    actions.forget_violations(viewer=viewer_of(request))
    return Status(204, None)


@router.get("/plan/groups", response={200: Page[GroupRow], **PROBLEMS}, summary="List the groups of events")
@needs(Right.FIGURES_READ, whole=True)
def list_groups(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[GroupRow]:
    """As the plan has them, with the names seen that belong to each."""
    rows, following = sliced(queries.grouped(), limit=limit, cursor=cursor)
    return Page[GroupRow](items=rows, next=following)


@router.get(
    "/plan/groups/suggested", response={200: Page[GroupRow], **PROBLEMS}, summary="Suggest groups by names alike"
)
@needs(Right.FIGURES_READ, whole=True)
def suggest_groups(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[GroupRow]:
    """Three names and more that begin alike and have no group yet, most names first."""
    rows, following = sliced(queries.suggested_groups(), limit=limit, cursor=cursor)
    return Page[GroupRow](items=rows, next=following)


@router.put("/plan/groups/{path:name}", response={200: PlanAnswer, **PROBLEMS}, summary="Save a group of events")
@needs(Right.PLAN_WRITE)
def put_group(request: HttpRequest, name: GroupName, body: GroupBody) -> PlanAnswer:
    """In place of the one called so, as the plan's next version."""
    group = EventGroup(name=name, events=tuple(body.events), kind=body.kind)
    return _answer(actions.save_group(group=group, viewer=viewer_of(request)))


@router.delete("/plan/groups/{path:name}", response={200: PlanAnswer, **PROBLEMS}, summary="Take a group apart")
@needs(Right.PLAN_WRITE)
def delete_group(request: HttpRequest, name: GroupName) -> PlanAnswer:
    """The plan's next version is without it; its events are seen by their names again."""
    return _answer(actions.delete_group(name=name, viewer=viewer_of(request)))


@router.get("/freshness", response={200: Page[SourceFreshness], **PROBLEMS}, summary="Say when each source was heard")
@needs(Right.FIGURES_READ, whole=True)
def list_freshness(request: HttpRequest) -> Page[SourceFreshness]:
    """Active sources: ok, late, silent, or open where none promised anything."""
    return Page[SourceFreshness](items=list(queries.freshness()))


def _answer(plan: Plan) -> PlanAnswer:
    return PlanAnswer(version=plan.version, text=queries.plan_document(plan), plan=plan)
