"""Lifecycle: who is new, stays, comes back and goes quiet, day by day, week by week or month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys.contracts import LifecycleTable, Question
from sojourn.domains.journeys.queries.floored import lifecycle_above
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import lifecycle as answers
from sojourn.engine.answers.words import resting
from sojourn.kit.calendar import CalendarUnit


def lifecycle(
    *,
    question: Question,
    viewer: Viewer,
    active: Sequence[str] = (),
    unit: CalendarUnit = CalendarUnit.WEEK,
    zone: str = "UTC",
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> LifecycleTable:
    """Give the lifecycle for the days, weeks or months that the question's period touches and that have passed.

    `active` names the events that make a customer active, none: any event. Who is new and who was away is told from
    all events before the period, too. Raise InvalidError for too many periods or an event that was never seen.
    """
    door = Through(question, viewer, purpose, now)
    found, coverage, shown = answers.lifecycle(door, active=active, unit=unit, zone=zone)
    table = resting(LifecycleTable, found, coverage=replace(coverage, period=shown))
    return table if viewer.can(Right.CUSTOMERS_LIST) else lifecycle_above(table, door.fewest)
