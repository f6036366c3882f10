"""Which journeys can be measured, and how gaps are counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

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
