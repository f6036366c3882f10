"""Attribution models agree with their definitions, with a published data set, and with what was planted."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.kernels import running
from sojourn.engine.kernels.attribution import AttributionFold, AttributionSums
from sojourn.engine.kernels.naive import attribution as naive
from sojourn.engine.kernels.words import Slice
from sojourn.engine.stats import attribution, removal, shapley

PATHS = Path(__file__).resolve().parents[4] / "shared" / "data" / "attribution" / "paths.csv"
CONVERSION = 99

Path_ = tuple[Sequence[int], bool]  # touchpoints, whether it converts
paths_made = st.lists(
    st.tuples(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.booleans()), min_size=1, max_size=30
)


def sums(paths: Sequence[Path_], touchpoints: int) -> AttributionSums:
    """Fold customers with one path each, a touch a second."""
    codes = [[*path, CONVERSION] if converts else list(path) for path, converts in paths]
    event = np.array([code for each in codes for code in each], np.uint8)
    events = Slice(
        customer=np.arange(1, len(codes) + 1),
        offset=np.cumsum([0, *map(len, codes)]).astype(np.int64),
        at=np.arange(len(event)),
        event=event,
        row=np.arange(len(event)),
    )
    fold = AttributionFold(
        outcomes=[CONVERSION],
        touchpoints={i: i for i in range(touchpoints)},
        window_us=1_000,
        half_life_us=7,
        paths=True,
    )
    return running.run(fold, [events])


@settings(max_examples=50, deadline=None)
@given(paths_made, st.integers(1, 2))
def test_removal_effects_equal_those_of_walking_the_chain(paths: list[Path_], order: int) -> None:
    found = sums(paths, 4)
    effects = (removal.first_order, removal.second_order)[order - 1](found.step.sum(axis=0))
    if any(converts for _, converts in paths):
        np.testing.assert_allclose(effects, naive.removal_effects(paths, 4, order), atol=1e-9)
    else:
        assert not effects.any()


@settings(max_examples=80, deadline=None)
@given(paths_made)
def test_shapley_values_equal_the_definition(paths: list[Path_]) -> None:
    found = sums(paths, 4)
    converted, every = Counter[frozenset[int]](), Counter[frozenset[int]]()
    for path, converts in paths:
        every[frozenset(path)] += 1
        converted[frozenset(path)] += converts
    coalitions = [frozenset(each) for size in range(5) for each in combinations(range(4), size)]
    worth = {each: Fraction(sum(k for of, k in converted.items() if of <= each)) for each in coalitions}
    taken = found.taken.sum(axis=1)
    got = shapley.of_conversions(found.members, taken[:, 0])
    np.testing.assert_allclose(got, [float(each) for each in naive.shapley(worth, 4)], atol=1e-12)

    rate = {each: Fraction(converted[each], every[each]) if every[each] else Fraction(0) for each in coalitions}
    expected = np.zeros(4)
    for of, times in every.items():
        game = {each: rate[each & of] for each in coalitions}
        expected += [float(times * value) for value in naive.shapley(game, 4)]
    got = shapley.of_rates(found.members, taken[:, 0], taken[:, 0] + taken[:, 1])
    np.testing.assert_allclose(got, expected, atol=1e-9)
    assert got.sum() == pytest.approx(sum(converted.values()))


def test_a_touchpoint_that_makes_conversion_rarer_gets_less_than_nothing_by_rates_only() -> None:
    alone, both = [0], [0, 1]
    found = attribution.credited(sums([(alone, True)] * 60 + [(alone, False)] * 40 + [(both, True)] * 30 +
                                      [(both, False)] * 70, 2))  # fmt: skip
    # of 100 paths with both, a rate of 0.3 = (0.6 + 0.3) / 2 for the first and (0 + 0.3 - 0.6) / 2 for the second
    assert [each.conversions for each in found["shapley_rates"]] == pytest.approx([60 + 45, -15])
    assert found["shapley_rates"][1].share.high < 0
    assert min(each.conversions for model in found if model != "shapley_rates" for each in found[model]) >= 0


def test_sampled_shapley_values_are_near_the_exact_ones_and_repeat() -> None:
    found = sums(simulated(np.random.default_rng(1), 5_000), 3)
    taken = found.taken.sum(axis=1).astype(float)
    given_ = (found.members, taken[:, 0], taken[:, 0] + taken[:, 1])
    exact = shapley.of_rates(*given_)
    near = shapley.of_rates(*given_, exact_most=0)
    np.testing.assert_allclose(near, exact, rtol=0.1)
    assert near.sum() == pytest.approx(taken[:, 0].sum())
    np.testing.assert_array_equal(near, shapley.of_rates(*given_, exact_most=0))


# From the start and after each of three touchpoints: no conversion, each touchpoint, a conversion.
CHAIN = np.array(
    [[0.0, 0.5, 0.3, 0.2, 0.0], [0.4, 0.1, 0.3, 0.1, 0.1], [0.3, 0.1, 0.1, 0.2, 0.3], [0.6, 0.1, 0.1, 0.1, 0.1]]
)


def simulated(random: np.random.Generator, customers: int) -> list[Path_]:
    """Walk customers over the chain."""
    edges = CHAIN.cumsum(axis=1)
    paths = []
    for _ in range(customers):
        path: list[int] = []
        state = 0
        while 0 < (state := int(np.searchsorted(edges[state], random.random(), side="right"))) < 4:
            path.append(state - 1)
        paths.append((path, state == 4))
    return paths


def planted() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Give the chain's own removal shares, by solving it without each touchpoint."""

    def converted(moves: list[int]) -> float:
        inner = np.array([0, *moves])
        chance = np.linalg.solve(
            np.eye(len(inner)) - np.c_[np.zeros(len(inner)), CHAIN[np.ix_(inner, moves)]], CHAIN[inner, 4]
        )
        return float(chance[0])

    effects = np.array(
        [1 - converted([m for m in (1, 2, 3) if m != gone]) / converted([1, 2, 3]) for gone in (1, 2, 3)]
    )
    return np.asarray(effects / effects.sum())


def test_a_planted_chain_is_recovered_and_intervals_hold_what_they_promise() -> None:
    random = np.random.default_rng(5)
    truth = planted()
    held = []
    for _ in range(120):
        found = attribution.credited(sums(simulated(random, 400), 3))["markov"]
        held += [each.share.low <= true <= each.share.high for each, true in zip(found, truth, strict=True)]
    assert 0.91 < np.mean(held) < 0.985
    large = attribution.credited(sums(simulated(random, 40_000), 3))
    for model in ("markov", "markov2"):
        assert [each.share.value for each in large[model]] == pytest.approx(truth.tolist(), abs=0.01)


@settings(max_examples=50, deadline=None)
@given(paths_made)
def test_every_model_shares_out_all_conversions(paths: list[Path_]) -> None:
    found = attribution.credited(sums(paths, 4))
    conversions = sum(converts for _, converts in paths)
    assert bool(found) == bool(conversions)
    for model in found.values():
        assert sum(each.conversions for each in model) == pytest.approx(conversions)
        assert sum(each.share.value for each in model) == pytest.approx(1)
        assert all(each.share.low <= each.share.value <= each.share.high for each in model)


@pytest.mark.data
def test_a_published_data_set_gives_its_published_credits() -> None:
    if not PATHS.exists():
        pytest.skip("the published paths are not beside the project")
    with PATHS.open() as file:
        rows = list(csv.DictReader(file))
    names = sorted({name for row in rows for name in row["path"].split(" > ")})
    paths: list[Path_] = []
    for row in rows:
        path = [names.index(name) for name in row["path"].split(" > ")]
        paths += [(path, True)] * int(row["total_conversions"]) + [(path, False)] * int(float(row["total_null"]))
    found = sums(paths, len(names))
    credited = attribution.credited(found)

    def told(model: str) -> dict[str, float]:
        return {name: credited[model][names.index(name)].conversions for name in ("alpha", "eta", "iota")}

    assert found.credited.sum() == 19_785
    assert told("last") == pytest.approx({"alpha": 8447, "eta": 4167, "iota": 3355})
    assert told("first") == pytest.approx({"alpha": 6308, "eta": 3164, "iota": 4606})
    assert told("linear") == pytest.approx({"alpha": 7574.719, "eta": 3539.951, "iota": 3857.096}, abs=0.001)
    effects = removal.first_order(found.step.sum(axis=0))
    np.testing.assert_allclose(effects, naive.removal_effects(paths, len(names)), atol=1e-9)
