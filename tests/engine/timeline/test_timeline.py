"""The timeline equals the naive sort of the stream, whatever has happened to it."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.timeline.world import World, contents
from sojourn.engine.timeline import Timeline

PERSONS = st.integers(1, 9)
EVENTS = st.fixed_dictionaries(
    {
        "person": PERSONS,
        "name": st.sampled_from(["Opened", "Asked", "Paid", "Closed"]),
        "occurred_at": st.integers(0, 5),  # many ties, and late events
        "channel": st.sampled_from(["web", "branch", None]),
        "purposes": st.sampled_from([None, 0, 7, 63]),
        "value": st.sampled_from([None, None, Decimal("0.0001"), Decimal("-12.5000"), Decimal("99999999999999.9999")]),
        "currency": st.sampled_from([None, "EUR", "CHF"]),
        "properties": st.sampled_from([None, "{}", '{"$app_version":"1.2"}', '{"a":{"$app_version":"no"}}']),
    }
)
STEPS = st.one_of(
    st.tuples(st.just("add"), st.lists(EVENTS, min_size=1, max_size=8)),
    st.tuples(st.just("link"), st.tuples(PERSONS, PERSONS)),
    st.tuples(st.just("withdraw"), st.tuples(st.integers(1, 40), st.integers(1, 10))),
    st.tuples(st.just("erase"), PERSONS),
    st.tuples(st.sampled_from(["refresh", "refresh", "compact", "compact_segments"]), st.none()),
)


def play(world: World, step: tuple[str, Any]) -> None:
    what, given_ = step
    if what == "add":
        world.add(*({**event, "value": _rich(event)} for event in given_))
    elif what == "link":
        world.link(*given_)
    elif what == "withdraw":
        world.withdraw(given_[0], sum(given_))
    elif what == "erase":
        world.erase(given_)
    else:
        getattr(world, what)()


def _rich(event: dict[str, Any]) -> Decimal | None:
    return event["value"] if event["currency"] else None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=14))
def test_any_sequence_of_changes_equals_a_full_rebuild_and_the_naive_sort(steps: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for step in steps:
            play(world, step)
        world.refresh()
        timeline = Timeline.open(world.folder / "timeline")
        assert contents(timeline) == world.naive() == world.rebuilt()
        assert timeline.events == len(world.rows)
        assert timeline.customers == len({event[0] for event in world.naive()})
