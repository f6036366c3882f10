"""How named journeys end: completed, with another outcome, abandoned, or still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import Completion, Journey
from sojourn.domains.journeys.queries.door import as_they_are, bounds
from sojourn.domains.journeys.queries.named import journey as named
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, Coverage, EventFilter, Purpose
from sojourn.engine.kernels.completion import ABANDONED, COMPLETED, FIRST_OUTCOME, CompletionFold
from sojourn.engine.kernels.results import Completions
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, instant, micros

MONTH = "month"
NOT_SAID = "(none)"  # events that do not say the dimension broken down by
MONTHS_MOST = 240


@dataclass(frozen=True)
class _Grouping:
    """How to break down: by a dimension, at some instants, or not at all."""

    by: str | None = None
    months: tuple[datetime, ...] = ()

    def names(self, codes: Codes) -> tuple[str, ...]:
        """Name the groups of the fold."""
        if self.by is not None:
            return (*codes.dimensions[self.by], NOT_SAID)
        return tuple(f"{month:%Y-%m}" for month in self.months) or ("",)


def completion(
    *,
    slug: str,
    period: Period,
    viewer: Viewer,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> Completion:
    """Say how the journeys begun in a period ended; raise NotFoundError for a journey nobody saved."""
    return completions(slug=slug, period=period, viewer=viewer, events=events, purpose=purpose, now=now)[0]


def completions(
    *,
    slug: str,
    period: Period,
    viewer: Viewer,
    by: str | None = None,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> tuple[Completion, ...]:
    """Say how the journeys begun in a period ended, by a dimension of their start event or by `month`.

    Without `by` there is one part. Parts in which none was started are left out. Raise NotFoundError, or InvalidError
    for a dimension there is not or a breakdown by month of an open period.
    """
    journey = named(slug=slug, viewer=viewer)
    grouping = _Grouping(months=_months(period)) if by == MONTH else _Grouping(by=by)
    as_of_us = known_until_us(now or timezone.now(), viewer, purpose)
    window = timedelta(days=journey.window_days)
    names = grouping.names(Codes(names=())) if grouping.by is None else ()

    def fold_for(codes: Codes) -> CompletionFold:
        nonlocal names
        fold = _fold(journey, codes, grouping, period, as_of_us)
        names = grouping.names(codes)
        return fold

    answer = privacy.ask(
        fold_for=fold_for,
        # a journey that runs since before the period keeps later starts from being journeys of their own
        period=Period(since=None, until=None if period.until is None else period.until + window),
        events=as_they_are(events),
        purpose=purpose,
        viewer=viewer,
        # the values of a dimension are known only once the fold is made, so such an answer is made each time
        key=None if grouping.by is not None else ("journeys.completion", _frozen(journey), period, grouping, as_of_us),
        told=_told(journey, by, period, as_of_us),
    )
    coverage = replace(answer.coverage, period=period)
    return _parts(journey, answer.value, names, coverage, whole=by is None)


def _frozen(journey: Journey) -> tuple[object, ...]:
    return (journey.start, journey.goals, tuple(rules.other_outcomes(journey).items()), journey.window_days)


def _told(journey: Journey, by: str | None, period: Period, as_of_us: int) -> dict[str, object]:
    """Give the question's parameters as people read them."""
    outcomes = {f"outcome {name}": events for name, events in rules.other_outcomes(journey).items()}
    return {
        "start": journey.start,
        "started": period,
        "goals": journey.goals,
        **outcomes,
        "window in days": journey.window_days,
        "known until": instant(as_of_us),
        **({} if by is None else {"by": by}),
    }


def _fold(journey: Journey, codes: Codes, grouping: _Grouping, period: Period, as_of_us: int) -> CompletionFold:
    if grouping.by is not None and grouping.by not in codes.dimensions:
        raise InvalidError(f"by: there is no dimension {grouping.by}; choose month or one of {_listed(codes)}.")
    return CompletionFold(
        start=codes.code(journey.start),
        goals=[codes.code(name) for name in journey.goals],
        outcomes=[[codes.code(name) for name in names] for names in rules.other_outcomes(journey).values()],
        window_us=journey.window_days * rules.DAY_S * rules.MICROS,
        as_of_us=as_of_us,
        by=grouping.by,
        groups=0 if grouping.by is None else len(codes.dimensions[grouping.by]),
        marks=[micros(month) for month in grouping.months[1:]],
        **bounds(period),
    )


def _listed(codes: Codes) -> str:
    return ", ".join(sorted(codes.dimensions)) or "none"


def known_until_us(now: datetime, viewer: Viewer, purpose: Purpose) -> int:
    """Say until when events are known: a microsecond after the last, or now where a sender's clock ran ahead."""
    last_at = privacy.freshness(purpose=purpose, viewer=viewer).last_at
    return 0 if last_at is None else min(micros(last_at) + 1, micros(now))


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


def _parts(
    journey: Journey, found: Completions, names: Sequence[str], coverage: Coverage, *, whole: bool
) -> tuple[Completion, ...]:
    return tuple(
        _part(journey, found, place, name, coverage)
        for place, name in enumerate(names)
        if whole or found.open[place] + found.closed[place] > 0
    )


def _part(journey: Journey, found: Completions, place: int, name: str, coverage: Coverage) -> Completion:
    columns = [_clusters(found, place, column) for column in range(found.count.shape[1])]
    others = rules.other_outcomes(journey)
    opened, closed = int(found.open[place]), int(found.closed[place])
    outcomes = zip(others, columns[FIRST_OUTCOME:], strict=True)
    return Completion(
        journey=journey.slug,
        part=name,
        started=opened + closed,
        open=opened,
        closed=closed,
        counts=dict(zip(("completed", "abandoned", *others), found.count[place].tolist(), strict=True)),
        completed=rules.clustered_share(columns[COMPLETED]),
        abandoned=rules.clustered_share(columns[ABANDONED]),
        outcomes={outcome: rules.clustered_share(clusters) for outcome, clusters in outcomes},
        median_s=rules.seconds(found.median_time[place]),
        p90_s=rules.seconds(found.p90_time[place]),
        completed_clusters=columns[COMPLETED],
        abandoned_clusters=columns[ABANDONED],
        coverage=coverage,
    )


def _clusters(found: Completions, place: int, column: int) -> Clusters:
    return Clusters(
        customers=int(found.customers[place]),
        n=int(found.closed[place]),
        k=int(found.count[place, column]),
        nn=int(found.closed_squares[place]),
        kk=int(found.squares[place, column]),
        nk=int(found.products[place, column]),
    )
