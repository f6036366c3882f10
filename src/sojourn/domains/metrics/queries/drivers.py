"""Drivers: what goes with how customers answered, with relative importance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.metrics import columns as thought
from sojourn.domains.metrics.columns import Happened, Weighed
from sojourn.domains.metrics.hooks import driver_columns
from sojourn.domains.metrics.models import FactRow
from sojourn.domains.metrics.queries import answers as asked
from sojourn.domains.metrics.queries.kpis import kpi as kpi_of
from sojourn.domains.metrics.queries.surveys import BY
from sojourn.domains.metrics.words import Answers, DriverColumn, Drivers, Fact, FactKind
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.stats.drivers import LMG_MOST
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

ALL_EVENTS = EventFilter()
DIMENSIONS = {"channel": "Channel", "unit": "Unit", "product": "Product", BY["survey"]: "Survey"}


def facts() -> tuple[Fact, ...]:
    """List the operational facts that may drive a score, by name."""
    return tuple(each.contract() for each in FactRow.objects.order_by("name", "slug"))


def drivers(
    *,
    kpi: str,
    period: Period,
    viewer: Viewer,
    survey: str | None = None,
    only: Sequence[str] = (),
    events: EventFilter = ALL_EVENTS,
    purpose: Purpose = Purpose.ANALYTICS,
) -> Drivers:
    """Weigh what may drive a score against each other: channel, unit, product, survey, facts, and what rooms know.

    Of one `survey` or all of the KPI's scale; with `only` these drivers (slugs). At most 12 are weighed at once, those
    of fewer customers than the floor go into the level "others". Answers of customers with hidden events among
    the facts are left out. Raise NotFoundError, NotComputedError, or InvalidError for a driver there is not.
    """
    known = facts()
    floor = 0 if viewer.can(Right.CUSTOMERS_LIST) else settings.SOJOURN.k_floor
    return privacy.remembered(
        key=("metrics.drivers", kpi, period, survey, tuple(only), known, floor),
        make=lambda: _computed(kpi, period, viewer, survey, tuple(only), events, purpose, known, floor),
        events=events,
        purpose=purpose,
        viewer=viewer,
    )


def _computed(
    kpi: str,
    period: Period,
    viewer: Viewer,
    survey: str | None,
    only: tuple[str, ...],
    events: EventFilter,
    purpose: Purpose,
    known: tuple[Fact, ...],
    floor: int,
) -> Drivers:
    numbers = [f"properties.{each.event}" for each in known if each.kind is FactKind.NUMBER]
    with asked.reading(kpi=kpi, fields=numbers, period=period, events=events, purpose=purpose, viewer=viewer) as read:
        found = asked.on_scale(read, kpi=kpi, period=period, survey=survey)
        coverage = asked.coverage(read, kpi=kpi, period=period)
    happened, hidden = _happened(known, period, purpose, viewer)
    seen = ~np.isin(found.customer, hidden)
    left_out = int((~seen).sum())
    found = asked.narrowed(found, seen)
    made = Drivers(
        kpi=kpi, scale=found.scale, survey=survey or "", n=len(found.score),
        customers=len(np.unique(found.customer)), mean=None, explained=None, rows=(), left_out=(),
        hidden=None if 0 < left_out < settings.SOJOURN.k_floor else left_out, method="", note="", coverage=coverage,
    )  # fmt: skip
    if made.customers < max(thought.needed(1), floor):
        return replace(made, note=f"too few to say: {made.customers} customers, {thought.needed(1)} are needed")
    columns = _columns(found, known, happened, viewer, only, has_survey=survey is not None)
    return _weighed(made, found, columns, floor, kpi_of(kpi_id=kpi).better)


def _columns(
    answers: Answers,
    known: Sequence[Fact],
    happened: dict[str, Happened],
    viewer: Viewer,
    only: tuple[str, ...],
    *,
    has_survey: bool,
) -> list[DriverColumn]:
    every = [
        DriverColumn(slug=name.removeprefix("properties."), name=title, values=answers.fields[name])
        for name, title in DIMENSIONS.items()
        if not (has_survey and name == BY["survey"])
    ]
    every += [thought.fact_column(fact, answers, happened) for fact in known]
    every += [column for answer in driver_columns for column in answer(answers, viewer)]
    there = {each.slug for each in every}
    if unknown := [each for each in only if each not in there]:
        raise InvalidError(f"driver: choose among {', '.join(sorted(there))}, not {unknown[0]}.")
    return [each for each in every if not only or each.slug in only]


def _weighed(made: Drivers, answers: Answers, columns: Sequence[DriverColumn], floor: int, better: str) -> Drivers:
    tried = [(each, thought.weighed(each, answers.customer, floor)) for each in columns]
    left_out = [(column.name, each) for column, each in tried if isinstance(each, str)]
    found: list[Weighed] = []
    room = made.customers
    for column, each in tried:
        if isinstance(each, str):
            continue
        width = sum(one.columns.shape[1] for one in found) + each.columns.shape[1]
        if len(found) == LMG_MOST:
            left_out.append((column.name, f"more than {LMG_MOST} at once; choose"))
        elif thought.needed(width) > room:
            left_out.append((column.name, f"{thought.needed(width):,} customers are needed beside the others"))
        else:
            found.append(each)
    made = replace(made, left_out=tuple(left_out), mean=float(answers.score.mean()))
    if not found:
        return replace(made, note="nothing that could drive the score is known of these answers and differs")
    if np.ptp(answers.score) == 0:
        return replace(made, note="all answered the same")
    rows, model = thought.drivers(answers.score, answers.customer, found, better)
    return replace(made, rows=tuple(rows), explained=100 * model.r_squared, method=model.method)


def _happened(
    known: Sequence[Fact], period: Period, purpose: Purpose, viewer: Viewer
) -> tuple[dict[str, Happened], np.ndarray]:
    """Read when the events of facts happened, and who has such events that may not be read."""
    told = [each for each in known if each.kind is not FactKind.NUMBER]
    names = sorted({name for each in told for name in (each.event, each.until) if name})
    days = max((each.days for each in known), default=0)
    earlier = Period(since=None if period.since is None else period.since - timedelta(days=days), until=period.until)
    found, hidden = {}, [np.empty(0, np.int64)]
    for name in names:
        with privacy.reading(event=name, fields=(), period=earlier, purpose=purpose, viewer=viewer) as read:
            rows = read.rows(earlier)
        found[name] = Happened(rows.customer, rows.at_us)
        hidden.append(rows.hidden)
    return found, np.unique(np.concatenate(hidden))
