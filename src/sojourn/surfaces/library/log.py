"""A log: events of customers, asked lazily and never changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.asked import Filter, Journey, Moment, Names, step_sets
from sojourn.surfaces.library.comparing import Comparing
from sojourn.surfaces.library.questions import Questions, journey_said
from sojourn.surfaces.library.results import (
    CompletionsCompared,
    FunnelsCompared,
    GraphsCompared,
)
from sojourn.surfaces.library.source import Source

if TYPE_CHECKING:
    import pyarrow as pa

Split = str | Mapping[str, tuple[str, str]]


class Log(Questions):
    """Events of customers in a file, a DataFrame or on a server: the same questions, the same answers.

    A log is a description: making and narrowing one reads nothing, and a question reads what it needs. It cannot be
    changed; `where` gives another one.
    """

    __slots__ = ()

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

    def compare(
        self,
        other: Log | None = None,
        *,
        split: Split | None = None,
        before: bool = False,
        steps: int = 25,
        looks: str | None = None,
        identity_steps: bool = False,
    ) -> GraphsCompared:
        """Compare what customers do in this log (side a) and another one (side b): what differs, and is it chance?

        The other side is a log of the same file, DataFrame or server narrowed otherwise, ``log.where(channel="app")``;
        or `split` gives both by a column's values: ``{"channel": ("web", "app")}``, or its name where it has two; or
        with `before` side a is the period of the same length before this log's. Differences are side b minus side a,
        with the customer as the unit, corrected for all that is compared and, with `looks` ``daily``, for looking every
        day. Raise InvalidError for sides that are the same or of two sources.
        """
        a, b = self._sides(other, split, before)
        return self._source.compare_graphs(a, b, steps=steps, looks=looks, identity_steps=identity_steps)

    def compare_funnel(
        self,
        steps: Iterable[Names],
        other: Log | None = None,
        *,
        window_days: float = 14,
        split: Split | None = None,
        before: bool = False,
        looks: str | None = None,
    ) -> FunnelsCompared:
        """Compare how far customers of two sides get in a funnel, in order; sides as in `compare`."""
        a, b = self._sides(other, split, before)
        return self._source.compare_funnels(a, b, steps=step_sets(steps), window_days=window_days, looks=looks)

    def compare_completion(
        self,
        other: Log | None = None,
        *,
        journey: str | Journey | None = None,
        start: str = "",
        goals: Names = (),
        outcomes: Mapping[str, Names] | None = None,
        window_days: float = 30,
        split: Split | None = None,
        before: bool = False,
        looks: str | None = None,
    ) -> CompletionsCompared:
        """Compare how the journeys of two sides end; the journey as in `completion`, sides as in `compare`."""
        a, b = self._sides(other, split, before)
        wanted = journey_said(journey, start, goals, outcomes, window_days)
        return self._source.compare_completions(a, b, journey=wanted, looks=looks)

    def to_arrow(self) -> pa.Table:
        """Give the events as an Arrow table: `customer`, `event`, `at` and the other columns, in order.

        A server gives them, pseudonymous, to keys whose role may export events; raise RefusedError for others.
        """
        from sojourn.surfaces.library.conventions import own_columns

        return own_columns(*self._source.events(self._asked))

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
        return pm4py_columns(*self._source.events(self._asked)).to_pandas()

    def to_retentioneering(self) -> Any:
        """Give the events as the pandas DataFrame that retentioneering reads: `user_id`, `event`, `timestamp`.

        Raise MissingLibraryError without pandas.
        """
        from sojourn.surfaces.library.conventions import retentioneering_columns
        from sojourn.surfaces.library.results.table import needed

        needed("pandas")
        return retentioneering_columns(*self._source.events(self._asked)).to_pandas()

    def write_xes(self, path: str | os.PathLike[str]) -> None:
        """Write the events as XES (IEEE 1849-2016), a customer a trace; gzipped when the path ends in `.gz`."""
        from sojourn.engine.stream.logs.formats import packed
        from sojourn.engine.stream.logs.xes_cases import case_pieces
        from sojourn.surfaces.library.conventions import pm4py_columns

        place = Path(path)
        made = case_pieces(pm4py_columns(*self._source.events(self._asked)))
        with place.open("wb") as file:
            file.writelines(packed(made) if place.suffix == ".gz" else made)

    def refused(self) -> tuple[str, ...]:
        """List the rows of the file that could not become events: line and reason, with what was doubtful."""
        recorded, _ = self._source.events(self._asked)
        return (*recorded.notes, *(f"line {each.line}: {each.reason}" for each in recorded.refused))

    def _sides(self, other: Log | None, split: Split | None, before: bool) -> tuple[Filter, Filter]:
        asked = Comparing(self._source, self._asked)
        if sum((other is not None, split is not None, before)) != 1:
            raise InvalidError("compare: give another log, split= or before=True, one of them.")
        if other is not None:
            return asked.with_other(other._source, other._asked)
        return asked.with_period_before() if split is None else asked.split(split)
