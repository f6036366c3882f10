"""The customers behind a number."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.journeys import actions
from sojourn.domains.journeys.contracts import (
    BranchChosen,
    CellChosen,
    Chosen,
    CustomerPage,
    FunnelChosen,
    PathChosen,
    PathNodeKind,
    PatternChosen,
    Question,
    StepChosen,
    StepPlace,
    VariantChosen,
)
from sojourn.domains.privacy.contracts import Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.explorer import EdgeAsked, StepAsked
from sojourn.surfaces.rest.funnels import FunnelAsked, options_of, steps_of
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paths import TreeAsked, tree_of
from sojourn.surfaces.rest.patterns import PatternAsked
from sojourn.surfaces.rest.question import Purposed, QuestionAsked, question
from sojourn.surfaces.rest.retention import RetentionQuery, calendar_question, retention_of
from sojourn.surfaces.rest.types import Day

router = Router(tags=["customers"])
ANSWERS = {200: CustomerPage, **PROBLEMS}
NAME_MAX_CHARACTERS = 400


class Listed(Schema):
    """Which page of the list."""

    limit: int = Field(20, ge=1, le=100, description="Most customers on a page.")
    after: str = Field("", max_length=19, pattern="^[0-9]*$", description="`next` of the page before; empty: begin.")


class StepCustomersAsked(Listed, StepAsked):
    """A step of the graph."""

    place: StepPlace = Field(StepPlace.ANY, description="Who had it, or began (`first`) or ended (`last`) with it.")


class PathCustomersAsked(Listed, EdgeAsked):
    """A path of the graph."""


class VariantCustomersAsked(Listed, Purposed, QuestionAsked):
    """A variant."""

    step: list[str] = Field(min_length=1, max_length=62, description="Repeat for each step, first to last.")


class PatternCustomersAsked(Listed, PatternAsked):
    """A path pattern."""


class BranchCustomersAsked(Listed, TreeAsked):
    """A node of a tree of paths."""

    step: list[str] = Field([], max_length=10, description="Steps to the node, after the event; repeat for each.")
    kind: Literal["step", "end", "others"] = Field(
        "step", description="The last of these steps; or, behind it, that nothing more was seen, or steps not shown."
    )


class FunnelCustomersAsked(Listed, FunnelAsked):
    """A step of a funnel."""

    reached: int = Field(1, ge=1, le=50, description="The number of the step that was reached.")
    lost: bool = Field(False, description="Only who got no further.")
    part: str | None = Field(None, max_length=NAME_MAX_CHARACTERS, description="Only this value of the dimension `by`.")


class CellCustomersAsked(Listed, RetentionQuery):
    """A cell of a retention."""

    cohort: Day = Field(description="A day in the cohort's day, week or month.")
    column: int | None = Field(None, ge=0, le=99, description="The column, from 0; without it the whole cohort.")


@router.get("/graph/step/customers", response=ANSWERS, summary="List the customers of a step")
@needs(Right.CUSTOMERS_LIST)
def of_step(request: HttpRequest, asked: Query[StepCustomersAsked]) -> CustomerPage:
    """As many as the graph says. For analysts, and audited; none of fewer customers than the privacy minimum."""
    return _listed(request, asked, StepChosen(name=asked.step, place=asked.place))


@router.get("/graph/path/customers", response=ANSWERS, summary="List the customers of a path")
@needs(Right.CUSTOMERS_LIST)
def of_path(request: HttpRequest, asked: Query[PathCustomersAsked]) -> CustomerPage:
    """As many as the graph says. For analysts, and audited."""
    return _listed(request, asked, PathChosen(source=asked.source, target=asked.target))


@router.get("/variants/customers", response=ANSWERS, summary="List the customers of a variant")
@needs(Right.CUSTOMERS_LIST)
def of_variant(request: HttpRequest, asked: Query[VariantCustomersAsked]) -> CustomerPage:
    """Who had just these of the steps shown, in this order. For analysts, and audited."""
    return _listed(request, asked, VariantChosen(steps=tuple(asked.step)))


@router.get("/patterns/customers", response=ANSWERS, summary="List the customers who match a path pattern")
@needs(Right.CUSTOMERS_LIST)
def of_pattern(request: HttpRequest, asked: Query[PatternCustomersAsked]) -> CustomerPage:
    """Each with the first match. For analysts, and audited."""
    return _listed(request, asked, PatternChosen(pattern=asked.pattern))


@router.get("/paths/customers", response=ANSWERS, summary="List the customers of a node of a tree of paths")
@needs(Right.CUSTOMERS_LIST)
def of_branch(request: HttpRequest, asked: Query[BranchCustomersAsked]) -> CustomerPage:
    """Without window and pause. For analysts, and audited."""
    chosen = BranchChosen(asked=tree_of(asked), way=tuple(asked.step), kind=PathNodeKind(asked.kind))
    return _listed(request, asked, chosen)


@router.get("/funnel/customers", response=ANSWERS, summary="List the customers of a step of a funnel")
@needs(Right.CUSTOMERS_LIST)
def of_funnel(request: HttpRequest, asked: Query[FunnelCustomersAsked]) -> CustomerPage:
    """Who reached it, or was lost after it. For analysts, and audited."""
    chosen = FunnelChosen(
        steps=steps_of(asked),
        window_days=asked.window_days,
        step=asked.reached,
        lost=asked.lost,
        part=asked.part,
        options=options_of(asked),
    )
    return _listed(request, asked, chosen)


@router.get("/retention/customers", response=ANSWERS, summary="List the customers of a cell of a retention")
@needs(Right.CUSTOMERS_LIST)
def of_cell(request: HttpRequest, asked: Query[CellCustomersAsked]) -> CustomerPage:
    """Who started in the cohort, and came back in the column. For analysts, and audited."""
    chosen = CellChosen(asked=retention_of(asked), cohort=asked.cohort, column=asked.column)
    return _page(request, asked, chosen, calendar_question(asked, viewer_of(request)))


def _listed(request: HttpRequest, asked: Any, chosen: Chosen) -> CustomerPage:
    """List customers of a question; `asked` is a `Listed`, `Purposed` and `QuestionAsked` at once."""
    return _page(request, asked, chosen, question(asked, viewer_of(request)))


def _page(request: HttpRequest, asked: Any, chosen: Chosen, of: Question) -> CustomerPage:
    return actions.customers(
        chosen=chosen,
        question=of,
        viewer=viewer_of(request),
        limit=asked.limit,
        after=asked.after or None,
        purpose=Purpose(asked.purpose),
    )
