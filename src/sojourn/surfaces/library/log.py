"""A log: events of customers, asked lazily and never changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.asked import Filter, Journey, Moment, Names, RetentionAsked, step_sets, texts
from sojourn.surfaces.library.results import Completions, Funnel, Graph, Retention, Sessions, Steps, Variants
from sojourn.surfaces.library.source import Source

if TYPE_CHECKING:
    import pyarrow as pa

STEPS_MOST = 200  # as a server's


class Log:
    """Events of customers in a file, a DataFrame or on a server: the same questions, the same answers.

    A log is a description: making and narrowing one reads nothing, and a question reads what it needs. It cannot be
    changed; `where` gives another one.
    """

    __slots__ = ("_asked", "_source")
    _source: Source
    _asked: Filter

    def __init__(self, source: Source, asked: Filter = Filter()) -> None:  # noqa: B008 - frozen
        object.__setattr__(self, "_source", source)
        object.__setattr__(self, "_asked", asked)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("A log does not change: where(...) gives a narrower one.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("A log does not change.")

    def __repr__(self) -> str:
        return f"Log({self._source.label()}: {self._asked})"

    def where(
        self,
        pattern: str = "",
        *,
        names: Names = (),
        since: Moment | None = None,
        until: Moment | None = None,
        having: Names = (),
        **dimensions: Names,
    ) -> Log:
        """Give the log narrowed: all that is said must hold, on top of what was said before.

        `pattern` keeps the customers whose events match a path pattern, such as ``"search -> [^buy]* -> exit"``.
        `names` keeps events so named, `since` and `until` (exclusive; UTC without a zone) a period, `having` the
        customers with at least one of these events in it. Anything else is a dimension or a column and the values
        kept, "" for none: ``where(channel="web", country=["AT", "DE"])``; for a column whose name is no Python name
        ``where(**{"org:resource": "Sara"})``. Raise InvalidError where nothing could be left, PatternError,
        pointing at the place, for a pattern that cannot be read.
        """
        asked = self._asked.narrowed(
            pattern=pattern, names=names, since=since, until=until, having=having, dimensions=dimensions
        )
        return Log(self._source, asked)

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
        _check_steps(steps)
        if not 0 < paths <= 1:
            raise InvalidError(f"paths: a share above 0 and at most 1, not {paths:g}.")
        return self._source.graph(self._asked, steps=steps, paths=paths, identity_steps=identity_steps)

    def variants(self, *, top: int = 20, steps: int = STEPS_MOST, identity_steps: bool = False) -> Variants:
        """Give the `top` most frequent ways through (at most 1,000), of the `steps` that most customers had."""
        _check_steps(steps)
        if not 1 <= top <= 1_000:
            raise InvalidError(f"top: 1 to 1,000 variants, not {top}.")
        return self._source.variants(self._asked, top=top, steps=steps, identity_steps=identity_steps)

    def funnel(self, steps: Iterable[Names], *, window_days: float = 14) -> Funnel:
        """Give the customers who took the first step and reached each next one, in order, within the window.

        A step is an event's name or several, any of which counts: ``["Viewed", ("Paid by card", "Paid by cash")]``. The
        log's period holds for the first step; later ones may come while the window is open. Raise InvalidError for a
        funnel that cannot be or an event that there is not.
        """
        if not 0 < window_days <= 3_650:
            raise InvalidError(f"window_days: more than 0 and at most 3,650, not {window_days:g}.")
        return self._source.funnel(self._asked, steps=step_sets(steps), window_days=window_days)

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
        under. `by` breaks down by a dimension of the start event. Raise InvalidError for a journey that cannot be
        measured.
        """
        if journey is None:
            journey = Journey.of(start, goals, outcomes, window_days)
        return self._source.completion(self._asked, journey=journey, by=by)

    def sessions(self, *, timeout_minutes: float = 30, starts: Names = (), identity_steps: bool = False) -> Sessions:
        """Give the sessions: customers' events, cut where nothing happened for longer than `timeout_minutes`.

        Events of `starts` begin a session however soon they come. Raise InvalidError for a timeout that cannot be, or
        an event that there is not.
        """
        if not 0 < timeout_minutes <= 43_200:
            raise InvalidError(f"timeout_minutes: more than 0 and at most 43,200, not {timeout_minutes:g}.")
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
        if unit not in list(CalendarUnit):
            raise InvalidError(f"unit: day, week or month, not {unit}.")
        wanted = RetentionAsked(
            start=texts(start),
            returns=texts(returns),
            unit=CalendarUnit(unit),
            columns=columns,
            brackets=tuple((int(first), int(last)) for first, last in brackets),
            recurring=recurring,
            or_after=or_after,
            zone=zone,
        )
        return self._source.retention(self._asked, wanted=wanted)

    def to_arrow(self) -> pa.Table:
        """Give the events as an Arrow table: `customer`, `event`, `at` and the file's other columns, in order.

        Raise InvalidError on a server: it gives answers, not its events.
        """
        from sojourn.surfaces.library.conventions import own_columns

        return own_columns(self._source.recorded(), self._asked)

    def to_pandas(self) -> Any:
        """Give the events as a pandas DataFrame, as `to_arrow` does; raise MissingLibraryError without pandas."""
        from sojourn.surfaces.library.results.table import needed

        needed("pandas")
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """Give the events as a Polars DataFrame, as `to_arrow` does; raise MissingLibraryError without Polars."""
        from sojourn.surfaces.library.results.table import needed

        return needed("polars").from_arrow(self.to_arrow())

    def to_pm4py(self) -> Any:
        """Give the events as the pandas DataFrame that pm4py reads.

        Its columns are `case:concept:name` (the customer), `concept:name` and `time:timestamp`. Raise
        MissingLibraryError without pandas.
        """
        from sojourn.surfaces.library.conventions import pm4py_columns
        from sojourn.surfaces.library.results.table import needed

        needed("pandas")
        return pm4py_columns(self._source.recorded(), self._asked).to_pandas()

    def to_retentioneering(self) -> Any:
        """Give the events as the pandas DataFrame that retentioneering reads: `user_id`, `event`, `timestamp`.

        Raise MissingLibraryError without pandas.
        """
        from sojourn.surfaces.library.conventions import retentioneering_columns
        from sojourn.surfaces.library.results.table import needed

        needed("pandas")
        return retentioneering_columns(self._source.recorded(), self._asked).to_pandas()

    def write_xes(self, path: str | os.PathLike[str]) -> None:
        """Write the events as XES (IEEE 1849-2016), a customer a trace; gzipped when the path ends in `.gz`."""
        from sojourn.surfaces.library.conventions import pm4py_columns
        from sojourn.surfaces.library.xes import write

        write(pm4py_columns(self._source.recorded(), self._asked), path)

    def refused(self) -> tuple[str, ...]:
        """List the rows of the file that could not become events: line and reason, with what was doubtful."""
        recorded = self._source.recorded()
        return (*recorded.notes, *(f"line {each.line}: {each.reason}" for each in recorded.refused))


def _check_steps(steps: int) -> None:
    if not 1 <= steps <= STEPS_MOST:
        raise InvalidError(f"steps: 1 to {STEPS_MOST} steps, not {steps}.")
