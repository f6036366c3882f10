"""Process trees: block-structured models that can neither deadlock nor leave anything behind.

Van der Aalst (2016), "Process Mining", 2nd edition, section 7.5. A loop's first child is done once, and again after
each time that another child is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np


class Operator(StrEnum):
    """How the children of a block follow each other."""

    SEQUENCE = "sequence"
    CHOICE = "choice"
    PARALLEL = "parallel"
    LOOP = "loop"


SIGNS = {Operator.SEQUENCE: "->", Operator.CHOICE: "X", Operator.PARALLEL: "+", Operator.LOOP: "*"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One activity, or none: a silent step."""

    activity: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Trees joined by an operator; two at least."""

    operator: Operator
    children: tuple[Tree, ...]


Tree = Leaf | Block
SILENT = Leaf()


def block(operator: Operator, children: Sequence[Tree]) -> Tree:
    """Join trees: one alone stands for itself, and a block of the same associative kind is laid into this one."""
    flat: list[Tree] = []
    for child in children:
        same = isinstance(child, Block) and child.operator is operator and operator is not Operator.LOOP
        flat += child.children if same and isinstance(child, Block) else (child,)
    if operator is Operator.CHOICE:
        flat = list(dict.fromkeys(flat))
    if operator in (Operator.SEQUENCE, Operator.PARALLEL):
        flat = [child for child in flat if child != SILENT] or [SILENT]
    return flat[0] if len(flat) == 1 else Block(operator, tuple(flat))


def written(tree: Tree) -> str:
    """Write a tree in the usual form.

    >>> written(Block(Operator.SEQUENCE, (Leaf("ask"), Block(Operator.CHOICE, (Leaf("buy"), SILENT)))))
    "->( 'ask', X( 'buy', tau ) )"
    """
    if isinstance(tree, Leaf):
        return "tau" if tree.activity is None else "'" + tree.activity.replace("'", "\\'") + "'"
    return f"{SIGNS[tree.operator]}( {', '.join(written(child) for child in tree.children)} )"


def leaves(tree: Tree) -> Iterator[Leaf]:
    """Give the leaves from left to right."""
    if isinstance(tree, Leaf):
        yield tree
        return
    for child in tree.children:
        yield from leaves(child)


def draw(tree: Tree, chance: np.random.Generator, again: float = 0.3) -> list[str]:
    """Play a tree out once, by chance; a loop goes on with probability `again`."""
    if isinstance(tree, Leaf):
        return [] if tree.activity is None else [tree.activity]
    if tree.operator is Operator.CHOICE:
        return draw(tree.children[chance.integers(len(tree.children))], chance, again)
    if tree.operator is Operator.LOOP:
        way = draw(tree.children[0], chance, again)
        while chance.random() < again:
            way += draw(tree.children[chance.integers(1, len(tree.children))], chance, again)
            way += draw(tree.children[0], chance, again)
        return way
    ways = [draw(child, chance, again) for child in tree.children]
    if tree.operator is Operator.SEQUENCE:
        return [each for way in ways for each in way]
    turns = np.repeat(np.arange(len(ways)), [len(way) for way in ways])
    rest = [iter(way) for way in ways]
    return [next(rest[place]) for place in chance.permutation(turns)]


def accepts(tree: Tree, way: Iterable[str]) -> bool:
    """Say whether a tree can be played out as this way, by what is left of it after each activity.

    Brzozowski (1964), "Derivatives of regular expressions", section 3, with a rule for parallel blocks.
    """
    left = {tree}
    for activity in way:
        left = {rest for each in left for rest in _after(each, activity)}
        if not left:
            return False
    return any(_may_end(each) for each in left)


@lru_cache(maxsize=100_000)
def _after(tree: Tree, activity: str) -> frozenset[Tree]:
    """Give what may be left of a tree once an activity was done."""
    if isinstance(tree, Leaf):
        return frozenset({SILENT}) if tree.activity == activity else frozenset()
    first, *others = tree.children
    if tree.operator is Operator.CHOICE:
        return frozenset(rest for child in tree.children for rest in _after(child, activity))
    if tree.operator is Operator.PARALLEL:
        return frozenset(
            block(Operator.PARALLEL, [*tree.children[:place], rest, *tree.children[place + 1 :]])
            for place, child in enumerate(tree.children)
            for rest in _after(child, activity)
        )
    further: set[tuple[Tree, Tree]] = set()
    if tree.operator is Operator.LOOP:
        once_more = block(Operator.SEQUENCE, [block(Operator.CHOICE, others), tree])
        behind = block(Operator.CHOICE, [SILENT, once_more])
        # with a body of nothing the way back may come first; a whole round of nothing leads nowhere new
        if _may_end(first):
            further = {(rest, tree) for other in others for rest in _after(other, activity)}
    else:
        behind = block(Operator.SEQUENCE, others)
        if _may_end(first):
            further = {(rest, SILENT) for rest in _after(behind, activity)}
    further |= {(rest, behind) for rest in _after(first, activity)}
    return frozenset(block(Operator.SEQUENCE, [rest, then]) for rest, then in further)


@lru_cache(maxsize=100_000)
def _may_end(tree: Tree) -> bool:
    if isinstance(tree, Leaf):
        return tree.activity is None
    if tree.operator is Operator.LOOP:
        return _may_end(tree.children[0])
    return (any if tree.operator is Operator.CHOICE else all)(_may_end(child) for child in tree.children)
