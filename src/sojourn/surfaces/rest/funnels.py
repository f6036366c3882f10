"""Funnels."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import FunnelCount, FunnelOptions, FunnelTable
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import PER, Purposed, QuestionAsked, question

router = Router(tags=["journeys"])


class FunnelAsked(Purposed, QuestionAsked):
    """Steps; one may be several event names, any of which counts, joined by |."""

    step: list[str] = Field(min_length=1, max_length=50, description="Repeat for each step; `A|B` means A or B.")
    window_days: float = Field(14, gt=0, le=3_650, description="Days from the first step to the last.")
    order: Order = Field(
        Order.ORDERED,
        description="`strict`: no other event in between; `any`: all steps within the window, whichever comes first.",
    )
    count: FunnelCount = Field(
        FunnelCount.CUSTOMERS, description="Each customer once, or each entry; one begins while no other runs."
    )
    exclude: list[str] = Field(
        [],
        max_length=20,
        description="Event that breaks the funnel, `A|B` for either; `2-3:A` between steps 2 and 3 only.",
    )
    by: str | None = Field(None, max_length=200, description="Dimension of the first step to break down by.")
    top: int = Field(5, ge=1, le=50, description="Most values of it, the others are the rest.")
    trend: CalendarUnit | None = Field(None, description="Conversion by day, week or month of the first step.")
    zone: str = Field("UTC", max_length=64, description="Time zone of the calendar, such as Europe/Berlin.")


class FunnelTold(FunnelAsked):
    """The same, and what counts as one."""

    per: Per = PER


@router.get("/funnel", response={200: FunnelTable, **PROBLEMS}, summary="Show who gets from step to step")
def funnel(request: HttpRequest, asked: Query[FunnelTold]) -> FunnelTable:
    """Within a window that begins with the first step; with times to convert, groups and a trend."""
    viewer = viewer_of(request)
    return queries.funnel(
        steps=steps_of(asked),
        window_days=asked.window_days,
        question=question(asked, viewer),
        options=options_of(asked),
        viewer=viewer,
        purpose=Purpose(asked.purpose),
        per=asked.per,
    )


def steps_of(asked: FunnelAsked) -> tuple[tuple[str, ...], ...]:
    """Give the steps asked for."""
    return tuple(tuple(name for name in each.split("|") if name) or (each,) for each in asked.step)


def options_of(asked: FunnelAsked) -> FunnelOptions:
    """Give how the funnel is counted; raise InvalidError for an exclusion that names no event."""
    return FunnelOptions(
        order=asked.order,
        count=asked.count,
        exclusions=tuple(queries.written_exclusion(each) for each in asked.exclude),
        by=asked.by,
        top=asked.top,
        trend=asked.trend,
        zone=asked.zone,
    )
