"""Tickets and orders on their way out of the door: each whole, with all that happened to it, or not at all."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.domains.privacy.door import employees, statements
from sojourn.domains.privacy.door.statements import Statement
from sojourn.domains.privacy.door.stream import opened
from sojourn.engine.stream import query
from sojourn.kit.period import Period

LEASE_SECONDS: Final = 6 * 3_600
Row = dict[str, Any]  # of the columns `TOLD`
TOLD: Final = (
    'person, customer, name, occurred_at, channel, unit, agent, product, "case", CAST(value AS VARCHAR) AS value, '
    "currency, properties"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """What is asked: the cases that one of some events happened to in a period, under a filter."""

    names: Sequence[str]  # of the events that are told
    period: Period
    events: EventFilter
    purpose: Purpose
    viewer: Viewer

    def counted(self) -> tuple[int, int, int]:
        """Count customers, cases and events; raise InvalidError for a filter that cannot be, and ForbiddenError."""
        asked = _wrapped('count(DISTINCT customer), count(DISTINCT "case"), count(*)', self._statement())
        with opened(purpose=self.purpose, period=Period(), viewer=self.viewer) as connection:
            customers, cases, events = connection.execute(asked.sql, asked.values).fetchall()[0]
        return int(customers), int(cases), int(events)

    def pieces(self, at_once: int) -> Generator[list[list[Row]]]:
        """Give the cases, some at a time, each as its events in order of time; memory does not grow with their number.

        Raise UnreadableError when a segment is damaged.
        """
        asked = _wrapped(TOLD, self._statement()).add(' ORDER BY "case", occurred_at, event_id')
        with (
            collection.lease("export", LEASE_SECONDS),
            opened(purpose=self.purpose, period=Period(), viewer=self.viewer) as connection,
        ):
            held: list[list[Row]] = []
            rows = (row for each in query.batches(connection, asked.sql, asked.values) for row in each.to_pylist())
            for _, events in groupby(rows, key=itemgetter("case")):
                held.append(list(events))
                if len(held) == at_once:
                    yield held
                    held = []
            if held:
                yield held

    def _statement(self) -> Statement:
        """Write all events in question of the cases; one of which any is not for viewer and purpose is left out."""
        employees.check(self.events.dimensions, self.viewer)
        agents = "" if employees.are_shown(self.viewer) else " REPLACE (CAST(NULL AS BIGINT) AS agent)"
        every, units = EventFilter(names=tuple(self.names)), self.viewer.units
        told, seen = statements.where(Period(), every, None), statements.where(Period(), every, units)
        asked = statements.where(self.period, self.events, units)
        made = Statement(f'SELECT *{agents} FROM door WHERE "case" IS NOT NULL AND ').add(told.sql, told.values)
        made.add(' AND "case" IN (SELECT "case" FROM door WHERE allowed AND ').add(seen.sql, seen.values)
        made.add(" AND ").add(asked.sql, asked.values)
        made.add(') AND "case" NOT IN (SELECT "case" FROM door WHERE "case" IS NOT NULL AND ').add(
            told.sql, told.values
        )
        return made.add(" AND NOT (allowed AND coalesce(").add(seen.sql, seen.values).add(", FALSE)))")


def _wrapped(columns: str, asked: Statement) -> Statement:
    return Statement(f"SELECT {columns} FROM (").add(asked.sql, asked.values).add(")")
