"""Which steps and paths are kept in a graph that can be read."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sojourn.engine.kernels.thinning import kept_paths, top_steps

histories = st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=6), min_size=1, max_size=20)


def counted(made: list[list[str]]) -> tuple[dict[tuple[str, str], int], dict[str, int], dict[str, int]]:
    count: dict[tuple[str, str], int] = {}
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for history in made:
        for edge in pairwise(history):
            count[edge] = count.get(edge, 0) + 1
        starts[history[0]] = starts.get(history[0], 0) + 1
        ends[history[-1]] = ends.get(history[-1], 0) + 1
    return count, starts, ends


def reached(edges: set[tuple[str, str]], roots: set[str]) -> set[str]:
    there = set(roots)
    while True:
        more = {target for source, target in edges if source in there} - there
        if not more:
            return there
        there |= more


@given(histories, st.floats(0, 1))
def test_however_few_paths_every_step_lies_between_a_start_and_an_end(made: list[list[str]], part: float) -> None:
    count, starts, ends = counted(made)
    kept = kept_paths(count, starts, ends, part)
    steps = {step for history in made for step in history}
    assert kept <= set(count)
    assert reached(kept, set(starts)) == steps
    assert reached({(target, source) for source, target in kept}, set(ends)) == steps
    assert sum(count[edge] for edge in kept) >= part * sum(count.values()) - 1e-9


@given(histories, st.integers(0, 5))
def test_a_bound_on_frequent_paths_leaves_the_graph_whole(made: list[list[str]], most: int) -> None:
    count, starts, ends = counted(made)
    whole = kept_paths(count, starts, ends, 0)
    kept = kept_paths(count, starts, ends, 1.0, most)
    assert whole <= kept <= set(count)
    assert len(kept) <= most + len(whole)


@given(histories)
def test_all_paths_are_kept_when_all_are_asked_for(made: list[list[str]]) -> None:
    count, starts, ends = counted(made)
    assert kept_paths(count, starts, ends, 1.0) == set(count)


def test_a_rare_start_does_not_hide_the_common_way_to_a_step() -> None:
    count = {("a", "b"): 90, ("b", "c"): 80}
    assert kept_paths(count, {"a": 100, "b": 1}, {"c": 80, "b": 20}, 0) == {("a", "b"), ("b", "c")}


def test_top_steps_are_those_of_most_customers_ties_by_name() -> None:
    assert top_steps({"b": 2, "a": 2, "c": 9}, 2) == ("c", "a")
