"""Patterns and logs as the pattern language's tests make them: few names and instants, so that matches are common."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

from engine.kernels.histories import Histories, slice_of
from sojourn.engine.kernels.naive import patterns as naive_patterns
from sojourn.engine.kernels.patterns import (
    Automaton,
    Bound,
    Matches,
    MatchFold,
    PatternError,
    bind,
    compile_pattern,
    read,
)
from sojourn.engine.kernels.words import Slice

NAMES = ("a", "b", "c", "d")
SECOND = 1_000_000
DIMENSIONS = {"channel": ("web", "phone")}

names = st.sampled_from(NAMES)
conditions = st.sampled_from(
    ["", "", "", "", "", "", "{channel=web}", "{channel!=phone}", '{channel=""}', '{channel!=web|""}', "{channel!=web}"]
)
plain = st.one_of(
    st.builds("{}{}".format, names, conditions),
    st.builds("{}{}".format, names, conditions),
    st.builds(".{}".format, conditions),
    st.builds("[^{}]{}".format, names, conditions),
    st.builds("[{}|{}]{}".format, names, names, conditions),
)
repeats = st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "{2,}", "{1,3}"])
steps = plain | st.builds("{}{}".format, plain, repeats)
arrows = st.sampled_from([" -> ", " -> ", " ->> ", " ->> ", " ... ", " -> ... -> "])
seconds = st.integers(1, 8)


def joined(inner: Any, least: int = 1) -> Any:
    """Join parts by arrows."""
    others = st.lists(st.builds("{}{}".format, arrows, inner), min_size=least, max_size=2).map("".join)
    return st.builds("{}{}".format, inner, others)


pairs = st.builds("({} -> {}{{channel{}^channel}})".format, plain, names, st.sampled_from(["=", "!="]))
ends = st.sampled_from(["($ | {})", "({} | $)", "(^ | {})", "{}"])
bounded = st.builds("({} within {}s)".format, joined(steps, 1), seconds)  # durations do not nest
again = st.builds("({} within {}s){}".format, joined(steps, 0), seconds, repeats)


def groups(inner: Any) -> Any:
    """Put a sequence or a choice in brackets, repeated sometimes."""
    choices = st.lists(joined(inner, 0), min_size=1, max_size=2).map(" | ".join)
    return choices.map("({})".format) | st.builds("({}){}".format, choices, repeats)


leaves = st.one_of(steps, steps, pairs, bounded, again, st.builds(str.format, ends, names))
parts = joined(st.recursive(leaves, groups, max_leaves=4), 0)
texts = st.one_of(
    parts,
    st.builds("^ -> {}".format, parts),
    st.builds("{} -> $".format, parts),
    st.builds("{} within {}s".format, parts, seconds),
    st.builds("{} within {}s | {}".format, joined(steps, 0), seconds, parts),
)

lines = st.lists(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 3), st.booleans(), st.sampled_from([0, 1, 65_535])), max_size=8
    ),
    min_size=1,
    max_size=5,
).map(lambda made: [[(at * SECOND, *rest) for at, *rest in line] for line in made])


def crowd(seed: int) -> Histories:
    """Make forty customers, close in time and of few names: a pattern finds most of what it can find among them."""
    random = Random(seed)
    made = []
    for _ in range(40):
        at, line = 0, list[tuple[int, int, bool, int]]()
        for _ in range(random.randint(1, 9)):
            at += random.choice((0, 1, 1, 2, 3)) * SECOND
            line.append(
                (at, random.choice((0, 0, 1, 1, 2, 3)), random.random() < 0.9, random.choice((0, 0, 1, 65_535)))
            )
        made.append(line)
    return made


def bound_to(text: str) -> Bound:
    """Read, compile and bind a pattern."""
    return bind(compile_pattern(read(text)), NAMES, DIMENSIONS)


def compiled_or_none(text: str) -> Automaton | None:
    """Give the pattern's automaton; None for one that is refused."""
    try:
        return compile_pattern(read(text))
    except PatternError:
        return None


def found(text: str, *slices: Slice, **bounds: int) -> Matches:
    """Ask the kernel, slice by slice, merged from the last to the first."""
    fold = MatchFold(bound_to(text), **bounds)
    partial = fold.start()
    for each in reversed(slices):
        partial = fold.merge(fold.fold(each, fold.start()), partial)
    return fold.finish(partial)


def expected(text: str, *slices: Slice, **bounds: int) -> dict[int, tuple[int, int]]:
    """Ask the twin: each matching customer's number of matches and what the first took."""
    root = read(text).root
    answer = {}
    for each in slices:
        for place, customer in enumerate(each.customer.tolist()):
            took = naive_patterns.matches(root, naive_patterns.history(each, place, NAMES, DIMENSIONS), **bounds)
            if took:
                answer[customer] = (len(took), took[0])
    return answer


def told(matches: Matches) -> dict[int, tuple[int, int]]:
    """Write the kernel's answer as the twin's."""
    rows = zip(*(each.tolist() for each in (matches.customer, matches.count, matches.took)), strict=True)
    return {customer: (count, took) for customer, count, took in rows}


def log(*histories: str) -> Slice:
    """Make a log of histories such as "abc": a letter an event, a second apart, a dot a second without one."""
    return slice_of(
        [
            [(SECOND * at, NAMES.index(name), True, 0) for at, name in enumerate(each) if name != "."]
            for each in histories
        ]
    )
