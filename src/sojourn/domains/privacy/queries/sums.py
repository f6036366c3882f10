"""Declarative sums over the stream."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import replace

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import consents, rules, statements
from sojourn.domains.privacy.contracts import Aggregate, Answer, Coverage, EventFilter, Measure, MeasureRow, Purpose
from sojourn.domains.privacy.sight import ANSWERS, frozen_filter
from sojourn.domains.privacy.stream import opened
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.period import Period


def measure(
    *,
    measure: Measure,
    period: Period,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> Answer[tuple[MeasureRow, ...]]:
    """Sum the events that viewer and purpose may see, by group; groups in the order of their keys.

    Groups and filters may name columns, `day`, `week`, `month` (of the event, UTC) and `properties.<name>`. Nothing to
    sum gives no rows. Raise InvalidError for a field that is not there.
    """
    batch = collection.newest_batch()
    state = (settings.SOJOURN.data, batch, identity.map_version(), consents.epoch(), purpose, viewer.units)
    question = (state, _frozen(measure), period, frozen_filter(events))
    answer, was_known = ANSWERS.get(question, lambda: _measure(measure, period, events, purpose, viewer, batch))
    return replace(answer, coverage=replace(answer.coverage, cached=True)) if was_known else answer


def _measure(
    measure: Measure, period: Period, events: EventFilter, purpose: Purpose, viewer: Viewer, batch: int
) -> Answer[tuple[MeasureRow, ...]]:
    begun = time.perf_counter()
    asked = statements.asked(measure, period, events, viewer.units)
    with opened(purpose=purpose, period=period) as connection:
        connection.execute(asked.sql, asked.values)
        rows = connection.execute(statements.summed(measure)).fetchall()
        customers, seen, everyone = connection.execute(statements.COVERED).fetchall()[0]
    return Answer(
        value=tuple(_row(row, measure) for row in rows if row[-2]),
        coverage=Coverage(
            purpose=purpose,
            customers=customers,
            events=seen,
            left_out=rules.shown_left_out(everyone - customers, settings.SOJOURN.k_floor),
            period=period,
            batch=batch,
            fresh_at=collection.received_at(batch=batch),
            took_ms=(time.perf_counter() - begun) * 1_000,
        ),
    )


def _row(row: tuple[object, ...], measure: Measure) -> MeasureRow:
    clusters = None
    if measure.aggregate is Aggregate.CLUSTERS:
        *before, nn, kk, nk, k, n, customers = row
        clusters = Clusters(int(customers), *(float(part) for part in (n, k, nn, kk, nk)))  # type: ignore
        row = (*before, k, n, customers)
    *key, value, events, customers = row
    return MeasureRow(
        key=tuple(None if part is None else str(part) for part in key),
        value=float(value),  # type: ignore[arg-type]
        events=int(events),  # type: ignore[call-overload]
        customers=int(customers),  # type: ignore[call-overload]
        clusters=clusters,
    )


def _frozen(measure: Measure) -> Hashable:
    kept = tuple(sorted((name, tuple(sorted(values))) for name, values in measure.where.items()))
    return (
        "measure",
        measure.event,
        kept,
        measure.group,
        measure.aggregate,
        measure.field_name,
        measure.last_per_customer,
        measure.hits,
    )
