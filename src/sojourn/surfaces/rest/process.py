"""A process model of what customers do."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import ProcessModel
from sojourn.domains.privacy.contracts import Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import Purposed, QuestionAsked, question

router = Router(tags=["journeys"])


class ProcessAsked(Purposed, QuestionAsked):
    """Which ways the model must replay."""

    covers: float = Field(0.8, gt=0, le=1, description="Share of customers whose ways it is mined from.")


@router.get("/process", response={200: ProcessModel, **PROBLEMS}, summary="Mine a process tree and its BPMN diagram")
def process(request: HttpRequest, asked: Query[ProcessAsked]) -> ProcessModel:
    """Every way that it is mined from fits the tree without a deviation; `bpmn` is a file for modelling tools."""
    viewer = viewer_of(request)
    return queries.process(
        question=question(asked, viewer), viewer=viewer, purpose=Purpose(asked.purpose), covers=asked.covers
    )
