"""Nothing of a refused customer, or of one outside the viewer's units, is seen through any question.

Two worlds are asked the same: one with such customers, one where they never were. The answers must not differ.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domains.privacy.bank import BEGIN, commit, event
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Aggregate, Codes, EventFilter, Groups, Measure, Purpose
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.lens import every
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id
from sojourn.kit import sealing
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
NORTH = Viewer(name="person:1", role=Role.VIEWER, units=frozenset({"north"}))
PERIOD = Period(since=BEGIN, until=BEGIN + timedelta(hours=3))
QUESTIONS = (
    (Period(), EventFilter(), Aggregate.EVENTS),
    (PERIOD, EventFilter(), Aggregate.CUSTOMERS),
    (PERIOD, EventFilter(names=("Opened", "Paid")), Aggregate.SUM),
    (Period(), EventFilter(dimensions={"channel": ("web",)}), Aggregate.MEAN),
    (PERIOD, EventFilter(having=("Paid",)), Aggregate.EVENTS),
)
PATTERNS = (
    "Opened -> Paid{channel!=^channel}",
    "^ -> [^Asked]* -> $",
    "Opened{channel=web} ->> [Paid|Asked] within 90min",
)
EVENT = st.tuples(
    st.sampled_from(["Opened", "Asked", "Paid"]), st.integers(0, 240), st.sampled_from(["web", "phone", None])
)
CUSTOMERS = st.lists(
    st.tuples(st.sampled_from(["open", "objects", "refused", "elsewhere"]), st.lists(EVENT, min_size=1, max_size=4)),
    min_size=1,
    max_size=7,
)
# Each in a household of their own: with somebody who is hidden in it, it would be left out as a whole, and said to be.
HOUSEHOLDS = Groups(
    kind="household",
    version=1,
    person=np.arange(1, 8),
    group=np.arange(1, 8),
    since_us=np.full(7, np.iinfo(np.int64).min),
    until_us=np.full(7, np.iinfo(np.int64).max),
)
SECRET = "known of the hidden only"


class UndoneError(Exception):
    """Rolls a world back."""


@contextmanager
def world(folder: Path, settings: Any) -> Iterator[None]:
    """Live in an empty data folder and take everything back at the end."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=folder, k_floor=1_000)
    sealing.sealer(settings.SOJOURN)  # makes the key before there are segments
    try:
        with transaction.atomic(using="default"), transaction.atomic(using=list(connections)[-1]):
            yield
            raise UndoneError
    except UndoneError:
        pass


def is_hidden(kind: str, viewer: Viewer) -> bool:
    return kind in ("objects", "refused") or (kind == "elsewhere" and viewer.units is not None)


def build(customers: list[Any], viewer: Viewer, *, with_hidden: bool) -> list[int]:
    """Let the customers' events in and give the ids of those that nobody may see."""
    rows, hidden = [], []
    for number, (kind, events) in enumerate(customers, 1):
        for place, (name, minute, channel) in enumerate(events):
            ordinal = number * 100 + place
            if is_hidden(kind, viewer):
                hidden.append(event_id(ORIGIN_DELIVERY, 1, ordinal))
                if not with_hidden:
                    continue
            own = {
                "ordinal": ordinal,
                "channel": channel,
                "unit": "south" if kind == "elsewhere" else "north",
                "touchpoint": SECRET if is_hidden(kind, viewer) else "page",
                "purposes": 0 if kind == "refused" else None,
                "properties": f'{{"score": {minute}}}',
            }
            rows.append(event(number, SECRET if is_hidden(kind, viewer) and place else name, minute, **own))
    commit(rows, number=1)
    actions.refresh_timeline()
    for number, (kind, _) in enumerate(customers, 1):
        if kind == "objects" and with_hidden:
            actions.record_consent(customer=number, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    return hidden


def answers(viewer: Viewer) -> list[object]:
    """Ask everything that the door answers."""
    found: list[object] = [queries.freshness(viewer=viewer), queries.vocabulary(viewer=viewer)]
    for period, kept, aggregate in QUESTIONS:
        found += [fold(name, period, kept, viewer) for name in ("funnel", "graph", "variants")]
        found.append(fold("funnel", period, kept, viewer, groups=HOUSEHOLDS))
        found.append(queries.events(period=period, events=kept, limit=100, viewer=viewer))
        found.append(sums(aggregate, period, kept, viewer))
    return [*found, *(matching(pattern, viewer) for pattern in PATTERNS)]


def matching(pattern: str, viewer: Viewer) -> object:
    try:
        return fold("variants", PERIOD, EventFilter(having_pattern=pattern), viewer)
    except InvalidError as refused:  # a name that only the hidden have is not there
        return refused.message


def fold(name: str, period: Period, kept: EventFilter, viewer: Viewer, groups: Groups | None = None) -> object:
    def made(codes: Codes) -> Any:
        if name == "funnel":
            return FunnelFold([[codes.code("Opened")], [codes.code("Paid")]], window_us=3_600_000_000)
        return (GraphFold if name == "graph" else VariantsFold)(every(len(codes.names)))

    answer = queries.ask(fold_for=made, period=period, events=kept, viewer=viewer, key=("leak", name), groups=groups)
    value = answer.value
    if name == "funnel":
        shown: object = value.reached.tolist()
    elif name == "graph":
        edges = zip(value.source, value.target, value.count, value.customers, strict=True)
        named = {(answer.names[s], answer.names[t]): (int(n), int(c)) for s, t, n, c in edges}
        nodes = {answer.names[n]: int(v) for n, v in zip(value.node, value.visitors, strict=True)}
        shown = (named, nodes, value.total_customers, value.total_events)
    else:
        ways = {tuple(answer.names[code] for code in each.events): each.customers for each in value.top}
        shown = (ways, value.distinct, value.total_customers)
    return shown, dataclasses.replace(answer.coverage, took_ms=0, cached=False)


def sums(aggregate: Aggregate, period: Period, kept: EventFilter, viewer: Viewer) -> object:
    found = [
        queries.measure(
            measure=Measure(
                event=name,
                group=("touchpoint", "unit"),
                aggregate=aggregate,
                field_name="properties.score" if aggregate in (Aggregate.SUM, Aggregate.MEAN) else None,
            ),
            period=period,
            events=kept,
            viewer=viewer,
        )
        for name in ("Opened", SECRET)
    ]
    return [(each.value, dataclasses.replace(each.coverage, took_ms=0, cached=False)) for each in found]


@hypothesis_settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example takes seconds: it is read, not shrunk
)
@given(customers=CUSTOMERS, viewer=st.sampled_from([SYSTEM, NORTH]))
def test_hidden_customers_change_no_answer(
    customers: list[Any], viewer: Viewer, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    with world(tmp_path_factory.mktemp("without"), settings):
        build(customers, viewer, with_hidden=False)
        expected = answers(viewer)
    with world(tmp_path_factory.mktemp("with"), settings):
        hidden = build(customers, viewer, with_hidden=True)
        assert answers(viewer) == expected
        for each in hidden:
            with pytest.raises(NotFoundError):
                queries.event(event_id=each, viewer=viewer)
        for number, (kind, _) in enumerate(customers, 1):
            if is_hidden(kind, viewer):
                assert queries.events(customer=number, viewer=viewer).rows == ()
