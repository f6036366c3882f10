"""The inductive miner: known models come back, and every way is replayed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.discovery.inductive import mine
from sojourn.engine.discovery.trees import Block, Leaf, Operator, Tree, accepts, draw, written

A, B, C, D = (Leaf(name) for name in "abcd")
WAYS = st.lists(st.lists(st.sampled_from("abcde"), max_size=8).map(tuple), min_size=1, max_size=12)


@given(WAYS)
@settings(deadline=None, max_examples=400)
def test_every_way_is_replayed(ways: list[tuple[str, ...]]) -> None:
    tree = mine(ways)
    assert all(accepts(tree, way) for way in ways), written(tree)


@pytest.mark.parametrize(
    "tree",
    [
        Block(Operator.SEQUENCE, (A, B, C)),
        Block(Operator.SEQUENCE, (A, Block(Operator.CHOICE, (B, C)), D)),
        Block(Operator.SEQUENCE, (A, Block(Operator.PARALLEL, (B, C)), D)),
        Block(Operator.LOOP, (Block(Operator.SEQUENCE, (A, B)), C)),
        Block(Operator.CHOICE, (Block(Operator.SEQUENCE, (A, B)), Block(Operator.PARALLEL, (C, D)))),
    ],
    ids=written,
)
def test_a_known_model_comes_back(tree: Tree) -> None:
    chance = np.random.default_rng(3)
    assert _sorted(mine([draw(tree, chance) for _ in range(200)])) == _sorted(tree)


def test_the_running_example_of_the_book_is_mined_as_published() -> None:
    """Van der Aalst (2016), "Process Mining", section 7.5: L1 = [<a,b,c,d>3, <a,c,b,d>2, <a,e,d>1]."""
    found = mine([tuple("abcd"), tuple("acbd"), tuple("aed")])
    assert written(found) == "->( 'a', X( +( 'b', 'c' ), 'e' ), 'd' )"


@pytest.mark.parametrize(
    ("way", "is_allowed"),
    [("ad", False), ("abcd", True), ("acbd", True), ("abd", False), ("abcbcd", False), ("", False)],
)
def test_what_a_tree_does_not_allow_is_not_accepted(way: str, is_allowed: bool) -> None:
    tree = Block(Operator.SEQUENCE, (A, Block(Operator.PARALLEL, (B, C)), D))
    assert accepts(tree, way) is is_allowed


def test_nothing_gives_a_silent_step() -> None:
    assert mine([]) == Leaf() == mine([()])


def _sorted(tree: Tree) -> Tree:
    """Put the children whose order means nothing into one order."""
    if isinstance(tree, Leaf):
        return tree
    children = tuple(_sorted(child) for child in tree.children)
    if tree.operator in (Operator.CHOICE, Operator.PARALLEL):
        children = tuple(sorted(children, key=written))
    return Block(tree.operator, children)
