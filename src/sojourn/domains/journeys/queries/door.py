"""What every journey question hands to privacy's door."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.catalogue.contracts import Level
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Answer, Codes, EventFilter, Purpose
from sojourn.engine.kernels import thinning
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.results import Steps
from sojourn.engine.kernels.steps import StepsFold
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period


class Bounds(TypedDict):
    """A fold's period."""

    since_us: int
    until_us: int


def bounds(period: Period) -> Bounds:
    """Turn a period into a fold's bounds."""
    since, until = period.since_us, period.until_us
    return Bounds(since_us=FIRST_INSTANT if since is None else since, until_us=LAST_INSTANT if until is None else until)


def present_steps(question: Question, viewer: Viewer, purpose: Purpose) -> Answer[Steps]:
    """Count the events that the question is about, by name."""
    return privacy.ask(
        fold_for=lambda _: StepsFold(**bounds(question.period)),
        period=question.period,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.steps",),
    )


def shown_steps(question: Question, viewer: Viewer, purpose: Purpose) -> tuple[tuple[str, ...], int]:
    """Choose the steps that the question's slider shows, and say how many there are in all."""
    rules.check_explorer(steps_shown=question.steps_shown, paths_shown=question.paths_shown)
    present = present_steps(question, viewer, purpose)
    found = zip(present.value.node.tolist(), present.value.visitors.tolist(), strict=True)
    visitors = {present.names[code]: customers for code, customers in found}
    if not question.identity_steps:
        visitors = {name: customers for name, customers in visitors.items() if name not in rules.IDENTITY_EVENTS}
    return thinning.top_steps(visitors, question.steps_shown), len(visitors)


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


def known_codes(codes: Codes, names: tuple[str, ...]) -> list[int]:
    """Give the codes of events that people named; raise InvalidError for a name that no event is seen as."""
    for name in names:
        if (label := codes.shown_as.get(name, name)) != name:
            raise InvalidError(f"{name} is seen as {label} at this level; ask for {label}, or at the level events.")
    unknown = [name for name in names if name not in codes.names]
    if unknown:
        raise InvalidError(f"No event is called {', '.join(unknown)}; check the spelling in the tracking plan.")
    return [codes.code(name) for name in names]
