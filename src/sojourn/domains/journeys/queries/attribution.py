"""Attribution: which touchpoints the conversions of an outcome are credited to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys.contracts import AttributionAsked, AttributionTable, Question
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import attribution as answers
from sojourn.engine.answers.words import resting


def attribution(
    *,
    asked: AttributionAsked,
    question: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> AttributionTable:
    """Credit the conversions of the question's period to touchpoints, by every model asked for.

    Touches may lie before the period, by up to the window. Raise InvalidError for what cannot be asked, or an event,
    dimension or currency that was never seen.
    """
    found, coverage = answers.attribution(Through(question, viewer, purpose, now), asked)
    return resting(AttributionTable, found, coverage=replace(coverage, period=question.period))
