"""Events on their way out of the door: what a question sees, in a format, piece by piece."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.privacy.contracts import EventFilter, ExportFormat, Purpose
from sojourn.domains.privacy.door import employees, statements
from sojourn.domains.privacy.door.sight import sight, spelled_out
from sojourn.domains.privacy.door.statements import Statement
from sojourn.domains.privacy.door.stream import opened
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream import query
from sojourn.engine.stream.logs import columns
from sojourn.engine.stream.logs.formats import Format, written
from sojourn.engine.stream.rows import NAMES
from sojourn.kit.period import Period

LEASE_SECONDS: Final = 6 * 3_600
IDENTITY_EVENTS: Final = tuple(NAMES[kind] for kind in ("identify", "group", "alias"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is to leave."""

    period: Period
    events: EventFilter
    identity_steps: bool
    purpose: Purpose
    viewer: Viewer

    def statement(self) -> Statement:
        """Write the events as SQL; raise InvalidError for a name that no property can have."""
        without = () if self.identity_steps else IDENTITY_EVENTS
        events = replace(spelled_out(self.events), having_pattern="")
        employees.check(events.dimensions, self.viewer)
        agents = employees.are_shown(self.viewer)
        made = statements.whole_journeys(self.period, events, self.viewer.units, without=without, agents=agents)
        return made.add(" AND customer IN (SELECT customer FROM matching)") if self.events.having_pattern else made


def counted(asked: Asked) -> tuple[int, int]:
    """Count the customers and events that would leave; raise InvalidError for a field or a pattern that cannot be."""
    statement = statements.exported_count(asked.statement())
    with _opened(asked) as connection:
        customers, events = connection.execute(statement.sql, statement.values).fetchall()[0]
    return int(customers), int(events)


def media_type(wanted: ExportFormat) -> str:
    """Name a format as HTTP does."""
    return Format(wanted.value).media_type


def pieces(asked: Asked, wanted: ExportFormat, *, raw: bool = False) -> Generator[bytes]:
    """Write the events; memory does not grow with their number. Raise UnreadableError when a segment is damaged."""
    events = statements.exported(asked.statement())
    objects = statements.exported_objects(asked.statement())
    with collection.lease("export", LEASE_SECONDS), _opened(asked) as connection:
        yield from written(
            (columns.fitted(each) for each in query.batches(connection, events.sql, events.values)),
            query.batches(connection, objects.sql, objects.values),
            Format(wanted.value),
            raw=raw,
        )


@contextmanager
def _opened(asked: Asked) -> Iterator[query.Connection]:
    with opened(purpose=asked.purpose, period=asked.period, viewer=asked.viewer) as connection:
        if asked.events.having_pattern:
            connection.register("matching", pa.table({"customer": _matching(asked)}))
        yield connection


def _matching(asked: Asked) -> Int64s:
    """Give the customers whose journeys match the pattern: it is asked of the timeline, which knows their order."""
    looking = sight(purpose=asked.purpose, viewer=asked.viewer)
    seen = looking.seen(asked.period, asked.events, whole=True)
    found = [
        each.customer if each.customer_keep is None else each.customer[each.customer_keep != 0] for each in seen.slices
    ]
    return np.concatenate([*found, np.zeros(0, np.int64)])
