"""Lifecycle: who is new, stays, comes back and goes quiet, day by day, week by week or month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import LifecyclePeriod, LifecycleTable, Question
from sojourn.domains.journeys.queries.retention import ANY, codes_of, known_span
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.lifecycle import Lifecycle, LifecycleFold
from sojourn.kit.calendar import CalendarUnit, edges, zone_called
from sojourn.kit.period import Period, instant, micros


def lifecycle(
    *,
    question: Question,
    viewer: Viewer,
    active: Sequence[str] = (),
    unit: CalendarUnit = CalendarUnit.WEEK,
    zone: str = "UTC",
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> LifecycleTable:
    """Give the lifecycle for the days, weeks or months that the question's period touches and that have passed.

    `active` names the events that make a customer active, none: any event. Who is new and who was away is told from
    all events before the period, too. Raise InvalidError for too many periods or an event that was never seen.
    """
    names = tuple(active)
    known = known_span(now, viewer, purpose)
    calendar = zone_called(zone)
    shown = cohorts.spans(unit, question.period, known, calendar)
    every = edges(unit, shown[0] - timedelta(microseconds=1), shown[-1], calendar)
    edges_us = tuple(micros(each) for each in every)
    passed_us = cohorts.passed_us(edges_us, known)
    answer = privacy.ask(
        fold_for=lambda codes: LifecycleFold(active=codes_of(codes, names, question), edges=edges_us),
        period=Period(since=None, until=instant(edges_us[-1])),
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.lifecycle", names, edges_us, question.identity_steps),
        told={"active by": names or ANY, f"by {unit}": Period(since=shown[0], until=shown[-1]), "time zone": zone},
    )
    return LifecycleTable(
        unit=unit,
        periods=tuple(each for each in _periods(every[1:], answer.value) if micros(each.until) <= passed_us),
        zone=zone,
        coverage=replace(answer.coverage, period=Period(since=shown[0], until=shown[-1])),
    )


def _periods(every: Sequence[datetime], found: Lifecycle) -> list[LifecyclePeriod]:
    columns = (found.new, found.retained, found.resurrected, found.dormant, found.before)
    figures = zip(*(column.tolist() for column in columns), strict=True)
    return [
        LifecyclePeriod(
            since=since,
            until=until,
            new=new,
            retained=retained,
            resurrected=resurrected,
            dormant=dormant,
            active=new + retained + resurrected,
            before=before,
            kept=rules.share(retained, before),
        )
        for since, until, (new, retained, resurrected, dormant, before) in zip(every, every[1:], figures, strict=False)
    ]
