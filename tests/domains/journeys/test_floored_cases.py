"""Who may not see single customers is shown nothing of few cases, and nothing that tells it beside the totals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.journeys.test_floored import LOOKS
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import CasesAsked, Question
from sojourn.domains.journeys.queries.floored import is_few
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.engine.answers.floors import joined, shown_rows
from sojourn.kit.period import Period

K = 5
COUNT = st.integers(0, 14)
ASKED = Question(period=Period(), events=EventFilter(), steps_shown=9)


@given(
    rows=st.lists(st.tuples(COUNT, COUNT, COUNT), max_size=8),
    outside=st.tuples(st.integers(0, 6), st.just(0), st.integers(0, 6)),
)
@settings(max_examples=200, deadline=None)
def test_no_count_is_told_by_a_column(rows: list[tuple[int, int, int]], outside: tuple[int, int, int]) -> None:
    kept = shown_rows(rows, fewest=K, outside=outside)
    told = [row for row, is_kept in zip(rows, kept, strict=True) if is_kept]
    assert not any(is_few(n, K) for row in told for n in row)
    hidden = [row for row, is_kept in zip(rows, kept, strict=True) if not is_kept]
    for place, beside in enumerate(outside):
        assert not told or not is_few(beside + sum(row[place] for row in hidden), K)
    assert shown_rows(rows, fewest=1) == (True,) * len(rows)


@given(histograms=st.integers(0, 12).flatmap(
    lambda many: st.lists(st.lists(COUNT, min_size=many, max_size=many), min_size=1, max_size=3)
))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_joined_bins_count_nothing_or_enough_and_lose_nobody(histograms: list[list[int]]) -> None:
    spans = joined(histograms, fewest=K)
    assert [place for span in spans for place in span] == [*range(len(histograms[0]))]
    for each in histograms:
        counts = [sum(each[place] for place in span) for span in spans]
        assert not any(is_few(n, K) for n in counts) or len(spans) == 1


@pytest.mark.django_db(databases="__all__")
def test_cases_gaps_and_models_hide_few_from_a_viewer_and_not_from_who_may_list_customers() -> None:
    # the floor is 2 here
    ways = {("web", "AB"): 6, ("web", "AAB"): 1, ("app", "AC"): 5, ("app", "AB"): 1, ("phone", "ADC"): 1}
    people = [each for each, many in ways.items() for _ in range(many)]
    gaps = {1: 40}  # one of them waits as long as nobody else
    load([
        {**event(person, letter, 0, channel=channel),
         "occurred_at": BEGIN + timedelta(hours=place * gaps.get(person, 1), seconds=person)}
        for person, (channel, way) in enumerate(people, start=1)
        for place, letter in enumerate(way)
    ] + [event(999, "Z", 60 * 24 * 30)])  # fmt: skip
    asked = CasesAsked(start="A", goals=("B",), outcomes={"lost": ("C",)}, window_days=7, by="channel")
    true, seen = (queries.cases(asked=asked, question=ASKED, viewer=viewer) for viewer in (SYSTEM, LOOKS))
    assert {each.name: each.cases for each in true.endings} == {"completed": 8, "abandoned": 0, "lost": 6}
    assert seen.endings[0].cases == 8 and true.withheld == 0 < seen.withheld
    assert {each.name for each in true.parts} == {"web", "app"}
    assert seen.parts == (), "the one completed in the app would be told by the seven of the web"
    for each in (*seen.sizes, *seen.by_repeats):
        assert not is_few(each.cases, 2)
    assert not any(is_few(each.times, 2) for ending in seen.endings for each in ending.bins)

    edge, coarse = (queries.edge(source="A", target="B", question=ASKED, viewer=each) for each in (SYSTEM, LOOKS))
    assert 1 in {each.times for each in edge.bins}
    assert sum(each.times for each in coarse.bins) == sum(each.times for each in edge.bins)
    assert not any(is_few(each.times, 2) for each in coarse.bins)

    all_ways, some = (queries.process(question=ASKED, covers=1, viewer=each) for each in (SYSTEM, LOOKS))
    assert (all_ways.ways, some.ways) == (5, 2)
