"""Trees of paths, and sessions."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import PathsAsked, PathTree, SessionsTable
from sojourn.domains.privacy.contracts import Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import VALUES_MAX, Purposed, QuestionAsked, question

router = Router(tags=["journeys"])


class TreeAsked(Purposed, QuestionAsked):
    """What came after an event, or before it."""

    root: str = Field("", max_length=400, description="The event; without it, the one that most customers had.")
    direction: Literal["from", "to"] = Field("from", description="Whether paths lead from the event or to it.")
    depth: int = Field(4, ge=1, le=10, description="Most steps from the event.")
    breadth: int = Field(4, ge=1, le=20, description="Most steps shown after each step, most customers first.")
    least: float = Field(0.01, ge=0, le=1, description="Share of customers below which a step counts with the others.")
    every: bool = Field(False, description="Begin at every such event, not at a customer's first.")
    collapse: bool = Field(True, description="Pass over a step that repeats the one before it.")
    window_days: float | None = Field(None, gt=0, le=3_650, description="Days from the event to the last step.")
    pause_minutes: float | None = Field(None, gt=0, le=5_256_000, description="Longest pause in a path, in minutes.")


class SessionsAsked(Purposed, QuestionAsked):
    """Customers' events, cut where nothing happened for long."""

    timeout_minutes: float = Field(30, gt=0, le=43_200, description="Minutes without events that end a session.")
    begun_by: list[str] = Field([], max_length=VALUES_MAX, description="Events that always begin a session.")


@router.get("/paths", response={200: PathTree, **PROBLEMS}, summary="Show the tree of paths from or to an event")
def paths(request: HttpRequest, asked: Query[TreeAsked]) -> PathTree:
    """Nodes in order of reading, each with the place of the node before it; steps not shown are together as others."""
    viewer = viewer_of(request)
    return queries.paths(
        question=question(asked, viewer), viewer=viewer, asked=tree_of(asked), purpose=Purpose(asked.purpose)
    )


def tree_of(asked: TreeAsked) -> PathsAsked:
    """Give the tree asked for."""
    return PathsAsked(
        root=asked.root,
        forward=asked.direction == "from",
        depth=asked.depth,
        breadth=asked.breadth,
        every=asked.every,
        collapse=asked.collapse,
        window_days=asked.window_days,
        pause_minutes=asked.pause_minutes,
        least=asked.least,
    )


@router.get("/sessions", response={200: SessionsTable, **PROBLEMS}, summary="Show sessions")
def sessions(request: HttpRequest, asked: Query[SessionsAsked]) -> SessionsTable:
    """Number, length, bounces, and the events that sessions begin and end with."""
    viewer = viewer_of(request)
    return queries.sessions(
        question=question(asked, viewer),
        viewer=viewer,
        timeout_minutes=asked.timeout_minutes,
        starts=asked.begun_by,
        purpose=Purpose(asked.purpose),
    )
