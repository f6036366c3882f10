"""Who matches a path pattern, how often, and how long it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys.contracts import PatternAround, PatternTable, Question
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import around as around_answers
from sojourn.engine.answers import patterns as answers
from sojourn.engine.answers.floors import bins_above
from sojourn.engine.answers.words import resting
from sojourn.engine.kernels.patterns import bind, compile_pattern, read
from sojourn.kit.calendar import CalendarUnit


def patterns(*, pattern: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> PatternTable:
    """Give the customers whose events in the question match a pattern; events that it leaves out did not happen.

    Identify, group and alias calls are passed over but for those that the pattern names. Raise PatternError, which
    points at the character, for a pattern that means nothing. For a viewer who may not list customers, times are
    counted in bins of at least as many as the k floor.
    """
    door = Through(question, viewer, purpose)
    found, coverage = answers.patterns(door, pattern)
    if not viewer.can(Right.CUSTOMERS_LIST):
        found = replace(found, bins=bins_above([found.bins], fewest=door.fewest)[0])
    return resting(PatternTable, found, coverage=coverage)


def around_pattern(
    *,
    pattern: str,
    question: Question,
    viewer: Viewer,
    unit: CalendarUnit = CalendarUnit.WEEK,
    zone: str = "UTC",
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> PatternAround:
    """Tell what stands directly before and after a pattern's first match of a customer, and the share over time.

    Raise PatternError, which points at the character, and InvalidError for more spans than can be.
    """
    door = Through(question, viewer, purpose, now)
    found, coverage = around_answers.around(door, pattern, unit=unit, zone=zone)
    return resting(PatternAround, found, coverage=coverage)


def check_filter(*, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> None:
    """Raise PatternError, which points at the character, when the question's filter is a pattern that means nothing."""
    if question.events.having_pattern:
        terms = privacy.vocabulary(purpose=purpose, viewer=viewer)
        dimensions = {name: [term.name for term in values] for name, values in terms.dimensions.items()}
        bind(compile_pattern(read(question.events.having_pattern)), [term.name for term in terms.names], dimensions)
