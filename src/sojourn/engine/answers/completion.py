"""How journeys end: completed, with another outcome, abandoned, or still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sojourn.engine.answers.door import C, Codes, Door, Looking, bounds, dimension_values
from sojourn.engine.answers.funnel import with_window
from sojourn.engine.answers.words import DAY_S, MICROS, Share, clustered_share, seconds
from sojourn.engine.kernels.completion import ABANDONED, COMPLETED, FIRST_OUTCOME, CompletionFold
from sojourn.engine.kernels.results import Completions
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, instant, micros

MONTH = "month"
NOT_SAID = "(none)"  # events that do not say the dimension broken down by
MONTHS_MOST = 240


class JourneyAsked(Protocol):
    """A journey: begins with the start event, is completed by one of the goals within the window."""

    @property
    def start(self) -> str: ...
    @property
    def goals(self) -> tuple[str, ...]: ...
    @property
    def outcomes(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def window_days(self) -> float: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionFigures:
    """How the journeys begun in a period ended.

    A journey is `open` until its window has passed, even when its goal is already reached: else quick successes
    would be counted before slow failures. `completed`, `abandoned` and `outcomes` are shares of the closed ones, and in
    numbers: completed + abandoned + outcomes = closed, closed + open = started. `counts` has them, by `completed`,
    `abandoned` and each outcome's name. `part` is the value broken down by, "" for the whole. Seconds are from the
    start to the goal, of completed ones.
    """

    part: str = ""
    started: int
    open: int
    closed: int
    counts: dict[str, int]
    completed: Share
    abandoned: Share
    outcomes: dict[str, Share]
    median_s: float | None
    p90_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A part's figures with the sums by customer behind two of them, for comparing with another period or part."""

    figures: CompletionFigures
    starters: int  # customers, or sets of those who hang together
    completed: Clusters
    abandoned: Clusters


@dataclass(frozen=True)
class _Grouping:
    """How to break down: by a dimension, at some instants, or not at all."""

    by: str | None = None
    months: tuple[datetime, ...] = ()

    def names(self, codes: Codes) -> tuple[str, ...]:
        """Name the groups of the fold."""
        if self.by is not None:
            return (*dimension_values(codes, self.by), NOT_SAID)
        return tuple(f"{month:%Y-%m}" for month in self.months) or ("",)


def completions(door: Door[C], journey: JourneyAsked, *, by: str | None = None) -> tuple[tuple[Ended, ...], C]:
    """Say how the journeys begun in a period ended, by a dimension of their start event or by `month`.

    Without `by` there is one part. Parts in which none was started are left out. Raise InvalidError for a dimension
    that there is not or a breakdown by month of an open period.
    """
    grouping = _Grouping(months=_months(door.period)) if by == MONTH else _Grouping(by=by)
    as_of_us = known_until_us(door)
    names = grouping.names(Codes(names=())) if grouping.by is None else ()

    def fold_for(codes: Codes) -> CompletionFold:
        nonlocal names
        fold = _fold(journey, codes, grouping, door, as_of_us)
        names = grouping.names(codes)
        return fold

    answer = door.ask(
        fold_for,
        # a journey that runs since before the period keeps later starts from being journeys of their own
        period=with_window(door.period, journey.window_days * DAY_S, since=False),
        # the values of a dimension are known only once the fold is made, so such an answer is made each time
        key=None if grouping.by is not None else ("journeys.completion", _frozen(journey), door.period, grouping,
                                                  as_of_us),
        told=_told(journey, by, door.period, as_of_us),
    )  # fmt: skip
    found = answer.value
    parts = tuple(
        _part(journey, found, place, name)
        for place, name in enumerate(names)
        if by is None or found.open[place] + found.closed[place] > 0
    )
    return parts, answer.coverage


def other_outcomes(journey: JourneyAsked) -> dict[str, tuple[str, ...]]:
    """Give the outcomes that are not completion: an outcome made of goals (approved) only names it."""
    return {name: events for name, events in journey.outcomes.items() if not set(events) <= set(journey.goals)}


def known_until_us(door: Door[C]) -> int:
    """Say until when events are known: a microsecond after the last, or now where a sender's clock ran ahead."""
    known = door.known()
    return 0 if known.until_us is None or known.since == known.until else known.until_us


def _frozen(journey: JourneyAsked) -> tuple[object, ...]:
    return (journey.start, journey.goals, tuple(other_outcomes(journey).items()), journey.window_days)


def _told(journey: JourneyAsked, by: str | None, period: Period, as_of_us: int) -> dict[str, object]:
    """Give the question's parameters as people read them."""
    outcomes = {f"outcome {name}": events for name, events in other_outcomes(journey).items()}
    return {
        "start": journey.start,
        "started": period,
        "goals": journey.goals,
        **outcomes,
        "window in days": journey.window_days,
        "known until": instant(as_of_us),
        **({} if by is None else {"by": by}),
    }


def _fold(journey: JourneyAsked, codes: Codes, grouping: _Grouping, looked: Looking, as_of_us: int) -> CompletionFold:
    return CompletionFold(
        start=codes.code(journey.start),
        goals=[codes.code(name) for name in journey.goals],
        outcomes=[[codes.code(name) for name in names] for names in other_outcomes(journey).values()],
        window_us=round(journey.window_days * DAY_S * MICROS),
        as_of_us=as_of_us,
        by=grouping.by,
        groups=0 if grouping.by is None else len(dimension_values(codes, grouping.by)),
        marks=[micros(month) for month in grouping.months[1:]],
        **bounds(looked.period),
    )


def _months(period: Period) -> tuple[datetime, ...]:
    """Give the first instants of the months that a period touches."""
    if period.since is None or period.until is None:
        raise InvalidError("period: a breakdown by month needs a period with a beginning and an end.")
    month = period.since.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months: list[datetime] = []
    while month < period.until and len(months) < MONTHS_MOST:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return tuple(months)


def _part(journey: JourneyAsked, found: Completions, place: int, name: str) -> Ended:
    columns = [_clusters(found, place, column) for column in range(found.count.shape[1])]
    others: Sequence[str] = list(other_outcomes(journey))
    opened, closed = int(found.open[place]), int(found.closed[place])
    outcomes = zip(others, columns[FIRST_OUTCOME:], strict=True)
    figures = CompletionFigures(
        part=name,
        started=opened + closed,
        open=opened,
        closed=closed,
        counts=dict(zip(("completed", "abandoned", *others), found.count[place].tolist(), strict=True)),
        completed=clustered_share(columns[COMPLETED]),
        abandoned=clustered_share(columns[ABANDONED]),
        outcomes={outcome: clustered_share(clusters) for outcome, clusters in outcomes},
        median_s=seconds(found.median_time[place]),
        p90_s=seconds(found.p90_time[place]),
    )
    starters = int(found.starters[place])
    return Ended(figures=figures, starters=starters, completed=columns[COMPLETED], abandoned=columns[ABANDONED])


def _clusters(found: Completions, place: int, column: int) -> Clusters:
    return Clusters(
        customers=int(found.customers[place]),
        n=int(found.closed[place]),
        k=int(found.count[place, column]),
        nn=int(found.closed_squares[place]),
        kk=int(found.squares[place, column]),
        nk=int(found.products[place, column]),
    )
