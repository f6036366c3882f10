"""Questions answered here, by the kernels, over a file's or DataFrame's events."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from sojourn.engine.answers import (
    attribution,
    cases,
    comparison,
    completion,
    funnel,
    graph,
    lifecycle,
    paths,
    patterns,
    retention,
    sessions,
    sides,
    success,
    variants,
)
from sojourn.engine.answers.attribution import AttributionAsked
from sojourn.engine.answers.cases_asked import CasesAsked
from sojourn.engine.answers.comparison import Compared, F
from sojourn.engine.answers.completion import known_until_us
from sojourn.engine.answers.funnel_asked import FunnelOptions
from sojourn.engine.answers.paths import PathsAsked
from sojourn.engine.answers.retention import RetentionAsked
from sojourn.engine.answers.words import resting
from sojourn.engine.stats.looking import Looks
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.asked import Filter, Journey, Steps
from sojourn.surfaces.library.own import Own, OwnSides
from sojourn.surfaces.library.recorded import Recorded
from sojourn.surfaces.library.results import (
    Attribution,
    Cases,
    Completions,
    CompletionsCompared,
    Funnel,
    FunnelsCompared,
    Graph,
    GraphsCompared,
    Lifecycle,
    Paths,
    Patterns,
    Retention,
    Sessions,
    Sides,
    Success,
    Variants,
)
from sojourn.surfaces.library.words import Coverage


class Here:
    """A file or DataFrame, read when it is first asked and then kept."""

    def __init__(self, label: str, read: Callable[[], Recorded]) -> None:
        self._label, self._read, self._lock = label, read, threading.Lock()

    def label(self) -> str:
        """Say what is read."""
        return self._label

    def events(self, asked: Filter) -> tuple[Recorded, Filter]:
        """Give the events, reading them the first time, and what is still to be filtered."""
        with self._lock:
            return self._recorded, asked

    def graph(self, asked: Filter, *, steps: int, paths: float, identity_steps: bool) -> Graph:
        """Mine the steps that most customers had, as if there were no others."""
        found, coverage = graph.graph(self._door(asked, identity_steps), steps_shown=steps, paths_shown=paths)
        return resting(Graph, found, coverage=coverage)

    def variants(self, asked: Filter, *, top: int, steps: int, identity_steps: bool) -> Variants:
        """Give the most frequent sequences of the steps that most customers had."""
        found, coverage = variants.variants(self._door(asked, identity_steps), top=top, steps_shown=steps)
        return resting(Variants, found, coverage=coverage)

    def funnel(
        self, asked: Filter, *, steps: Steps, window_days: float, options: FunnelOptions, identity_steps: bool
    ) -> Funnel:
        """Count the customers who took the first step in the period and reached each next one within the window."""
        door = self._door(asked, identity_steps)
        found, coverage = funnel.funnel(door, steps=steps, window_days=window_days, options=options)
        return resting(Funnel, found, coverage=coverage)

    def completion(self, asked: Filter, *, journey: Journey | str, by: str | None) -> Completions:
        """Say how the journeys begun in the period ended, as a whole or by a dimension of their start."""
        parts, coverage = completion.completions(self._door(asked), _said(journey), by=by)
        rows = sorted((each.figures for each in parts), key=lambda each: each.part)
        return Completions(rows=tuple(rows), coverage=coverage)

    def cases(
        self,
        asked: Filter,
        *,
        journey: Journey | str,
        wanted: CasesAsked,
        only_named: bool | None,
        identity_steps: bool,
    ) -> Cases:
        """Cut customers' events into cases, and say how they went."""
        said = _said(journey)
        others = {name: events for name, events in said.outcomes.items() if not set(events) <= set(said.goals)}
        whole = replace(
            wanted, start=said.start, goals=said.goals, outcomes=others, window_days=_days(said.window_days),
            only_named=bool(only_named),
        )  # fmt: skip
        found, coverage = cases.cases(self._door(asked, identity_steps), whole)
        return resting(Cases, found, coverage=replace(coverage, period=asked.period))

    def sessions(
        self, asked: Filter, *, timeout_minutes: float, starts: tuple[str, ...], identity_steps: bool
    ) -> Sessions:
        """Cut each customer's events into sessions."""
        door = self._door(asked, identity_steps)
        found, coverage = sessions.sessions(door, timeout_minutes=timeout_minutes, starts=starts)
        return resting(Sessions, found, coverage=coverage)

    def retention(self, asked: Filter, *, wanted: RetentionAsked) -> Retention:
        """Count who came back, by cohort."""
        found, coverage = retention.retention(self._door(asked), wanted)
        return resting(
            Retention, found.figures, distances=found.columns, coverage=replace(coverage, period=found.shown)
        )

    def lifecycle(self, asked: Filter, *, active: tuple[str, ...], unit: CalendarUnit, zone: str) -> Lifecycle:
        """Count who is new, stays, comes back and goes quiet."""
        found, coverage, shown = lifecycle.lifecycle(self._door(asked), active=active, unit=unit, zone=zone)
        return resting(Lifecycle, found, coverage=replace(coverage, period=shown))

    def paths(self, asked: Filter, *, wanted: PathsAsked, steps: int, identity_steps: bool) -> Paths:
        """Grow the tree of paths from an event, or to it."""
        found, coverage = paths.paths(self._door(asked, identity_steps), wanted, steps_shown=steps)
        return resting(Paths, found, coverage=coverage)

    def patterns(self, asked: Filter, *, pattern: str) -> Patterns:
        """Count who matches a path pattern."""
        found, coverage = patterns.patterns(self._door(asked), pattern)
        return resting(Patterns, found, coverage=coverage)

    def attribution(self, asked: Filter, *, wanted: AttributionAsked, identity_steps: bool) -> Attribution:
        """Credit an outcome to touchpoints."""
        found, coverage = attribution.attribution(self._door(asked, identity_steps), wanted)
        return resting(Attribution, found, coverage=coverage)

    def success(
        self, asked: Filter, *, journey: Journey | str, landmark_hours: float | None, looks: str | None
    ) -> Success:
        """Say what goes with completing a journey."""
        door = self._door(asked)
        found, coverage = success.success(door, _said(journey), landmark_hours=landmark_hours, looks=looks)
        return resting(Success, found, coverage=coverage)

    def compare_graphs(
        self, a: Filter, b: Filter, *, steps: int, looks: str | None, identity_steps: bool
    ) -> GraphsCompared:
        """Compare what customers do on two sides."""
        both, how = self._sides(a, b, looks, identity_steps)
        found = comparison.compare_graphs(both, steps_shown=steps, looks=how)
        return resting(GraphsCompared, found.figures, comparison=_rested(found))

    def compare_funnels(
        self, a: Filter, b: Filter, *, steps: Steps, window_days: float, looks: str | None
    ) -> FunnelsCompared:
        """Compare how far customers of two sides get."""
        both, how = self._sides(a, b, looks)
        known_us = known_until_us(both.a)
        found = comparison.compare_funnels(both, steps=steps, window_days=window_days, known_us=known_us, looks=how)
        return resting(FunnelsCompared, found.figures, comparison=_rested(found))

    def compare_completions(
        self, a: Filter, b: Filter, *, journey: Journey | str, looks: str | None
    ) -> CompletionsCompared:
        """Compare how journeys end on two sides."""
        both, how = self._sides(a, b, looks)
        found = comparison.compare_completions(both, _said(journey), known_us=known_until_us(both.a), looks=how)
        return resting(CompletionsCompared, found.figures, comparison=_rested(found))

    def values(self, dimension: str) -> tuple[str, ...]:
        """Name the values of a column."""
        return tuple(sorted(self.events(Filter())[0].dimension(dimension)[1]))

    @cached_property
    def _recorded(self) -> Recorded:
        return self._read()

    def _door(self, asked: Filter, identity_steps: bool = False) -> Own:
        return Own(self.events(asked)[0], asked, identity_steps=identity_steps)

    def _sides(self, a: Filter, b: Filter, looks: str | None, identity_steps: bool = False) -> tuple[OwnSides, Looks]:
        both = OwnSides(self._door(a, identity_steps), self._door(b, identity_steps))
        return both, sides.looks_at(looks, (both.a, both.b), known_until_us(both.a))


def _days(window_days: float) -> int:
    if window_days != int(window_days):
        raise InvalidError("window: the window of cases is a whole number of days.")
    return int(window_days)


def _said(journey: Journey | str) -> Journey:
    if isinstance(journey, str):
        raise InvalidError("A file knows no named journeys: say start=, goals= and window_days=.")
    return journey


def _rested(found: Compared[F, Coverage]) -> Sides:
    return resting(Sides, found.rested, a=found.a, b=found.b)
