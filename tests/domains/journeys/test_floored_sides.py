"""Who may not see single customers is shown no figure of few of either side of a comparison."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.journeys.test_floored import COVERAGE, LOOKS
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import (
    ComparedFunnel,
    ComparedVariants,
    Comparison,
    FunnelStepDifference,
    Journey,
    Question,
    ShareDifference,
    Verdict,
)
from sojourn.domains.journeys.queries.floored import is_few
from sojourn.domains.journeys.queries.floored_sides import funnels_above, variants_above
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.engine.answers.variants_apart import VariantDifference
from sojourn.engine.answers.words import share
from sojourn.kit.period import Period

K = 5
COMPARISON = Comparison(both=None, tested=0, looks="once", method="none", a=COVERAGE, b=COVERAGE)
COUNTS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=6)


def apart(k_a: int, n_a: int, k_b: int, n_b: int) -> ShareDifference:
    return ShareDifference(
        a=share(k_a, n_a), b=share(k_b, n_b), difference=0, low=-1, high=1, p=None, verdict=Verdict.TOO_FEW, effect=0
    )


@given(ways=COUNTS, others=st.tuples(st.integers(0, 9), st.integers(0, 9)))
@settings(max_examples=150, deadline=None)
def test_no_way_of_few_of_a_side_is_told_by_the_others(ways: list[tuple[int, int]], others: tuple[int, int]) -> None:
    n_a, n_b = (sum(way[side] for way in ways) + others[side] for side in (0, 1))
    rows = tuple(
        VariantDifference(steps=(f"{place}",), share=apart(a, n_a, b, n_b)) for place, (a, b) in enumerate(ways)
    )
    whole = ComparedVariants(variants=rows, distinct=9, covers_a=1.0, covers_b=1.0, comparison=COMPARISON)
    seen = variants_above(whole, K)
    told = [ways[int(each.steps[0])] for each in seen.variants]
    assert not any(is_few(n, K) for way in told for n in way)
    for side, n in ((0, n_a), (1, n_b)):
        assert not told or not is_few(n - sum(way[side] for way in told), K)
    assert seen.withheld == len(ways) - len(told)
    assert seen.covers_a == pytest.approx(sum(way[0] for way in told) / max(n_a, 1))


@given(falls=COUNTS, still=st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_a_funnel_ends_before_the_step_that_few_reached_or_few_did_not(
    falls: list[tuple[int, int]], still: int
) -> None:
    left = [tuple(sum(fall[side] for fall in falls[place:]) for side in (0, 1)) for place in range(len(falls))]
    steps = tuple(
        FunnelStepDifference(name=str(place), customers_a=a, customers_b=b, from_first=None, from_before=None)
        for place, (a, b) in enumerate(left)
    )
    whole = ComparedFunnel(steps=steps, window_s=1, open_a=still, open_b=0, comparison=COMPARISON)
    seen = funnels_above(whole, K)
    assert seen.steps == steps[: len(seen.steps)]
    for side in ("customers_a", "customers_b"):
        counts = [getattr(each, side) for each in seen.steps]
        assert not any(is_few(n, K) for n in counts)
        assert not any(is_few(one - next_, K) for one, next_ in pairwise(counts))
    assert (seen.open_a, seen.open_b) == (None if is_few(still, K) else still, 0)


@pytest.mark.django_db(databases="__all__")
def test_comparisons_hide_few_from_a_viewer_and_not_from_who_may_list_customers() -> None:
    ways = {("web", "AB"): 6, ("web", "AC"): 4, ("web", "AD"): 1, ("app", "AB"): 5, ("app", "AC"): 6, ("app", "AD"): 3}
    people = [each for each, many in ways.items() for _ in range(many)]  # the floor is 2 here
    load([
        {**event(person, letter, 0, channel=channel), "occurred_at": BEGIN + timedelta(days=place, seconds=person)}
        for person, (channel, way) in enumerate(people, start=1)
        for place, letter in enumerate(way)
    ] + [event(999, "Z", 60 * 24 * 30)])  # fmt: skip
    a, b = (Question(period=Period(), events=EventFilter(dimensions={"channel": (each,)})) for each in ("web", "app"))
    journey = Journey(slug="way", name="Way", start="A", goals=("D",), outcomes={}, steps=(), window_days=7)
    actions.save(journey=journey, viewer=SYSTEM)

    true, seen = (queries.compare_graphs(a=a, b=b, viewer=viewer) for viewer in (SYSTEM, LOOKS))
    assert {each.name for each in true.steps} - {each.name for each in seen.steps} == {"D"}
    assert {each.target for each in true.paths} - {each.target for each in seen.paths} == {"D"}
    assert not any("D" in each.names for each in seen.findings)
    assert seen.withheld >= 2 and not true.withheld

    all_ways, some = (queries.compare_variants(a=a, b=b, viewer=viewer) for viewer in (SYSTEM, LOOKS))
    assert {each.steps for each in all_ways.variants} == {("A", "B"), ("A", "C"), ("A", "D")}
    assert {each.steps for each in some.variants} == {("A", "B")}, "one way alone would be told by the rest"

    told, less = (
        queries.compare_funnels(steps=("A", "D"), window_days=1.5, a=a, b=b, viewer=viewer)
        for viewer in (SYSTEM, LOOKS)
    )
    assert [each.customers_a for each in told.steps] == [11, 1]
    assert [each.customers_a for each in less.steps] == [11] and less.withheld == 1

    endings = queries.compare_completions(slug="way", a=a, b=b, viewer=LOOKS)
    assert endings.withheld == 2 and {each.share.a.n for each in endings.endings} == {0}, "one of 11 in A completed"
