"""Which paths are kept, and which journeys can be measured."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import Journey
from sojourn.kit.errors import InvalidError

CARD = Journey(
    slug="card",
    name="Card application",
    start="Application Started",
    goals=("Card Activated",),
    outcomes={"declined": ("Application Declined",)},
    steps=("Application Started", "Card Activated"),
    window_days=30,
)

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
    kept = rules.kept_paths(count, starts, ends, part)
    steps = {step for history in made for step in history}
    assert kept <= set(count)
    assert reached(kept, set(starts)) == steps
    assert reached({(target, source) for source, target in kept}, set(ends)) == steps
    assert sum(count[edge] for edge in kept) >= part * sum(count.values()) - 1e-9


@given(histories)
def test_all_paths_are_kept_when_all_are_asked_for(made: list[list[str]]) -> None:
    count, starts, ends = counted(made)
    assert rules.kept_paths(count, starts, ends, 1.0) == set(count)


def test_a_rare_start_does_not_hide_the_common_way_to_a_step() -> None:
    count = {("a", "b"): 90, ("b", "c"): 80}
    assert rules.kept_paths(count, {"a": 100, "b": 1}, {"c": 80, "b": 20}, 0) == {("a", "b"), ("b", "c")}


def test_top_steps_are_those_of_most_customers_ties_by_name() -> None:
    assert rules.top_steps({"b": 2, "a": 2, "c": 9}, 2) == ("c", "a")


def test_gaps_are_counted_in_spans_that_people_name() -> None:
    found = rules.gap_bins(np.array([0, 999_999, 1_000_000, 3_600_000_000, 10**15]))
    assert [(each.since_s, each.times) for each in found if each.times] == [
        (0, 2), (1, 1), (3_600, 1), (90 * 86_400, 1),
    ]  # fmt: skip
    assert found[-1].until_s is None
    assert rules.gap_bins(np.zeros(0, np.int64)) == ()


def test_a_share_of_few_customers_says_so() -> None:
    assert rules.share(3, 7).too_few
    assert rules.share(0, 0).too_few
    assert not rules.share(300, 700).too_few


def test_a_sound_journey_passes() -> None:
    rules.check_journey(CARD)


def test_an_outcome_made_of_goals_is_a_name_for_completion() -> None:
    named = replace(CARD, outcomes={"active": ("Card Activated",), **CARD.outcomes})
    rules.check_journey(named)
    assert list(rules.other_outcomes(named)) == ["declined"]


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"slug": "Card Application"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"start": ""}, "start"),
        ({"goals": ()}, "goals"),
        ({"goals": ("",)}, "goals"),
        ({"goals": ("Application Started",)}, "goals"),
        ({"outcomes": {"declined": ()}}, "outcomes"),
        ({"outcomes": {"": ("Application Declined",)}}, "outcomes"),
        ({"outcomes": {"completed": ("Application Declined",)}}, "outcomes"),
        ({"outcomes": {"declined": ("Card Activated", "Application Declined")}}, "outcome declined"),
        ({"steps": ("",)}, "steps"),
        ({"steps": ("Application Started",) * 51}, "steps"),
        ({"window_days": 0}, "window"),
        ({"window_days": 5_000}, "window"),
    ],
)
def test_a_journey_that_cannot_be_measured_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError, match=rf"^{field}:"):
        rules.check_journey(replace(CARD, **wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize("steps, paths", [(0, 0.5), (201, 0.5), (5, -0.1), (5, 1.1), (5, float("nan"))])
def test_a_slider_cannot_stand_outside_its_range(steps: int, paths: float) -> None:
    with pytest.raises(InvalidError):
        rules.check_explorer(steps_shown=steps, paths_shown=paths)
