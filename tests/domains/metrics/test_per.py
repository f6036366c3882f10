"""Figures told per account, household or company, and of customers or prospects only."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domains.customers.people import known
from domains.journeys.test_named import SHORT
from domains.metrics.test_figures import DAY_MIN, MONTH, answer
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.customers import actions as customers
from sojourn.domains.customers.accounts import storing
from sojourn.domains.customers.accounts.storing import Joining, Stored
from sojourn.domains.customers.contracts import AccountGiven, AccountKind, CustomerState, Per, ProspectRule
from sojourn.domains.customers.models import AccountRow
from sojourn.domains.customers.queries import groups
from sojourn.domains.journeys import actions as journeys
from sojourn.domains.metrics import queries
from sojourn.domains.metrics.contracts import Figure
from sojourn.domains.metrics.queries import surveys
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy import queries as door
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import net_score, net_score_clustered, proportion
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
NORTH = Viewer(name="person:2", role=Role.CX_LEAD, units=frozenset({"north"}))


def household(key: str, *persons: int, kind: AccountKind = AccountKind.HOUSEHOLD, **when: Any) -> None:
    rows = [Stored(AccountGiven(kind=kind, key=key), Joining(person=each, **when)) for each in persons]
    storing.store(rows, source="test")


def figure(kpi: str = "nps", per: Per = Per.HOUSEHOLD, **more: Any) -> Figure:
    return queries.figure(kpi=kpi, **{"period": MONTH, "viewer": SYSTEM, "per": per, **more})[0]


def csat(person: int, score: int, minute: int = 0) -> dict[str, Any]:
    return answer(person, score, kind="csat", scale="1-5", minute=minute)


def test_a_households_last_answer_counts_once_and_who_is_in_none_counts_alone() -> None:
    couples = [(2 * place + 1, 2 * place + 2) for place in range(40)]
    for one, other in couples:
        household(f"h{one}", one, other)
    rows = [answer(one, 0) for one, _ in couples] + [answer(other, 10, minute=9) for _, other in couples]
    load([*rows, *(answer(1_000 + place, 0) for place in range(10))])
    whole, told = figure(per=Per.CUSTOMER), figure()
    assert (whole.value, whole.n, whole.groups) == (pytest.approx(-100 / 9), 90, None)
    assert (told.value, told.n, told.groups, told.alone) == (60.0, 50, 40, 10)
    assert (told.per, told.method) == (Per.HOUSEHOLD, "adjusted Wald for net scores, clustered by household")
    exact = net_score(40, 0, 10)
    assert (told.low, told.high) == (pytest.approx(100 * exact.low), pytest.approx(100 * exact.high))
    assert told.coverage.customers == 90


def test_customers_of_a_household_are_not_independent() -> None:
    """Forty households of three who answer alike say no more than forty customers do."""
    rows = []
    for place in range(40):
        members = [3 * place + number for number in (1, 2, 3)]
        household(f"h{place}", *members)
        rows += [csat(each, 5 if place % 2 else 1) for each in members]
    load(rows)
    whole, told = figure("csat", per=Per.CUSTOMER), figure("csat", period=MONTH)
    forty = proportion(Clusters.singles([1.0] * 20 + [0.0] * 20))
    assert (whole.value, told.value, told.groups) == (50, 50, 40)
    assert (told.low, told.high) == (pytest.approx(100 * forty.low, abs=0.5), pytest.approx(100 * forty.high, abs=0.5))
    assert told.low is not None and whole.low is not None and told.low < whole.low - 5


def test_an_answer_counts_for_each_account_held_at_the_time() -> None:
    rows = []
    for place in range(40):
        holder = place + 1
        household(f"a{place}", holder, kind=AccountKind.ACCOUNT)
        household(f"b{place}", holder, kind=AccountKind.ACCOUNT, since=date(2026, 1, 10))
        household(f"c{place}", holder, kind=AccountKind.ACCOUNT, until=date(2026, 1, 1))
        rows.append(answer(holder, 10 if place % 4 else 0, minute=24 * 60 * (20 if place < 10 else 1)))
    load(rows)
    told = figure(per=Per.ACCOUNT)
    assert (told.n, told.groups, told.alone) == (50, 50, 0)
    assert figure(per=Per.COMPANY).groups == 0
    assert told.low is not None and told.high is not None and told.high - told.low > 0


def test_who_may_not_be_seen_links_nobody_and_counts_in_no_household() -> None:
    for place in range(40):
        household(f"h{place}", 2 * place + 1, 2 * place + 2)
    rows = [answer(number, 10, unit="north" if number % 2 else "south") for number in range(1, 81)]
    load([*rows, answer(500, 0, unit="north")])
    household("h0", 500)
    privacy.record_consent(customer=500, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert (figure().n, figure(viewer=NORTH).n, figure(viewer=NORTH).groups) == (40, 40, 40)
    assert figure(viewer=NORTH).coverage.customers == 40


def test_a_journey_is_a_households_whoever_ends_it() -> None:
    journeys.save(journey=SHORT, viewer=SYSTEM)
    rows = [event(999, "Other", 60 * DAY_MIN)]
    for place in range(40):
        household(f"h{place}", 2 * place + 1, 2 * place + 2)
        rows.append(event(2 * place + 1, SHORT.start, place, unit="north" if place % 2 else "south"))
        rows += [event(2 * place + 2, SHORT.goals[0], place + 9)] if place < 30 else []
    load(rows)
    period = Period(since=BEGIN, until=BEGIN + timedelta(days=30))
    found = [figure("completion_rate", per=per, period=period) for per in (Per.CUSTOMER, Per.HOUSEHOLD)]
    assert [(each.value, each.n, each.groups, each.alone) for each in found] == [(0, 40, None, None), (75, 40, 40, 0)]
    assert found[1].method == "Wilson score, clustered by household"
    parts = queries.figure(
        kpi="completion_rate", journey=SHORT.slug, by="unit", per=Per.HOUSEHOLD, period=period, viewer=SYSTEM
    )
    assert {each.part: (each.n, each.groups) for each in parts} == {"north": (20, None), "south": (20, None)}


def test_a_league_is_told_per_household_too() -> None:
    units = [Unit(code=code, name=code, kind="region", parent=None) for code in ("north", "south")]
    organisation.save_units(units, by=SYSTEM.name)
    rows = []
    for place in range(80):
        household(f"h{place}", 2 * place + 1, 2 * place + 2)
        unit = "north" if place < 40 else "south"
        rows += [
            answer(2 * place + 1, 10, unit=unit),
            answer(2 * place + 2, 10 if place < 40 else 0, unit=unit, minute=9),
        ]
    load(rows)
    found = queries.league(kpi="nps", level="region", period=MONTH, viewer=SYSTEM, per=Per.HOUSEHOLD)
    said = [(row.unit, row.figure.value, row.figure.n, row.figure.groups) for row in found.rows]
    assert said == [("north", 100, 40, 40), ("south", -100, 40, 40)]
    alone = queries.league(kpi="nps", level="region", period=MONTH, viewer=SYSTEM)
    assert [(row.unit, row.figure.value, row.figure.n) for row in alone.rows] == [("north", 100, 80), ("south", 0, 80)]


def test_journeys_are_told_of_all_customers_only() -> None:
    with pytest.raises(InvalidError, match="told of all customers only; leave it out"):
        figure("completion_rate", per=Per.CUSTOMER, state=CustomerState.PROSPECT)


def test_prospects_are_kept_out_of_figures_of_customers() -> None:
    ours = [known(f"K-{place}") for place in range(40)]
    others = [known(device=f"d{place}", email=f"p{place}@example.com") for place in range(35)]
    load([*(answer(each, 10) for each in ours), *(answer(each, 0) for each in others)])
    states = (None, CustomerState.CUSTOMER, CustomerState.PROSPECT)
    found = [figure(per=Per.CUSTOMER, state=state).value for state in states]
    assert found == [pytest.approx(100 * 5 / 75), 100.0, -100.0]
    assert figure(per=Per.CUSTOMER, state=CustomerState.PROSPECT).coverage.customers == 35
    customers.save_prospect_rule(rule=ProspectRule(by_number=False), viewer=SYSTEM)
    assert figure(per=Per.CUSTOMER, state=CustomerState.PROSPECT).n == 75


TURN = count(1)
PEOPLE = st.lists(
    st.tuples(
        st.lists(st.sampled_from([1, 2, 3, 4, 5]), max_size=3),  # scores of a customer's answers
        st.sets(st.integers(0, 5), max_size=2),  # households
    ),
    min_size=30,
    max_size=40,
)


@hypothesis_settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # an example takes a second: it is read, not shrunk
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(PEOPLE)
def test_sums_per_household_are_as_counted_one_by_one(people: list[tuple[list[int], set[int]]]) -> None:
    salt = next(TURN)
    AccountRow.objects.all().delete()
    first = 1_000 + salt * 100
    rows, of_cluster = [], defaultdict[int, list[float]](lambda: [0.0, 0.0])
    cluster = naive_clusters([homes if scores else set() for scores, homes in people])
    for place, (scores, homes) in enumerate(people):
        for home in homes:
            household(f"h{home}", first + place)
        for number, score in enumerate(scores):
            rows.append(csat(first + place, score, minute=number))
            of_cluster[cluster[place]][0] += max(len(homes), 1)
            of_cluster[cluster[place]][1] += max(len(homes), 1) * (score >= 4)
    if not rows:
        return
    load([{**row, "unit": str(salt)} for row in rows], number=salt + 1, replaces=None)
    expected = Clusters.of([(n, k) for n, k in of_cluster.values()])
    with surveys_of(str(salt)) as read:
        [found] = surveys.estimates(kpi="csat", period=MONTH, by=None, answers=read, per=Per.HOUSEHOLD)
    assert found.clusters == expected


def naive_clusters(homes: list[set[int]]) -> list[int]:
    """Give each customer the smallest one whom a chain of shared households leads to; who says nothing links nobody."""
    found = list(range(len(homes)))
    for _ in homes:
        for one, other in ((a, b) for a in range(len(homes)) for b in range(len(homes)) if homes[a] & homes[b]):
            found[one] = min(found[one], found[other])
    return found


def surveys_of(unit: str) -> Any:
    return door.reading(
        event=surveys.ANSWER, fields=surveys.fields([]), events=EventFilter(dimensions={"unit": (unit,)}),
        viewer=SYSTEM, groups=groups(Per.HOUSEHOLD),
    )  # fmt: skip


def test_a_clustered_net_score_is_the_plain_one_of_single_answers_and_wider_of_equal_ones() -> None:
    single = Clusters.singles([1.0] * 60 + [0.0] * 20 + [-1.0] * 20)
    assert net_score_clustered(60, 20, 20, single) == net_score(60, 20, 20)
    pairs = Clusters.of([(2, 2.0)] * 30 + [(2, 0.0)] * 10 + [(2, -2.0)] * 10)
    wide, plain = net_score_clustered(60, 20, 20, pairs), net_score(60, 20, 20)
    half = net_score(30, 10, 10)
    assert plain.high - plain.low < wide.high - wide.low
    assert wide.high - wide.low == pytest.approx(half.high - half.low, rel=0.02)
