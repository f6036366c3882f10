"""The questions that are asked of one log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sojourn.engine.answers.attribution import AttributionAsked
from sojourn.engine.answers.cases_asked import CHANNEL, CasesAsked, Stage
from sojourn.engine.answers.door import STEPS_MOST
from sojourn.engine.answers.funnel_asked import FunnelCount, FunnelOptions, written_exclusion
from sojourn.engine.answers.paths import PathsAsked
from sojourn.engine.answers.retention import RetentionAsked
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.asked import Filter, Journey, Names, choice, step_sets, texts
from sojourn.surfaces.library.results import (
    Attribution,
    Cases,
    Completions,
    Funnel,
    Graph,
    Lifecycle,
    Paths,
    Patterns,
    Retention,
    Sessions,
    Steps,
    Success,
    Variants,
)
from sojourn.surfaces.library.source import Source


class Questions:
    """What may be asked of a source under a filter."""

    __slots__ = ("_asked", "_source")
    _source: Source
    _asked: Filter

    def steps(self) -> Steps:
        """Give every event (the 200 that most customers had), with customers, times, starts and ends."""
        return self.graph(steps=STEPS_MOST, paths=1, identity_steps=True).table_of_steps()

    def graph(self, *, steps: int = 12, paths: float = 0.86, identity_steps: bool = False) -> Graph:
        """Give the directly-follows graph of the `steps` that most customers had, mined as if there were no others.

        Of its paths the most frequent that carry the share `paths` of all transitions are kept, and those that keep
        every step on a way from start to end; ``paths=1`` keeps all. Gaps are exact medians and 90th percentiles.
        Definition: van der Aalst (2016), "Process Mining", 2nd edition, section 5.2. Raise InvalidError for numbers
        that cannot be.
        """
        if not 0 < paths <= 1:
            raise InvalidError(f"paths: choose a share above 0 and at most 1, not {paths:g}.")
        return self._source.graph(self._asked, steps=steps, paths=paths, identity_steps=identity_steps)

    def variants(self, *, top: int = 20, steps: int = STEPS_MOST, identity_steps: bool = False) -> Variants:
        """Give the `top` most frequent ways through (at most 1,000), of the `steps` that most customers had."""
        return self._source.variants(self._asked, top=top, steps=steps, identity_steps=identity_steps)

    def funnel(
        self,
        steps: Iterable[Names],
        *,
        window_days: float = 14,
        order: str = "ordered",
        count: str = "customers",
        exclude: Names = (),
        by: str | None = None,
        top: int = 5,
        trend: str | None = None,
        zone: str = "UTC",
        identity_steps: bool = False,
    ) -> Funnel:
        """Give the customers who took the first step and reached each next one within the window.

        A step is an event's name or several, any of which counts: ``["Viewed", ("Paid by card", "Paid by cash")]``. The
        log's period holds for the first step; later ones may come while the window is open. `order` is ``ordered``,
        ``strict`` (no other event in between) or ``any``; `count` is ``customers``, each once, or ``entries``.
        `exclude` names events that break it: ``"Cancelled|Failed"``, or ``"2-3:Cancelled"`` between these steps. `by`
        breaks down by a column of the first step, its `top` values and the rest (`Funnel.by_part`); `trend` by the day,
        week or month of the first step, in `zone` (`Funnel.over_time`). Raise InvalidError for a funnel that cannot be
        or an event that there is not.
        """
        options = FunnelOptions(
            order=choice(Order, order, "order"),
            count=choice(FunnelCount, count, "count"),
            exclusions=tuple(written_exclusion(each) for each in texts(exclude)),
            by=by,
            top=top,
            trend=None if trend is None else choice(CalendarUnit, trend, "trend"),
            zone=zone,
        )
        return self._source.funnel(
            self._asked,
            steps=step_sets(steps),
            window_days=window_days,
            options=options,
            identity_steps=identity_steps,
        )

    def completion(
        self,
        journey: str | Journey | None = None,
        *,
        start: str = "",
        goals: Names = (),
        outcomes: Mapping[str, Names] | None = None,
        window_days: float = 30,
        by: str | None = None,
    ) -> Completions:
        """Say how the journeys that began in the period ended: completed, with another outcome, abandoned, still open.

        Say a journey by `start`, `goals` and `outcomes`, as a `Journey`, or on a server by the name it is saved
        under. `by` breaks down by a column of the start event, or by
        ``month``. Raise InvalidError for a journey that cannot be
        measured.
        """
        wanted = journey_said(journey, start, goals, outcomes, window_days)
        return self._source.completion(self._asked, journey=wanted, by=by)

    def cases(
        self,
        journey: str | Journey | None = None,
        *,
        start: str = "",
        goals: Names = (),
        outcomes: Mapping[str, Names] | None = None,
        window_days: int = 30,
        idle_days: float | None = None,
        landmark_hours: float | None = None,
        stages: Mapping[str, Names] | None = None,
        only_named: bool | None = None,
        across: str = CHANNEL,
        by: str | None = None,
        top: int = 5,
        trend: str | None = None,
        zone: str = "UTC",
        identity_steps: bool = False,
    ) -> Cases:
        """Say how a journey's cases went: endings, effort, rework, hand-offs, stages.

        The journey is said as in `completion`. `idle_days` without an event give a case up, too. `stages` names sets of
        events, each of which enters the stage. `only_named` counts only events that are named, else all meanwhile.
        Hand-offs are changes of the column `across`. `landmark_hours` lets friction count only what happened so soon,
        of cases still running then. `by` and `trend` break down by a column, and by day, week or month, of the start.
        Raise InvalidError for what cannot be asked.
        """
        named = {name: texts(events) for name, events in (stages or {}).items()}
        wanted = CasesAsked(
            start="",
            goals=(),
            outcomes={},
            idle_days=idle_days,
            landmark_hours=landmark_hours,
            stages=tuple(Stage(name=name, events=events) for name, events in named.items()),
            across=across,
            by=by,
            top=top,
            trend=None if trend is None else choice(CalendarUnit, trend, "trend"),
            zone=zone,
        )
        return self._source.cases(
            self._asked,
            journey=journey_said(journey, start, goals, outcomes, window_days),
            wanted=wanted,
            only_named=only_named,
            identity_steps=identity_steps,
        )

    def sessions(self, *, timeout_minutes: float = 30, starts: Names = (), identity_steps: bool = False) -> Sessions:
        """Give the sessions: customers' events, cut where nothing happened for longer than `timeout_minutes`.

        Events of `starts` begin a session however soon they come. Raise InvalidError for a timeout that cannot be, or
        an event that there is not.
        """
        return self._source.sessions(
            self._asked, timeout_minutes=timeout_minutes, starts=texts(starts), identity_steps=identity_steps
        )

    def retention(
        self,
        *,
        start: Names = (),
        returns: Names = (),
        unit: str = "week",
        columns: int | None = None,
        brackets: Iterable[tuple[int, int]] = (),
        recurring: bool = False,
        or_after: bool = False,
        zone: str = "UTC",
    ) -> Retention:
        """Give who came back: cohorts by day, week or month of their start, and a column for each distance from it.

        `start` and `returns` name events, none: any. `columns` distances are shown, or spans of days as `brackets`:
        ``[(0, 0), (1, 7)]``. A customer is in the cohort of the first start ever, `recurring`: in each with a start.
        With `or_after` a return counts in its own column and all before it. A cell is None until its time has passed.
        Raise InvalidError for what cannot be asked, or an event that there is not.
        """
        wanted = RetentionAsked(
            start=texts(start),
            returns=texts(returns),
            unit=choice(CalendarUnit, unit, "unit"),
            columns=columns,
            brackets=tuple((int(first), int(last)) for first, last in brackets),
            recurring=recurring,
            or_after=or_after,
            zone=zone,
        )
        return self._source.retention(self._asked, wanted=wanted)

    def lifecycle(self, *, active: Names = (), unit: str = "week", zone: str = "UTC") -> Lifecycle:
        """Give who is new, stays, comes back and goes quiet, by day, week or month that has passed.

        `active` names the events that make a customer active, none: any. Raise InvalidError for too many periods, or an
        event that there is not.
        """
        return self._source.lifecycle(
            self._asked, active=texts(active), unit=choice(CalendarUnit, unit, "unit"), zone=zone
        )

    def paths(
        self,
        start: str = "",
        *,
        to: str = "",
        depth: int = 4,
        breadth: int = 4,
        least: float = 0.01,
        every: bool = False,
        collapse: bool = True,
        window_days: float | None = None,
        pause_minutes: float | None = None,
        steps: int = STEPS_MOST,
        identity_steps: bool = False,
    ) -> Paths:
        """Give the tree of what came after an event, or, with `to`, of what came before it.

        Without either it is the event that most customers had. Up to `depth` steps on and `breadth` steps after each,
        those of a share of `least` of the customers or more; the others are together. A customer's first such event
        counts, or `every` one. `collapse` passes over a step that repeats the one before. Paths end `window_days` from
        the event, or at a pause of more than `pause_minutes`. Raise InvalidError for limits that cannot be, or an event
        that there is not.
        """
        if start and to:
            raise InvalidError("paths: say the event that they start with, or to=, not both.")
        wanted = PathsAsked(
            root=start or to,
            forward=not to,
            depth=depth,
            breadth=breadth,
            every=every,
            collapse=collapse,
            window_days=window_days,
            pause_minutes=pause_minutes,
            least=least,
        )
        return self._source.paths(self._asked, wanted=wanted, steps=steps, identity_steps=identity_steps)

    def patterns(self, pattern: str) -> Patterns:
        """Give who matches a path pattern, how often, and how long the first match takes.

        Raise PatternError, which points at the place, for a pattern that cannot be read.
        """
        return self._source.patterns(self._asked, pattern=pattern)

    def attribution(
        self,
        outcome: Names,
        *,
        touchpoints: Names = (),
        by: str = "",
        window_days: float = 30,
        half_life_days: float = 7,
        collapse: bool = False,
        currency: str = "",
        models: Names = (),
        identity_steps: bool = False,
    ) -> Attribution:
        """Credit an outcome to the touchpoints in the `window_days` before it, by every model, with intervals.

        `touchpoints` name events or, with `by`, values of a column; none: the most frequent. Time decay halves a
        touch's weight in `half_life_days`. `collapse` makes touches of one touchpoint in a row a single one. With a
        `currency` the outcome's money is shared out as well. `models` are all, or those named; rules alone (``first``,
        ``last``, ``linear``, ``decay``, ``position``) are several times as fast. Raise InvalidError for what cannot be
        asked, or an event, column or currency that there is not.
        """
        wanted = AttributionAsked(
            outcome=texts(outcome),
            touchpoints=texts(touchpoints),
            by=by,
            window_days=window_days,
            half_life_days=half_life_days,
            collapse=collapse,
            currency=currency,
            models=texts(models),
        )
        return self._source.attribution(self._asked, wanted=wanted, identity_steps=identity_steps)

    def success(
        self,
        journey: str | Journey | None = None,
        *,
        start: str = "",
        goals: Names = (),
        outcomes: Mapping[str, Names] | None = None,
        window_days: float = 30,
        landmark_hours: float | None = None,
        looks: str | None = None,
    ) -> Success:
        """Give the events on the way, and the properties of the start, that go with completing a journey.

        The journey is said as in `completion`. With `landmark_hours` only events so soon after the start count, of
        journeys still running then. What goes together is no cause. Raise InvalidError.
        """
        wanted = journey_said(journey, start, goals, outcomes, window_days)
        return self._source.success(self._asked, journey=wanted, landmark_hours=landmark_hours, looks=looks)


def journey_said(
    journey: str | Journey | None, start: str, goals: Names, outcomes: Mapping[str, Names] | None, window_days: float
) -> str | Journey:
    """Give a journey that is said by its name, whole or in parts."""
    return Journey.of(start, goals, outcomes, window_days) if journey is None else journey
