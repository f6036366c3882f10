"""Scores weighted to a known population."""

from __future__ import annotations

import pytest

from domains.metrics.test_figures import MONTH, answers
from domains.privacy.bank import load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.metrics import actions, queries
from sojourn.domains.metrics.contracts import Population, WeightedScore
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
HALVES = Population(slug="halves", name="Halves", margins={"channel": {"web": 0.5, "phone": 0.5}})


def weighted(population: Population = HALVES, kpi: str = "nps", viewer: Viewer = SYSTEM) -> WeightedScore:
    actions.save_population(population=population, viewer=SYSTEM)
    return queries.weighted_score(kpi=kpi, population=population.slug, period=MONTH, viewer=viewer)


def test_a_score_is_weighted_to_the_population() -> None:
    load(answers([10] * 240 + [2] * 80, channel="web") + answers([10] * 20 + [2] * 60, 1_001, channel="phone"))
    found = weighted()
    assert (found.plain, found.value) == (pytest.approx(30.0), pytest.approx(0.0))
    assert found.design_effect == pytest.approx(1.5625)
    assert (found.effective, found.worst) == (pytest.approx(256), pytest.approx(0, abs=1e-6))
    assert -15 < (found.low or 0) < 0 < (found.high or 0) < 15
    assert (found.n, found.left_out, found.note) == (400, 0, "")


def test_values_that_the_population_does_not_have_are_left_out_and_told() -> None:
    made = answers([10] * 50, channel="web") + answers([2] * 50, 1_001, channel="phone")
    load(made + answers([10], 2_001, channel="mail"))
    found = weighted(viewer=Viewer(name="v", role=Role.VIEWER))
    assert (found.n, found.left_out, found.value) == (100, None, pytest.approx(0.0))
    assert weighted().left_out == 1


def test_what_cannot_be_weighted_says_so() -> None:
    load(answers([10] * 60, channel="web"))
    assert "cannot be weighted" in weighted().note
    assert weighted(kpi="ces").note == "too few to say: 0 customers, 30 are needed"
    with pytest.raises(NotFoundError):
        queries.weighted_score(kpi="nps", population="nobody", period=MONTH, viewer=SYSTEM)


@pytest.mark.parametrize(
    ("margins", "why"),
    [
        ({}, "margins: 1 to 6"),
        ({"weather": {"a": 0.5, "b": 0.5}}, "weather: choose"),
        ({"channel": {"web": 0.5, "app": 0.6}}, "add up to 1.100"),
        ({"channel": {"web": 1.0}}, "2 to 100 values"),
    ],
)
def test_bad_margins_are_refused(margins: dict[str, dict[str, float]], why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        actions.save_population(population=Population(slug="a", name="A", margins=margins), viewer=SYSTEM)


def test_populations_are_changed_by_who_may() -> None:
    with pytest.raises(ForbiddenError):
        actions.save_population(population=HALVES, viewer=Viewer(name="v", role=Role.VIEWER))
    actions.save_population(population=HALVES, viewer=SYSTEM)
    assert queries.populations() == (HALVES,)
    actions.delete_population(slug="halves", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.delete_population(slug="halves", viewer=SYSTEM)
