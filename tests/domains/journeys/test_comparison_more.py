"""Comparing variants, every kind of funnel, units, channels and path patterns as sides."""

from __future__ import annotations

import pytest

from domains.journeys.test_comparison import FIRST, many, question
from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import FunnelExclusion, FunnelOptions, Question, Verdict
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.errors import InvalidError

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
WEB, APP = question(channel=("web",)), question(channel=("app",))
NORTH, SOUTH = question(unit=("north",)), question(unit=("south",))


@pytest.fixture(autouse=True)
def shop() -> None:
    """On the web 80 of 100 pay at once and 20 ask before; in the app it is the other way round."""
    load([
        *many(1000, 80, "Opened", "Paid", channel="web", unit="north"),
        *many(1100, 20, "Opened", "Asked", "Paid", channel="web", unit="north"),
        *many(2000, 20, "Opened", "Paid", channel="app", unit="south"),
        *many(2100, 80, "Opened", "Asked", "Paid", channel="app", unit="south"),
        event(9999, "Opened", 60 * 1_440),
    ])  # fmt: skip


@pytest.mark.parametrize(("a", "b"), [(WEB, APP), (NORTH, SOUTH)])
def test_which_ways_through_are_more_frequent_on_a_channel_or_a_unit(a: Question, b: Question) -> None:
    found = queries.compare_variants(a=a, b=b, viewer=SYSTEM)
    shares = {each.steps: each.share for each in found.variants}
    direct, asking = shares["Opened", "Paid"], shares["Opened", "Asked", "Paid"]
    assert (direct.verdict, asking.verdict) == (Verdict.LESS, Verdict.MORE)
    assert (direct.a.value, direct.b.value, direct.difference) == (0.8, 0.2, pytest.approx(-0.6))
    assert -0.72 < direct.low < -0.6 < direct.high < -0.46
    assert (found.distinct, found.covers_a, found.covers_b, found.comparison.tested) == (2, 1.0, 1.0, 2)
    assert "Benjamini-Hochberg" in found.comparison.method


def test_a_variant_is_a_side_by_its_pattern() -> None:
    direct, asking = (
        Question(period=FIRST, events=EventFilter(having_pattern=pattern))
        for pattern in ("^ -> Opened -> Paid -> $", "^ -> Opened -> Asked -> Paid -> $")
    )
    found = queries.compare_graphs(a=direct, b=asking, viewer=SYSTEM)
    assert (found.comparison.a.customers, found.comparison.b.customers) == (100, 100)
    properties = {(each.dimension, each.value): each.share.difference for each in found.properties}
    assert properties["channel", "app"] == pytest.approx(0.6)


def test_a_strict_funnel_and_one_with_an_exclusion_are_compared() -> None:
    def last(options: FunnelOptions) -> tuple[int, int, Verdict]:
        found = queries.compare_funnels(
            steps=["Opened", "Paid"], window_days=1, a=WEB, b=APP, options=options, viewer=SYSTEM
        )
        step = found.steps[-1]
        assert step.from_first is not None
        return step.customers_a, step.customers_b, step.from_first.verdict

    assert last(FunnelOptions()) == (100, 100, Verdict.SAME)
    assert last(FunnelOptions(order=Order.STRICT)) == (80, 20, Verdict.LESS)
    assert last(FunnelOptions(exclusions=(FunnelExclusion(events=("Asked",)),))) == (80, 20, Verdict.LESS)
    assert last(FunnelOptions(order=Order.ANY)) == (100, 100, Verdict.SAME)


def test_too_many_variants_are_refused() -> None:
    with pytest.raises(InvalidError, match="top"):
        queries.compare_variants(a=WEB, b=APP, top=1_000, viewer=SYSTEM)
