"""Attribution of an outcome to touchpoints."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import AttributionAsked, AttributionModel, AttributionTable, Question
from sojourn.domains.privacy.contracts import Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import EventsAsked, Purposed, SeenAs, event_filter, period

router = Router(tags=["journeys"])


class AttributionQuery(Purposed, SeenAs, EventsAsked):
    """Which outcome, which touchpoints, and how far back they count."""

    outcome: list[str] = Field(
        min_length=1, max_length=20, description="Event that is the outcome; repeat for more, any of which counts."
    )
    touchpoint: list[str] = Field(
        [],
        max_length=24,
        description="Events, or values of `by`, that may be credited; repeat for more; none: the most frequent.",
    )
    by: str = Field("", max_length=200, description="Touchpoints are values of this dimension, such as channel.")
    window_days: float = Field(30, gt=0, le=3_650, description="Days before a conversion in which touches count.")
    half_life_days: float = Field(7, gt=0, le=3_650, description="Days in which time decay halves a touch's weight.")
    collapse: bool = Field(
        False, description="Count touches of the same touchpoint that follow one another as one, the last."
    )
    currency: str = Field("", max_length=20, description="Share out the outcome's money in this currency as well.")
    model: list[AttributionModel] = Field(
        [],
        max_length=9,
        description="Models to credit by; repeat for more; none: all. Rules alone (first, last, linear, decay, "
        "position) are answered several times as fast, and do not count paths without a conversion.",
    )
    identity_steps: bool = Field(False, description="Whether identify, group and alias calls may touch.")


@router.get(
    "/attribution",
    response={200: AttributionTable, **PROBLEMS},
    summary="Credit an outcome to the touchpoints before it",
)
def attribution(request: HttpRequest, asked: Query[AttributionQuery]) -> AttributionTable:
    """By rules (first, last, linear, decay, position), Markov removal effects and Shapley values, with intervals.

    Shares of a model add up to 1. Those by `shapley_rates` may be below 0: paths with the touchpoint converted less
    often than the same without it, or a combination with it was never seen, which counts as if none had converted.
    `paths` and `open` are null where only rules were asked for.
    """
    viewer = viewer_of(request)
    wanted = AttributionAsked(
        outcome=tuple(asked.outcome),
        touchpoints=tuple(asked.touchpoint),
        by=asked.by,
        window_days=asked.window_days,
        half_life_days=asked.half_life_days,
        collapse=asked.collapse,
        currency=asked.currency,
        models=tuple(asked.model),
    )
    question = Question(period=period(asked, viewer), events=event_filter(asked), identity_steps=asked.identity_steps)
    return queries.attribution(asked=wanted, question=question, viewer=viewer, purpose=Purpose(asked.purpose))
