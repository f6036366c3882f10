"""A journey's cases: how they end, what they take, and where they turn back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import CasesAsked, CasesTable, Journey, Question, Stage
from sojourn.domains.journeys.queries.floored_cases import cases_above
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import cases as answers
from sojourn.engine.answers.words import resting


def cases(
    *,
    asked: CasesAsked,
    question: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> CasesTable:
    """Say how the cases begun in a period went; cases are the journeys of `completion`, event by event.

    An event named that never happened counts for nothing and is told as `unseen`. Steps, ways back, hand-offs and
    stages of fewer customers than the k floor are left out; a viewer who may not list customers is not shown any
    figure of fewer cases, nor what would tell one. Raise InvalidError for what cannot be asked, a start event that
    never happened, or a dimension that there is not.
    """
    door = Through(question, viewer, purpose, now)
    found, coverage = answers.cases(door, asked)
    table = resting(CasesTable, found, coverage=replace(coverage, period=question.period))
    return table if viewer.can(Right.CUSTOMERS_LIST) else cases_above(table, door.fewest)


def cases_of_journey(journey: Journey) -> CasesAsked:
    """Ask about the cases of a named journey: its steps are stages, and only the events that it names count."""
    return CasesAsked(
        start=journey.start,
        goals=journey.goals,
        outcomes=rules.other_outcomes(journey),
        window_days=journey.window_days,
        stages=tuple(Stage(name=step, events=(step,)) for step in dict.fromkeys(journey.steps)),
        only_named=True,
    )
