"""Patterns and logs as the pattern language's tests make them: few names and instants, so that matches are common."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.kernels.histories import slice_of
from sojourn.engine.kernels import naive_patterns
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
DIMENSIONS = {"channel": ("web", "phone")}

names = st.sampled_from(NAMES)
conditions = st.sampled_from(
    ["", "", "", "{channel=web}", "{channel!=phone}", '{channel=""}', '{channel!=web|""}', "{channel!=^channel}",
     "{channel=^channel}", "{channel!=web,channel!=^channel}"]
)  # fmt: skip
steps = st.one_of(
    st.builds("{}{}".format, names, conditions),
    st.builds(".{}".format, conditions),
    st.builds("[^{}]{}".format, names, conditions),
    st.builds("[{}|{}]{}".format, names, names, conditions),
    st.sampled_from(["^", "$"]),
)
repeats = st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "{2,}", "{1,3}"])
arrows = st.sampled_from([" -> ", " ->> ", " ... ", " -> ... -> "])
durations = st.integers(1, 8).map(" within {}s".format)


@st.composite
def sequences(draw: Any, inner: Any) -> str:
    """Join parts by arrows, with a duration sometimes."""
    parts = draw(st.lists(inner, min_size=1, max_size=3))
    text = parts[0]
    for part in parts[1:]:
        text += draw(arrows) + part
    return text + (draw(durations) if draw(st.integers(0, 4)) == 0 else "")


def groups(inner: Any) -> Any:
    """Put a sequence or a choice in brackets, repeated sometimes."""
    choices = st.lists(sequences(inner), min_size=1, max_size=2).map(" | ".join)
    return choices.map("({})".format) | st.builds("({}){}".format, choices, repeats)


parts = st.recursive(steps | st.builds("{}{}".format, steps, repeats), groups, max_leaves=5)
texts = st.lists(sequences(parts), min_size=1, max_size=2).map(" | ".join)

lines = st.lists(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 3), st.booleans(), st.sampled_from([0, 1, 65_535])), max_size=8
    ),
    min_size=1,
    max_size=5,
).map(lambda made: [[(at * 1_000_000, *rest) for at, *rest in line] for line in made])


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
            [(1_000_000 * at, NAMES.index(name), True, 0) for at, name in enumerate(each) if name != "."]
            for each in histories
        ]
    )
