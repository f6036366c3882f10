"""The stream under one purpose, as SQL sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.collection.contracts import Segment
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.door import bound, listed, statements
from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.standing import consents, purposes, wording
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream import query, rowgroups
from sojourn.engine.timeline import Persons
from sojourn.kit.period import Period


@contextmanager
def opened(*, purpose: Purpose, period: Period, viewer: Viewer) -> Iterator[query.Connection]:
    """Open SQL with the view `door`: the events of a period, their customers, and whether they may be read.

    Raise InvalidError or ForbiddenError as `bound.require` does.

    The files stay for some minutes after compaction has replaced them, so that no lease is needed here.
    """
    bound.require(purpose, viewer)
    place = settings.SOJOURN
    paths = _paths(period)
    now = persons()  # after the segments: every person in them is in the map
    with query.session(
        paths, temporary=place.temporary, memory_limit_mb=place.memory_limit_mb, threads=place.kernel_threads
    ) as connection:
        connection.register("persons", pa.table({"person": now.person, "customer": now.customer}))
        connection.register("words", _words(purpose, now))
        terms = purposes.known()
        silence = terms[purpose].is_silence_yes
        connection.execute(statements.door(bit=terms.bit(purpose), unstated=rules.UNSTATED, silence_is_yes=silence))
        yield connection


@contextmanager
def fetching(*, period: Period) -> Iterator[query.Connection]:
    """Open SQL with the view `events` of a period, for rows that the door has let through already."""
    place = settings.SOJOURN
    with query.session(
        _paths(period), temporary=place.temporary, memory_limit_mb=place.memory_limit_mb, threads=place.kernel_threads
    ) as connection:
        yield connection


def fetched(event_ids: Int64s, persons: Int64s, *, period: Period) -> pa.Table:
    """Read events that the door has let through already, found in the timeline; columns as `listed.COLUMNS`, no order.

    Buckets that compaction sorts the persons into are opened first; that the setting was another when a file was made
    costs time, and leaves nothing out.
    """
    place = settings.SOJOURN
    likely = set((persons % place.buckets).tolist())
    held = sorted(_within(period), key=lambda each: each.bucket is not None and each.bucket not in likely)
    return rowgroups.fetched([place.segments / each.path for each in held], persons, event_ids, listed.COLUMNS)


def _paths(period: Period) -> list[Path]:
    return [settings.SOJOURN.segments / each.path for each in _within(period)]


def _within(period: Period) -> list[Segment]:
    since, until = period.since_us, period.until_us
    return [
        each
        for each in collection.segments()
        if (since is None or each.until_us > since) and (until is None or each.since_us < until)
    ]


def _words(purpose: Purpose, now: Persons) -> pa.Table:
    said = consents.words(purpose)
    customer, allowed, opens = wording.settled(now.customers_of(said.person), said.allowed, said.opens)
    return pa.table({"customer": customer, "allowed": allowed, "opens": opens})
