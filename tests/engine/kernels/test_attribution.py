"""Attribution equals its slow twin, under masks, in a period, with ties, cut anywhere and merged in any order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import Histories, halves, histories, slice_of
from sojourn.engine.kernels import running
from sojourn.engine.kernels.attribution import GROUPS, RULES, AttributionFold, AttributionSums
from sojourn.engine.kernels.naive import attribution as naive
from sojourn.engine.kernels.words import Amounts, Slice

OUTCOME, CHANNELS = 3, {0: 0, 1: 1, 65_535: 2}
bounds = st.tuples(st.integers(-3, 6), st.integers(4, 14))


def answer(fold: AttributionFold, parts: Sequence[Slice], *, backwards: bool = False) -> AttributionSums:
    partials = [fold.fold(each, fold.start()) for each in parts]
    left, right = reversed(partials) if backwards else partials
    return fold.finish(fold.merge(left, right))


def with_money(events: Slice) -> Slice:
    """Give every second event an amount; every third of these in another currency."""
    place = np.arange(0, len(events.at), 2)
    currency = np.where(np.arange(len(place)) % 3 == 0, 8, 7).astype(np.uint16)
    money = Amounts(place, (place % 5 - 1) * 10_000, currency)
    return Slice(**{each.name: getattr(events, each.name) for each in fields(events)} | {"amounts": lambda: money})


def happenings(events: Slice, *, by_channel: bool) -> list[list[naive.Happening]]:
    money = dict.fromkeys(range(len(events.at)), 0)
    assert events.amounts is not None
    held = events.amounts()
    for place, amount, currency in zip(held.place, held.amount, held.currency, strict=True):
        money[int(place)] = int(amount) if currency == 7 else 0
    found = []
    for customer in range(events.customers):
        if events.customer_keep is not None and not events.customer_keep[customer]:
            continue
        mine: list[naive.Happening] = []
        for i in range(int(events.offset[customer]), int(events.offset[customer + 1])):
            code, channel = int(events.event[i]), int(events.dimensions["channel"][i])
            touch = CHANNELS.get(channel) if by_channel else {0: 0, 1: 1, 2: 0}.get(code)
            if (code != OUTCOME and touch is None) or (events.keep is not None and not events.keep[i]):
                continue
            mine.append((int(events.at[i]), None if code == OUTCOME else touch, money[i]))
        found.append(mine)
    return found


@settings(max_examples=300, deadline=None)
@given(
    histories, st.booleans(), st.none() | st.lists(st.booleans(), min_size=9, max_size=9), bounds, st.integers(0, 9),
    st.booleans(), st.integers(0, 8), st.integers(2, 20), st.booleans(), st.booleans(),
)  # fmt: skip
def test_attribution_equals_its_twin(
    made: Histories, mask: bool, kept: Any, period: Any, cut: int, backwards: bool, window: int, as_of: int,
    by_channel: bool, collapse: bool,
) -> None:  # fmt: skip
    events = with_money(slice_of(made, masked=mask, chosen=None if kept is None else kept[: len(made)]))
    touchpoints: dict[str, Any] = (
        {"touchpoints": CHANNELS, "by": "channel"} if by_channel else {"touchpoints": {0: 0, 1: 1, 2: 0}}
    )
    asked: dict[str, Any] = touchpoints | {
        "outcomes": [OUTCOME], "window_us": window, "half_life_us": 2, "collapse": collapse, "currency": 7,
        "as_of_us": as_of, "since_us": period[0], "until_us": period[1], "paths": True,
    }  # fmt: skip
    got = answer(AttributionFold(**asked), halves(events, cut), backwards=backwards)
    expected = [
        naive.paths(each, window, *period, as_of, collapse=collapse)
        for each in happenings(events, by_channel=by_channel)
    ]
    check_totals(got, expected)
    check_credits(got, expected)
    check_steps_and_sets(got, expected)
    rules = answer(AttributionFold(**asked | {"paths": False}), halves(events, cut), backwards=backwards)
    check_the_same_rules(rules, got)


def check_totals(got: AttributionSums, expected: list[naive.Paths]) -> None:
    converting = [path for each in expected for path in each.converting]
    assert got.credited.sum() == len(converting)
    assert got.value.sum() == sum(money for _, money in converting)
    assert got.unvalued.sum() == sum(money == 0 for _, money in converting)
    assert got.direct.sum() == sum(each.direct for each in expected)
    assert got.failed.sum() == sum(len(each.failing) for each in expected)
    assert got.open.sum() == sum(each.open for each in expected)
    assert got.converted.sum() == sum(bool(each.converting) for each in expected)
    seen = [bool(each.converting or each.failing or each.open or each.direct) for each in expected]
    assert got.customers.sum() == sum(seen)


def check_credits(got: AttributionSums, expected: list[naive.Paths]) -> None:
    credit, worth = np.zeros(got.credit.shape[1:]), np.zeros(got.credit.shape[1:])
    touched = np.zeros(len(credit), np.int64)
    touches = 0
    for each in expected:
        for path, money in each.converting:
            touches += len(path)
            touched[list({touchpoint for _, touchpoint in path})] += 1
            for rule, shares in naive.shares(path, 2).items():
                for (_, touchpoint), share in zip(path, shares, strict=True):
                    credit[touchpoint, RULES.index(rule)] += share
                    worth[touchpoint, RULES.index(rule)] += share * money
    np.testing.assert_allclose(got.credit.sum(axis=0), credit, atol=1e-8 * (touches + 1))
    np.testing.assert_allclose(got.worth.sum(axis=0), worth, atol=touches + 1)  # ten-thousandths, rounded once a touch
    np.testing.assert_array_equal(got.touched.sum(axis=0), touched)
    assert (got.credit.sum(axis=1) == got.credited[:, None]).all(), "credits are the conversions, exactly"
    assert (got.worth.sum(axis=1) == got.value[:, None]).all()


def check_the_same_rules(rules: AttributionSums, every: AttributionSums) -> None:
    for name in ("credit", "worth", "touched", "credited", "direct", "unvalued", "value", "converted"):
        np.testing.assert_array_equal(getattr(rules, name), getattr(every, name))
    for name in ("step", "failed", "open", "customers"):
        assert len(getattr(rules, name)) == 0, "what was not asked for has no groups"
    assert rules.taken.shape == (0, 0, 3)


def check_steps_and_sets(got: AttributionSums, expected: list[naive.Paths]) -> None:
    steps: Counter[tuple[int, int, int]] = Counter()
    sets: dict[frozenset[int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in expected:
        for path, money in each.converting:
            steps += naive.steps(path, got.step.shape[3] - 1)
            mine = sets[frozenset(touchpoint for _, touchpoint in path)]
            mine[0] += 1
            mine[2] += money
        for path in each.failing:
            steps += naive.steps(path, 0)
            sets[frozenset(touchpoint for _, touchpoint in path)][1] += 1
    whole = got.step.sum(axis=0)
    assert {tuple(place): int(whole[tuple(place)]) for place in np.argwhere(whole).tolist()} == dict(steps)
    members = [frozenset(np.flatnonzero(row).tolist()) for row in got.members]
    assert dict(zip(members, got.taken.sum(axis=1).tolist(), strict=True)) == dict(sets)


def many(customers: int) -> Slice:
    made = [[(i, (7 * who + i * i) % 4, True, i % 2) for i in range(who % 9)] for who in range(customers)]
    return slice_of(made)


def test_threads_and_slices_do_not_change_a_digit() -> None:
    events = many(3_000)
    fold = AttributionFold(outcomes=[3], touchpoints={0: 0, 1: 1, 2: 2}, window_us=5, half_life_us=2, paths=True)
    whole = running.run(fold, [events])
    smallest, running.SMALLEST_PART = running.SMALLEST_PART, 500
    try:
        cut = running.run(fold, halves(events, 1_234), threads=2)
    finally:
        running.SMALLEST_PART = smallest
    for each in fields(whole):
        np.testing.assert_array_equal(getattr(cut, each.name), getattr(whole, each.name))
    assert (whole.customers > 0).sum() == GROUPS, "customers spread over all groups"


@pytest.mark.parametrize("touchpoints", [3, 24])  # with few, sets are counted in a table; with many, sorted
def test_sets_of_touchpoints_are_told_apart(touchpoints: int) -> None:
    random = np.random.default_rng(3)
    made = [
        [*((i, int(code), True) for i, code in enumerate(random.integers(0, touchpoints, 6))), (9, 30, True)]
        for _ in range(5_000)
    ]
    events = slice_of(made)
    got = running.run(
        AttributionFold(
            outcomes=[30], touchpoints={i: i for i in range(touchpoints)}, window_us=9, half_life_us=1, paths=True
        ),
        [events],
    )
    expected = Counter(frozenset(code for _, code, _ in path[:-1]) for path in made)
    members = [frozenset(np.flatnonzero(row).tolist()) for row in got.members]
    assert dict(zip(members, got.taken[:, :, 0].sum(axis=1).tolist(), strict=True)) == expected


def test_no_customers_give_no_conversions() -> None:
    fold = AttributionFold(outcomes=[3], touchpoints={0: 0}, window_us=5, half_life_us=2, paths=True)
    empty = fold.finish(fold.start())
    assert (empty.credited.sum(), empty.members.shape) == (0, (0, 1))


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 24"):
        AttributionFold(outcomes=[1], touchpoints={}, window_us=1, half_life_us=1)
    with pytest.raises(ValueError, match="1 to 24"):
        AttributionFold(outcomes=[1], touchpoints={0: 1}, window_us=1, half_life_us=1)
    with pytest.raises(ValueError, match="half-life"):
        AttributionFold(outcomes=[1], touchpoints={0: 0}, window_us=1, half_life_us=0)
