"""The tree of units."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.organisation import actions, queries
from sojourn.domains.organisation.contracts import Move, TreeChange, Unit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, sliced
from sojourn.surfaces.rest.types import Day, Flag

router = Router(tags=["organisation"])
UNITS_MAX = 50_000
Code = Annotated[str, Path(max_length=63)]
TEXT_MAX_CHARACTERS = 10_000_000


class UnitText(Schema):
    """A unit in one place of the tree for one span of days."""

    code: str = Field(min_length=1, max_length=63)
    name: str = Field(min_length=1, max_length=200)
    kind: str = Field(min_length=1, max_length=63)
    parent: str | None = Field(None, max_length=63)
    since: Day | None = None
    until: Day | None = Field(None, description="First day after it.")


class UnitTree(Schema):
    """The whole tree, past and future moves included: either rows, or a text (YAML or CSV)."""

    units: list[UnitText] | None = Field(None, max_length=UNITS_MAX)
    text: str | None = Field(None, max_length=TEXT_MAX_CHARACTERS)


class MoveText(Schema):
    """Where a unit goes, and from when."""

    parent: str | None = Field(None, max_length=63, description="The unit that it goes below; none: the top.")
    since: Day = Field(description="First day there.")
    preview: Flag = Field(False, description="Only say what would change.")


class SavedUnits(Schema):
    """How many rows the tree has now."""

    count: int


@router.get("/units", response={200: Page[Unit], **PROBLEMS}, summary="List the units")
def list_units(request: HttpRequest, at: Day | None = None, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[Unit]:
    """Those that stand on a day; without a day every row, moves included."""
    rows, following = sliced(queries.units(at=at), limit=limit, cursor=cursor)
    return Page[Unit](items=rows, next=following)


@router.put("/units", response={200: SavedUnits, **PROBLEMS}, summary="Save the whole tree of units")
@needs(Right.UNITS_MANAGE)
def put_units(request: HttpRequest, body: UnitTree) -> SavedUnits:
    """Replaces the tree. Cycles, unknown parents and a unit twice for the same days are refused."""
    viewer = viewer_of(request)
    if (body.units is None) == (body.text is None):
        raise InvalidError("units, text: give one of the two.")
    if body.units is not None:
        return SavedUnits(count=actions.save_units([Unit(**each.dict()) for each in body.units], by=viewer.name))
    return SavedUnits(count=actions.save_units_text(body.text or "", by=viewer.name))


@router.post("/units/{code}/move", response={200: Move, **PROBLEMS}, summary="Move a unit from a day on")
@needs(Right.UNITS_MANAGE)
def move_unit(request: HttpRequest, code: Code, body: MoveText) -> Move:
    """With all below it. What happened before that day stays where it was; `preview` only says what would change."""
    viewer = viewer_of(request)
    return actions.move_unit(code=code, parent=body.parent, since=body.since, by=viewer.name, preview=body.preview)


@router.post("/units/undo", response={200: TreeChange, **PROBLEMS}, summary="Take the tree's last change back")
@needs(Right.UNITS_MANAGE)
def undo(request: HttpRequest) -> TreeChange:
    """The last twenty are kept."""
    return actions.undo(by=viewer_of(request).name)
