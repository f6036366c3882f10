"""Lifecycle: who is new, stays, comes back and goes quiet, day by day, week by week or month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sojourn.engine.answers.door import C, Door, counted_codes
from sojourn.engine.answers.retention import ANY
from sojourn.engine.answers.words import Share, share
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.lifecycle import Lifecycle, LifecycleFold
from sojourn.kit.calendar import CalendarUnit, edges, zone_called
from sojourn.kit.period import Period, instant, micros


@dataclass(frozen=True, kw_only=True, slots=True)
class LifecyclePeriod:
    """How customers came and went in one day, week or month; new, retained and resurrected ones are the active.

    `kept` is the share retained of those active in the period `before`; the others are dormant.
    """

    since: datetime
    until: datetime
    new: int
    retained: int
    resurrected: int
    dormant: int
    active: int
    before: int
    kept: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class LifecycleFigures:
    """The lifecycle by day, week or month; periods that have not passed are left out."""

    unit: CalendarUnit
    periods: tuple[LifecyclePeriod, ...]
    zone: str


def lifecycle(
    door: Door[C], *, active: Sequence[str], unit: CalendarUnit, zone: str
) -> tuple[LifecycleFigures, C, Period]:
    """Give the lifecycle for the days, weeks or months that the question's period touches and that have passed.

    `active` names the events that make a customer active, none: any event. Who is new and who was away is told from
    all events before the period, too. The third is the span shown. Raise InvalidError for too many periods or an event
    that was never seen.
    """
    names = tuple(active)
    known = door.known()
    calendar = zone_called(zone)
    shown = cohorts.spans(unit, door.period, known, calendar)
    every = edges(unit, shown[0] - timedelta(microseconds=1), shown[-1], calendar)
    edges_us = tuple(micros(each) for each in every)
    passed_us = cohorts.passed_us(edges_us, known)
    span = Period(since=shown[0], until=shown[-1])
    answer = door.ask(
        lambda codes: LifecycleFold(
            active=counted_codes(codes, names, identity_steps=door.identity_steps), edges=edges_us
        ),
        period=Period(since=None, until=instant(edges_us[-1])),
        key=("journeys.lifecycle", names, edges_us, door.identity_steps),
        told={"active by": names or ANY, f"by {unit}": span, "time zone": zone},
    )
    figures = LifecycleFigures(
        unit=unit,
        periods=tuple(each for each in _periods(every[1:], answer.value) if micros(each.until) <= passed_us),
        zone=zone,
    )
    return figures, answer.coverage, span


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
            kept=share(retained, before),
        )
        for since, until, (new, retained, resurrected, dormant, before) in zip(every, every[1:], figures, strict=False)
    ]
