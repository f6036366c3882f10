"""Which events and properties go with completing a named journey."""

from __future__ import annotations

from datetime import datetime

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys.contracts import Question, SuccessTable
from sojourn.domains.journeys.queries.door import as_they_are
from sojourn.domains.journeys.queries.named import journey as named
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.answers import success as answers
from sojourn.engine.answers.words import resting
from sojourn.kit.period import Period


def success(
    *,
    slug: str,
    period: Period,
    viewer: Viewer,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    landmark_hours: float | None = None,
    looks: str | None = None,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> SuccessTable:
    """Say what goes with completing a journey: events on the way, and what the start event says.

    With `landmark_hours` only events so soon after the start count, of journeys still running then: without it slow
    events seem to go with failure, as failures are watched for longer. Raise NotFoundError or InvalidError.
    """
    journey = named(slug=slug, viewer=viewer)
    door = Through(Question(period=period, events=as_they_are(events)), viewer, purpose, now)
    found, coverage = answers.success(door, journey, landmark_hours=landmark_hours, looks=looks)
    return resting(SuccessTable, found, journey=slug, coverage=coverage)
