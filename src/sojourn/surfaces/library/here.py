"""Questions answered here, by the kernels, over a file's or DataFrame's events."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from sojourn.engine.kernels import lens, running, thinning
from sojourn.engine.kernels.completion import ABANDONED, COMPLETED, FIRST_OUTCOME, CompletionFold
from sojourn.engine.kernels.funnel import STEPS_LIMIT, FunnelFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.results import Completions as CompletionsFound
from sojourn.engine.kernels.results import Graph as GraphFound
from sojourn.engine.kernels.steps import StepsFold
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import Fold, Slice
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.library.asked import Filter, Journey, RetentionAsked
from sojourn.surfaces.library.looking import Seen, bounds, seen, with_dimension
from sojourn.surfaces.library.recorded import IDENTITY_EVENTS, Recorded
from sojourn.surfaces.library.results import (
    Completion,
    Completions,
    Funnel,
    FunnelStep,
    Graph,
    Path,
    Retention,
    Sessions,
    Step,
    Variant,
    Variants,
)
from sojourn.surfaces.library.retention import retention
from sojourn.surfaces.library.sessions import sessions
from sojourn.surfaces.library.words import clustered_share, seconds, share_of

R = TypeVar("R")
P = TypeVar("P")
MICROS = 1_000_000
DAY_S = 86_400
NOT_SAID = "(none)"  # events that do not say the dimension broken down by


class Here:
    """A file or DataFrame, read when it is first asked and then kept."""

    def __init__(self, label: str, read: Callable[[], Recorded]) -> None:
        self._label, self._read, self._lock = label, read, threading.Lock()

    def label(self) -> str:
        """Say what is read."""
        return self._label

    def recorded(self) -> Recorded:
        """Give the events, reading them the first time."""
        with self._lock:
            return self._recorded

    @cached_property
    def _recorded(self) -> Recorded:
        return self._read()

    def graph(self, asked: Filter, *, steps: int, paths: float, identity_steps: bool) -> Graph:
        """Mine the steps that most customers had, as if there were no others."""
        recorded = self.recorded()
        looking = seen(recorded, asked)
        shown, in_all = _shown(recorded, looking, steps, identity_steps)
        found = _run(GraphFold(lens.only(shown)), looking.events)
        rows, edges = _steps(recorded, found), _paths(recorded, found)
        count = {(each.source, each.target): each.times for each in edges}
        kept = thinning.kept_paths(count, {s.name: s.starts for s in rows}, {s.name: s.ends for s in rows}, paths)
        whole = sum(count.values())
        return Graph(
            steps=tuple(rows),
            paths=tuple(each for each in edges if (each.source, each.target) in kept),
            steps_in_all=in_all,
            paths_in_all=len(edges),
            covers=sum(count[edge] for edge in kept) / whole if whole else 1.0,
            coverage=looking.coverage,
        )

    def variants(self, asked: Filter, *, top: int, steps: int, identity_steps: bool) -> Variants:
        """Give the most frequent sequences of the steps that most customers had."""
        recorded = self.recorded()
        looking = seen(recorded, asked)
        shown, _ = _shown(recorded, looking, steps, identity_steps)
        found = _run(VariantsFold(lens.only(shown), top=top), looking.events)
        total = found.total_customers
        return Variants(
            rows=tuple(
                Variant(
                    steps=tuple(recorded.names[code] for code in each.events),
                    customers=each.customers,
                    share=share_of(each.customers, total),
                    median_s=each.median_duration / MICROS,
                )
                for each in found.top
            ),
            distinct=found.distinct,
            covers=sum(each.customers for each in found.top) / total if total else 1.0,
            coverage=looking.coverage,
        )

    def funnel(self, asked: Filter, *, steps: tuple[tuple[str, ...], ...], window_days: float) -> Funnel:
        """Count the customers who took the first step in the period and reached each next one within the window."""
        if len(steps) > STEPS_LIMIT:
            raise InvalidError(f"steps: a funnel has at most {STEPS_LIMIT} steps, not {len(steps)}.")
        recorded = self.recorded()
        window_s = round(window_days * DAY_S)
        since, until = bounds(asked.period)
        fold = FunnelFold(
            [[recorded.code(name) for name in names] for names in steps],
            window_us=window_s * MICROS,
            since_us=since,
            until_us=until,
        )
        looking = seen(recorded, asked, _lengthened(asked.period, timedelta(seconds=window_s)))
        found = _run(fold, looking.events)
        reached = found.reached.tolist()
        return Funnel(
            steps=tuple(
                FunnelStep(
                    name=" / ".join(names),
                    customers=reached[k],
                    from_first=share_of(reached[k], reached[0]),
                    from_before=share_of(reached[k], reached[max(k - 1, 0)]),
                    median_s=seconds(found.median_gap[k]),
                    p90_s=seconds(found.p90_gap[k]),
                )
                for k, names in enumerate(steps)
            ),
            window_s=window_s,
            median_total_s=seconds(found.median_total),
            coverage=looking.coverage,
        )

    def completion(self, asked: Filter, *, journey: Journey | str, by: str | None) -> Completions:
        """Say how the journeys begun in the period ended, as a whole or by a dimension of their start."""
        if isinstance(journey, str):
            raise InvalidError("A file knows no named journeys: say start=, goals= and window_days=.")
        recorded = self.recorded()
        since, until = bounds(asked.period)
        period = Period(since=None, until=_later(asked.period.until, timedelta(days=journey.window_days)))
        looking = seen(recorded, asked, period)
        events, names = (looking.events, ("",)) if by is None else with_dimension(looking, recorded, by)
        others = journey.other_outcomes()
        fold = CompletionFold(
            start=recorded.code(journey.start),
            goals=[recorded.code(name) for name in journey.goals],
            outcomes=[[recorded.code(name) for name in events] for events in others.values()],
            window_us=round(journey.window_days * DAY_S * MICROS),
            as_of_us=int(recorded.events.at.max()) + 1 if len(recorded.events.at) else 0,
            since_us=since,
            until_us=until,
            by=by,
            groups=0 if by is None else len(names),
        )
        found = _run(fold, events)
        parts = names if by is None else (*names, NOT_SAID)
        made = (_completion(found, place, part, list(others)) for place, part in enumerate(parts))
        rows = sorted(made, key=lambda each: each.part)
        return Completions(rows=tuple(each for each in rows if by is None or each.started), coverage=looking.coverage)

    def sessions(
        self, asked: Filter, *, timeout_minutes: float, starts: tuple[str, ...], identity_steps: bool
    ) -> Sessions:
        """Cut each customer's events into sessions."""
        return sessions(
            self.recorded(), asked, timeout_minutes=timeout_minutes, starts=starts, identity_steps=identity_steps
        )

    def retention(self, asked: Filter, *, wanted: RetentionAsked) -> Retention:
        """Count who came back, by cohort."""
        return retention(self.recorded(), asked, wanted)


def _run(fold: Fold[P, R], events: Slice) -> R:
    return running.run(fold, [events], os.cpu_count() or 1)


def _shown(recorded: Recorded, looking: Seen, wanted: int, identity_steps: bool) -> tuple[list[int], int]:
    """Choose the codes of the steps that most customers had, and say how many there are in all."""
    found = _run(StepsFold(), looking.events)
    visitors = {
        recorded.names[code]: customers
        for code, customers in zip(found.node.tolist(), found.visitors.tolist(), strict=True)
        if identity_steps or recorded.names[code] not in IDENTITY_EVENTS
    }
    return [recorded.code(name) for name in thinning.top_steps(visitors, wanted)], len(visitors)


def _steps(recorded: Recorded, found: GraphFound) -> list[Step]:
    columns = (found.node, found.visitors, found.times, found.repeaters, found.starts, found.ends)
    rows = [
        Step(name=recorded.names[node], customers=visitors, times=times, repeaters=again, starts=starts, ends=ends)
        for node, visitors, times, again, starts, ends in zip(*(each.tolist() for each in columns), strict=True)
        if times
    ]
    return sorted(rows, key=lambda step: (-step.customers, step.name))


def _paths(recorded: Recorded, found: GraphFound) -> list[Path]:
    visitors = dict(zip(found.node.tolist(), found.visitors.tolist(), strict=True))
    columns = (
        found.source, found.target, found.count, found.customers, found.mean_gap, found.median_gap, found.p90_gap,
    )  # fmt: skip
    rows = [
        Path(
            source=recorded.names[source],
            target=recorded.names[target],
            customers=customers,
            times=times,
            share=share_of(customers, visitors[source]),
            mean_s=mean / MICROS,
            median_s=median / MICROS,
            p90_s=p90 / MICROS,
        )
        for source, target, times, customers, mean, median, p90 in zip(*(c.tolist() for c in columns), strict=True)
    ]
    return sorted(rows, key=lambda path: (-path.customers, path.source, path.target))


def _completion(found: CompletionsFound, place: int, part: str, others: list[str]) -> Completion:
    shares = [clustered_share(_clusters(found, place, column)) for column in range(found.count.shape[1])]
    opened, closed = int(found.open[place]), int(found.closed[place])
    return Completion(
        part=part,
        started=opened + closed,
        open=opened,
        closed=closed,
        counts=dict(zip(("completed", "abandoned", *others), found.count[place].tolist(), strict=True)),
        completed=shares[COMPLETED],
        abandoned=shares[ABANDONED],
        outcomes=dict(zip(others, shares[FIRST_OUTCOME:], strict=True)),
        median_s=seconds(found.median_time[place]),
        p90_s=seconds(found.p90_time[place]),
    )


def _clusters(found: CompletionsFound, place: int, column: int) -> Clusters:
    return Clusters(
        customers=int(found.customers[place]),
        n=int(found.closed[place]),
        k=int(found.count[place, column]),
        nn=int(found.closed_squares[place]),
        kk=int(found.squares[place, column]),
        nk=int(found.products[place, column]),
    )


def _later(until: datetime | None, window: timedelta) -> datetime | None:
    return None if until is None else until + window


def _lengthened(period: Period, window: timedelta) -> Period:
    return Period(since=period.since, until=_later(period.until, window))
