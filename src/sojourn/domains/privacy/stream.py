"""The stream under one purpose, as SQL sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
from django.conf import settings

from sojourn.domains.collection import queries as collection
from sojourn.domains.privacy import consents, rules, statements
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.persons import persons
from sojourn.engine.stream import query
from sojourn.engine.timeline import Persons
from sojourn.kit.period import Period


@contextmanager
def opened(*, purpose: Purpose, period: Period) -> Iterator[query.Connection]:
    """Open SQL with the view `door`: the events of a period, their customers, and whether they may be read.

    The files stay for some minutes after compaction has replaced them, so that no lease is needed here.
    """
    place = settings.SOJOURN
    paths = _paths(period)
    now = persons()  # after the segments: every person in them is in the map
    with query.session(
        paths, temporary=place.temporary, memory_limit_mb=place.memory_limit_mb, threads=place.kernel_threads
    ) as connection:
        connection.register("persons", pa.table({"person": now.person, "customer": now.customer}))
        connection.register("words", _words(purpose, now))
        bit = rules.BITS.get(purpose, 0)
        silence = rules.is_silence_yes(purpose)
        connection.execute(statements.door(bit=bit, unstated=rules.UNSTATED, silence_is_yes=silence))
        yield connection


@contextmanager
def fetching(*, period: Period) -> Iterator[query.Connection]:
    """Open SQL with the view `events` of a period, for rows that the door has let through already."""
    place = settings.SOJOURN
    with query.session(
        _paths(period), temporary=place.temporary, memory_limit_mb=place.memory_limit_mb, threads=place.kernel_threads
    ) as connection:
        yield connection


def _paths(period: Period) -> list[Path]:
    since, until = period.since_us, period.until_us
    return [
        settings.SOJOURN.segments / each.path
        for each in collection.segments()
        if (since is None or each.until_us > since) and (until is None or each.since_us < until)
    ]


def _words(purpose: Purpose, now: Persons) -> pa.Table:
    said = consents.words(purpose)
    tokens = np.array([person for person, _ in said], np.int64)
    customer_of = dict(zip(tokens.tolist(), now.customers_of(tokens).tolist(), strict=True))
    together = rules.settled(said, customer_of)
    return pa.table(
        {
            "customer": pa.array(list(together), pa.int64()),
            "allowed": pa.array(list(together.values()), pa.bool_()),
        }
    )
