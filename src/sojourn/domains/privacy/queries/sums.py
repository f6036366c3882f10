"""Declarative sums over the stream."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import (
    Aggregate,
    Answer,
    Coverage,
    EventFilter,
    EventRows,
    Groups,
    Measure,
    MeasureRow,
    Purpose,
)
from sojourn.domains.privacy.door import employees, scope, statements, together
from sojourn.domains.privacy.door.outside import outside
from sojourn.domains.privacy.door.sight import ANSWERS, frozen_filter
from sojourn.domains.privacy.door.statements import Statement
from sojourn.domains.privacy.door.stream import opened
from sojourn.domains.privacy.standing import consents
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stream.query import Connection
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

ANY_TIME = Period()
ALL_EVENTS = EventFilter()


@dataclass(frozen=True)
class Reading:
    """The readable rows of one event, read once: any number of sums can be asked of them."""

    event: str
    fields: tuple[str, ...]
    purpose: Purpose
    viewer: Viewer
    batch: int
    begun: float  # by time.perf_counter
    _taken: Statement = field(repr=False)
    _connection: Connection = field(repr=False)
    _is_together: bool = False
    _is_of_employees: bool = False  # narrowed to some of them

    def sums(self, measure: Measure, period: Period) -> tuple[MeasureRow, ...]:
        """Sum by group, groups in the order of their keys; raise InvalidError for a field that was not read."""
        employees.check_measure(measure, self.viewer)
        rows = self._rows(measure, period, together=self._is_together)
        if not self._is_of_employees and employees.AGENT not in (*measure.group, *measure.where):
            return rows
        rows = employees.shown(rows, measure, self.viewer)
        group = tuple(name for name in measure.group if name not in measure.spread)
        whole = self._rows(replace(measure, group=group, spread=()), period)
        return employees.enough(rows, measure, whole, settings.SOJOURN.employee_floor)

    def rows(self, period: Period) -> EventRows:
        """Give the readable rows of a period one by one, with their fields; raise ForbiddenError for employees'."""
        employees.check(self.fields, self.viewer)
        within = statements.rows(self.fields, period)
        found = self._connection.execute(within.sql, within.values).fetchnumpy()
        hidden = statements.hidden(period)
        unseen = self._connection.execute(hidden.sql, hidden.values).fetchnumpy()["customer"]
        return EventRows(
            customer=found["customer"],
            at_us=found["at_us"],
            event_id=found["event_id"],
            fields={name: np.ma.filled(found[f"f{place}"], None) for place, name in enumerate(self.fields)},
            hidden=np.asarray(unseen, np.int64),
        )

    def coverage(self, measure: Measure, period: Period) -> Coverage:
        """Say what a sum rests on."""
        asked = self._asked(measure, period)
        found = self._connection.execute(f"WITH asked AS ({asked.sql}) {statements.COVERED}", asked.values)
        customers, events, everyone = found.fetchall()[0]
        return Coverage(
            purpose=self.purpose,
            customers=customers,
            events=events,
            left_out=rules.shown_left_out(everyone - customers, settings.SOJOURN.k_floor),
            out_of_scope=outside(self.viewer),
            period=period,
            batch=self.batch,
            fresh_at=collection.received_at(batch=self.batch),
            took_ms=(time.perf_counter() - self.begun) * 1_000,
            query=self._spoken(measure, asked),
        )

    def _rows(self, measure: Measure, period: Period, *, together: bool = False) -> tuple[MeasureRow, ...]:
        asked = self._asked(measure, period, together=together)
        found = self._connection.execute(f"WITH asked AS ({asked.sql}) {statements.summed(measure)}", asked.values)
        return tuple(_row(row, measure) for row in found.fetchall() if row[-2])

    def _asked(self, measure: Measure, period: Period, *, together: bool = False) -> Statement:
        missing = [name for name in statements.fields_of(measure) if name not in self.fields]
        if measure.event != self.event or missing:
            raise InvalidError(f"Only {', '.join(self.fields) or 'the rows'} of {self.event} were read.")
        return statements.asked(measure, period, self.fields, together=together)

    def _spoken(self, measure: Measure, asked: Statement) -> str:
        parts = (statements.spoken(self._taken), statements.spoken(asked), statements.summed(measure))
        return "{};\nWITH asked AS ({})\n{}".format(*parts)


@contextmanager
def reading(
    *,
    event: str,
    fields: Sequence[str],
    where: dict[str, tuple[str, ...]] | None = None,
    period: Period = ANY_TIME,
    events: EventFilter = ALL_EVENTS,
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
    groups: Groups | None = None,
    among: Int64s | None = None,
) -> Iterator[Reading]:
    """Read the rows of one event that viewer and purpose may see, to be summed many ways.

    With `groups` each of them counts as one where a sum says customers; who is in none counts alone. With `among` only
    those customers are read. Fields and filters may name columns and `properties.<name>`. Raise InvalidError for a
    field that is not there.
    """
    narrowed = [*(where or {}), *events.dimensions]
    employees.check(narrowed, viewer, groups=fields)
    begun, batch = time.perf_counter(), collection.newest_batch()
    taken = statements.taken(event, fields, where or {}, period, events, viewer.units, is_among=among is not None)
    with opened(purpose=purpose, period=period, viewer=viewer) as connection:
        if among is not None:
            connection.register("among", pa.table({"customer": among}))
        connection.execute(taken.sql, taken.values)
        if groups is not None:
            seen = np.array([customer for (customer,) in connection.execute(statements.SEEN).fetchall()], np.int64)
            members, linked = together.tables(groups, seen)
            connection.register("members", members)
            connection.register("linked", linked)
        is_of_employees = employees.AGENT in narrowed
        yield Reading(
            event, tuple(fields), purpose, viewer, batch, begun, taken, connection, groups is not None, is_of_employees
        )


def measure(
    *,
    measure: Measure,
    period: Period,
    events: EventFilter = ALL_EVENTS,
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> Answer[tuple[MeasureRow, ...]]:
    """Sum the events that viewer and purpose may see, by group; groups in the order of their keys.

    Groups and filters may name columns, `day`, `week`, `month` (of the event, UTC) and `properties.<name>`. Nothing to
    sum gives no rows. Raise InvalidError for a field that is not there.
    """
    whose = employees.key([*statements.fields_of(measure), *events.dimensions], viewer)
    question = (state(purpose=purpose, viewer=viewer), _frozen(measure), period, frozen_filter(events), whose)
    answer, was_known = ANSWERS.get(question, lambda: _measure(measure, period, events, purpose, viewer))
    return replace(answer, coverage=replace(answer.coverage, cached=True)) if was_known else answer


def state(*, purpose: Purpose, viewer: Viewer) -> Hashable:
    """Give what a sum depends on beside its question."""
    folder, batch, persons = settings.SOJOURN.data, collection.newest_batch(), identity.map_version()
    return (folder, batch, persons, consents.epoch(), purpose, scope.key(viewer.units))


def _measure(
    measure: Measure, period: Period, events: EventFilter, purpose: Purpose, viewer: Viewer
) -> Answer[tuple[MeasureRow, ...]]:
    employees.check_measure(measure, viewer)
    fields = statements.fields_of(measure)
    with reading(
        event=measure.event, fields=fields, where=measure.where, period=period, events=events, purpose=purpose,
        viewer=viewer,
    ) as read:  # fmt: skip
        rows = read.sums(measure, period)
        return Answer(value=rows, coverage=read.coverage(measure, period))


def _row(row: tuple[Any, ...], measure: Measure) -> MeasureRow:
    clusters = None
    if measure.aggregate is Aggregate.CLUSTERS:
        *before, sets, nn, kk, nk, k, in_groups, n, customers = row
        clusters = Clusters(int(sets), *(float(part) for part in (n, k, nn, kk, nk)))
        row = (*before, k, in_groups, n, customers)
    *key, value, in_groups, events, customers = row
    return MeasureRow(
        key=tuple(None if part is None else str(part) for part in key),
        value=float(value),
        events=int(events),
        customers=int(customers),
        clusters=clusters,
        in_groups=int(in_groups),
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
        measure.misses,
        measure.spread,
    )
