"""Which events and properties go with completing a named journey."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import differing, rules
from sojourn.domains.journeys.contracts import Companion, Journey, SuccessTable
from sojourn.domains.journeys.queries.comparing import looks_at
from sojourn.domains.journeys.queries.completion import known_until_us
from sojourn.domains.journeys.queries.door import as_they_are, bounds
from sojourn.domains.journeys.queries.named import journey as named
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Answer, Codes, EventFilter, Purpose
from sojourn.engine.kernels.success import Success, SuccessFold
from sojourn.engine.kernels.words import NO_CODE
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.differences import Sides, risk_ratio
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

HOUR_US = 3_600 * rules.MICROS
MOST = 100  # of each kind; those that most customers had
NOT_SAID = "(none)"

Counted = tuple[str, tuple[str, ...], int, int]  # kind, names, customers who had it, those of them who succeeded


def success(
    *,
    slug: str,
    period: Period,
    viewer: Viewer,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    landmark_hours: float | None = None,
    looks: str | None = None,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> SuccessTable:
    """Say what goes with completing a journey: events on the way, and what the start event says.

    With `landmark_hours` only events so soon after the start count, of journeys still running then: without it slow
    events seem to go with failure, as failures are watched for longer. Raise NotFoundError or InvalidError.
    """
    journey = named(slug=slug, viewer=viewer)
    if landmark_hours is not None and not 0 < landmark_hours < journey.window_days * 24:
        raise InvalidError(f"landmark: choose more than 0 and less than the journey's {journey.window_days} days.")
    as_of_us = known_until_us(now or timezone.now(), viewer, purpose)
    how = looks_at(looks, (period,), as_of_us)
    answers: dict[str | None, Answer[Success]] = {}
    dimensions: dict[str, tuple[str, ...]] = {}

    def ask(by: str | None) -> Answer[Success]:
        def fold_for(codes: Codes) -> SuccessFold:
            if by is not None:
                dimensions[by] = codes.dimensions[by]
            return _fold(journey, codes, period, as_of_us, landmark_hours, by)

        window = timedelta(days=journey.window_days)
        return privacy.ask(
            fold_for=fold_for,
            period=Period(since=None, until=None if period.until is None else period.until + window),
            events=as_they_are(events),
            purpose=purpose,
            viewer=viewer,
            told={"start": journey.start, "goals": journey.goals, "window in days": journey.window_days},
        )

    answers[None] = ask(None)
    for each in sorted(privacy.vocabulary(purpose=purpose, viewer=viewer).dimensions):
        if each not in events.dimensions and each != "source":
            answers[each] = ask(each)
    whole = answers[None].value
    counted = [row for by, answer in answers.items() for row in _counted(by, answer, dimensions)]
    family = [differing.shares(_without(n, k, whole), how) for _, _, n, k in counted]
    p = differing.corrected(family)
    companions = []
    for (kind, names, _, _), found, adjusted in zip(counted, family, p, strict=True):
        ratio = risk_ratio(found.sides, how)
        companions.append(
            Companion(
                kind=kind,
                names=names,
                share=differing.share_difference(found, adjusted),
                ratio=None if ratio is None else ratio.value,
                ratio_low=None if ratio is None else ratio.low,
                ratio_high=None if ratio is None else ratio.high,
            )
        )
    many = differing.tested(family)
    return SuccessTable(
        journey=slug,
        completed=rules.share(whole.total_k, whole.total_n),
        companions=tuple(sorted(companions, key=_rank)),
        tested=many,
        landmark_hours=landmark_hours,
        over=whole.over,
        looks=how.value,
        method=differing.spoken(how, many),
        coverage=answers[None].coverage,
    )


def _fold(
    journey: Journey, codes: Codes, period: Period, as_of_us: int, landmark_hours: float | None, by: str | None
) -> SuccessFold:
    return SuccessFold(
        start=codes.code(journey.start),
        goals=[codes.code(name) for name in journey.goals],
        outcomes=[[codes.code(name) for name in names] for names in rules.other_outcomes(journey).values()],
        window_us=journey.window_days * rules.DAY_S * rules.MICROS,
        as_of_us=as_of_us,
        landmark_us=None if landmark_hours is None else round(landmark_hours * HOUR_US),
        by=by,
        **bounds(period),
    )


def _counted(by: str | None, answer: Answer[Success], dimensions: dict[str, tuple[str, ...]]) -> Iterator[Counted]:
    found = answer.value
    rows = sorted(zip(found.n.tolist(), found.code.tolist(), found.k.tolist(), strict=True), reverse=True)
    floor, everybody = settings.SOJOURN.k_floor, found.total_n
    # what everybody had sets nobody apart; of those without it there must be enough, too
    enough = [(n, code, k) for n, code, k in rows if n >= floor and everybody - n >= floor][:MOST]
    for n, code, k in enough:
        if by is None:
            name = answer.names[code]
            if name and name not in rules.IDENTITY_EVENTS:
                yield "event", (name,), n, k
        else:
            value = NOT_SAID if code == int(NO_CODE) else dimensions[by][code]
            if value:
                yield "property", (by, value), n, k


def _without(n: int, k: int, whole: Success) -> Sides:
    """Set those who had it (side b) against all others (side a)."""
    m, j = whole.total_n - n, whole.total_k - k
    return Sides(Clusters(m, m, j, m, j, j), Clusters(n, n, k, n, k, k))


def _rank(each: Companion) -> tuple[bool, float, tuple[str, ...]]:
    return each.share.verdict not in ("more", "less"), -each.share.effect, each.names
