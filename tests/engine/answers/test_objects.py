"""The object-centric graph equals its slow twin, and the orders, items and deliveries that a reader can count."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.answers import naive_objects
from sojourn.engine.answers.objects import Happened, object_graph

objects = st.sets(st.tuples(st.sampled_from(["order", "item", "route"]), st.sampled_from("123")), max_size=5)
logs = st.lists(
    st.builds(
        Happened, st.sampled_from("abc"), st.integers(0, 6), objects.map(lambda each: tuple(sorted(each)))
    ),
    max_size=14,
)  # fmt: skip
HOUR = 3_600_000_000
# After the running example of van der Aalst and Berti (2020): orders of items, packed one by one, delivered together.
ORDERS = [
    Happened("place order", 0, (("order", "o1"), ("item", "i1"), ("item", "i2"))),
    Happened("place order", HOUR, (("order", "o2"), ("item", "i3"))),
    Happened("pick item", 2 * HOUR, (("item", "i1"),)),
    Happened("pick item", 3 * HOUR, (("item", "i2"),)),
    Happened("pick item", 4 * HOUR, (("item", "i3"),)),
    Happened("pay order", 5 * HOUR, (("order", "o1"),)),
    Happened("deliver", 6 * HOUR, (("item", "i1"), ("item", "i2"), ("item", "i3"), ("route", "r1"))),
    Happened("pay order", 7 * HOUR, (("order", "o2"),)),
]


@settings(max_examples=200, deadline=None)
@given(logs)
def test_the_graph_equals_its_twin(events: list[Happened]) -> None:
    found = object_graph(events)
    got = {(e.kind, e.source, e.target): (e.objects, e.times, e.pairs, e.median_s) for e in found.edges}
    assert got == naive_objects.edges(events)
    assert sum(each.events for each in found.activities) == found.events == len(events)
    for kind in found.kinds:
        mine = [each for each in events if any(of == kind.name for of, _ in each.objects)]
        assert kind.events == len(mine)
        assert kind.objects == len({name for each in mine for of, name in each.objects if of == kind.name})
        assert sum(n for _, n in kind.starts) == sum(n for _, n in kind.ends) == kind.objects


def test_an_event_of_several_objects_counts_once_as_an_event() -> None:
    found = object_graph(ORDERS)
    activities = {each.name: (each.events, dict(each.objects)) for each in found.activities}
    assert activities["place order"] == (2, {"order": 2, "item": 3})  # flattened on items it would be three
    assert activities["deliver"] == (1, {"item": 3, "route": 1})
    assert found.events == 8


def test_each_type_has_edges_of_its_own_life() -> None:
    edges = {(e.kind, e.source, e.target): e for e in object_graph(ORDERS).edges}
    assert set(edges) == {
        ("order", "place order", "pay order"), ("item", "place order", "pick item"), ("item", "pick item", "deliver"),
    }  # fmt: skip
    assert (edges["item", "place order", "pick item"].objects, edges["item", "place order", "pick item"].pairs) == (
        3,
        3,
    )
    together = edges["item", "pick item", "deliver"]
    assert (together.objects, together.times, together.pairs, together.median_s) == (3, 3, 3, 3 * 3_600)
    assert edges["order", "place order", "pay order"].median_s == 5.5 * 3_600


def test_objects_that_go_together_are_one_pair_of_events() -> None:
    both = (("item", "i1"), ("item", "i2"))
    (edge,) = object_graph([Happened("load", 0, both), Happened("unload", HOUR, both)]).edges
    assert (edge.objects, edge.times, edge.pairs) == (2, 2, 1)
