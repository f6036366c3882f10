"""What every journey question hands to privacy's door."""

from __future__ import annotations

from dataclasses import replace

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.catalogue.contracts import Level
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Coverage, EventFilter, Purpose
from sojourn.engine.answers import door as answers
from sojourn.engine.answers.door import Answered, bounds, known_codes
from sojourn.engine.answers.graph import check_explorer
from sojourn.engine.kernels.results import Steps
from sojourn.kit.errors import InvalidError

__all__ = ["as_they_are", "bounds", "known_codes", "present_steps", "shown_steps", "without"]


def present_steps(question: Question, viewer: Viewer, purpose: Purpose) -> Answered[Steps, Coverage]:
    """Count the events that the question is about, by name."""
    return answers.present_steps(Through(question, viewer, purpose))


def shown_steps(question: Question, viewer: Viewer, purpose: Purpose) -> tuple[tuple[str, ...], int]:
    """Choose the steps that the question's slider shows, and say how many there are in all."""
    check_explorer(steps_shown=question.steps_shown, paths_shown=question.paths_shown)
    return answers.shown_steps(Through(question, viewer, purpose), question.steps_shown)


def without(*, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> dict[str, tuple[str, ...]]:
    """Name, for each dimension that the question filters by, the events that never say it.

    Such a filter takes them out altogether: whether they happened cannot be seen under it.
    """
    found = {}
    for dimension in question.events.dimensions:
        others = {name: values for name, values in question.events.dimensions.items() if name != dimension}
        every = _times(question, others, viewer, purpose)
        silent = _times(question, others | {dimension: ("",)}, viewer, purpose)
        if names := tuple(sorted(name for name, times in silent.items() if times == every.get(name))):
            found[dimension] = names
    return found


def _times(
    question: Question, dimensions: dict[str, tuple[str, ...]], viewer: Viewer, purpose: Purpose
) -> dict[str, int]:
    events = replace(question.events, dimensions=dimensions, having=(), having_pattern="")
    present = present_steps(replace(question, events=events), viewer, purpose)
    found = zip(present.value.node.tolist(), present.value.times.tolist(), strict=True)
    return {present.names[code]: times for code, times in found}


def as_they_are(events: EventFilter) -> EventFilter:
    """Give a filter that sees events by their names; raise InvalidError for another level: a journey names events."""
    if events.abstraction.level is not Level.EVENTS:
        raise InvalidError("level: a named journey is made of events by their names; ask at the level events.")
    return events
