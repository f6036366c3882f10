"""The identity graph drawn: nothing lies on anything else, each edge is there, and too much is left to the list."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from math import hypot

import pytest

from sojourn.domains.identity.contracts import EdgeKind, GraphEdge, Refusal, Why
from sojourn.surfaces.web import identity_picture
from sojourn.surfaces.web.identity_picture import BADGE, BOX

AT = datetime(2026, 4, 27, tzinfo=UTC)
NAMED = identity_picture.Named(token=lambda token: ("Device", f"device-{token}"), edge=lambda edge: edge.kind.name)


def edge(person: int, other: int, kind: EdgeKind, refusal: Refusal | None = None) -> GraphEdge:
    """Make an edge of a customer number 1, devices below 100 and mail addresses above."""
    kinds = {True: "user", False: "anonymous"}
    return GraphEdge(
        id=person * 1000 + other,
        person=person,
        person_kind=kinds[person == 1],
        other=other,
        other_kind="email" if other >= 100 else kinds[other == 1],
        kind=kind,
        at=AT,
        event_id=7,
        decision=0,
        refusal=refusal,
    )


def why(persons: int, *edges: GraphEdge) -> Why:
    """Make a customer 1 with devices 2 to `persons`."""
    members = tuple((each, "user" if each == 1 else "anonymous") for each in range(1, persons + 1))
    return Why(customer=1, persons=members, edges=edges, decisions=(), shared=(), is_cut=False)


CROSSED = why(
    4,
    *(edge(1, device, EdgeKind.SIGN_IN) for device in (2, 3, 4)),
    *(edge(person, mail, EdgeKind.HOLDS) for person in (1, 2) for mail in (100, 101)),
)


@pytest.mark.parametrize(("place", "apart"), [(0, 2 * BADGE), (1, BADGE)])
def test_numbers_and_boxes_lie_apart_in_both_widths(place: int, apart: int) -> None:
    picture = identity_picture.drawn(CROSSED, NAMED)[place]
    numbers = [(each["x"], each["y"]) for each in picture["edges"]]
    assert [each["number"] for each in picture["edges"]] == list(range(1, 8))
    for one, other in combinations(numbers, 2):
        assert hypot(one[0] - other[0], one[1] - other[1]) >= apart
    for one, other in combinations(picture["nodes"], 2):
        assert one["x"] != other["x"] or abs(one["y"] - other["y"]) > BOX
    assert all(BADGE <= x <= picture["width"] - BADGE and BADGE <= y <= picture["height"] for x, y in numbers)
    assert all(each["x"] + picture["box"] <= picture["width"] for each in picture["nodes"])


def test_the_narrow_one_fits_a_phone() -> None:
    assert identity_picture.drawn(CROSSED, NAMED)[1]["width"] <= 300


def test_what_joins_nobody_looks_so_and_a_stranger_stands_apart() -> None:
    found = why(1, edge(1, 2, EdgeKind.ALIAS, Refusal.TWO_NUMBERS), edge(1, 100, EdgeKind.HOLDS))
    picture = identity_picture.drawn(found, NAMED)[0]
    assert [each["joins"] for each in picture["edges"]] == [False, True]
    assert {each["whole"]: each["belongs"] for each in picture["nodes"]} == {
        "Device device-1": True,
        "Device device-2": False,
        "Device device-100": True,
    }


def test_nothing_and_too_much_are_left_to_the_list() -> None:
    assert identity_picture.drawn(why(1), NAMED) == []
    devices = range(2, identity_picture.NODES_MAX + 2)
    assert identity_picture.drawn(why(1, *(edge(1, each, EdgeKind.SIGN_IN) for each in devices)), NAMED) == []
