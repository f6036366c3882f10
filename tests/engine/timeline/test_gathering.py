"""Groups of customers as a slice, and the kernels over it, equal what is counted one by one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import Histories, halves, histories, slice_of
from sojourn.engine.kernels.completion import ABANDONED, COMPLETED, CompletionFold
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.running import require_order, run, split
from sojourn.engine.kernels.words import Slice
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.timeline.gathering import gathered

Event = tuple[int, int, int, int]  # instant, row, code, dimension
MEMBERS = st.sets(st.tuples(st.integers(1, 9), st.integers(1, 5)), max_size=12)
few = settings(deadline=None, max_examples=60)


def cluster_of(members: set[tuple[int, int]]) -> dict[int, int]:
    """Give each group the smallest one that a chain of shared customers leads to."""
    found = {group: group for _, group in members}
    for _ in found:
        for who, group in members:
            for other in (group_ for who_, group_ in members if who_ == who):
                found[group] = min(found[group], found[other])
    return found


def together(slices: list[Slice], members: set[tuple[int, int]]) -> Slice:
    table = np.array(sorted(members), np.int64).reshape(-1, 2)
    cluster = cluster_of(members)
    return gathered(
        slices,
        customer=table[:, 0],
        group=table[:, 1],
        cluster=np.array([cluster[group] for group in table[:, 1].tolist()], np.int64),
        threads=2,
    )


def one_by_one(slices: list[Slice], members: set[tuple[int, int]]) -> dict[int, list[Event]]:
    """Give each group's events, in order."""
    found: dict[int, list[Event]] = {group: [] for _, group in members}
    for each in slices:
        for place, customer in enumerate(each.customer.tolist()):
            if each.customer_keep is not None and not each.customer_keep[place]:
                continue
            for i in range(int(each.offset[place]), int(each.offset[place + 1])):
                if each.keep is None or each.keep[i]:
                    event = (each.at[i], each.row[i], each.event[i], each.dimensions["channel"][i])
                    for group in (group for who, group in members if who == customer):
                        found[group].append(tuple(map(int, event)))  # type: ignore[arg-type]
    return {group: sorted(events) for group, events in found.items()}


@few
@given(histories, MEMBERS, st.lists(st.booleans(), min_size=9, max_size=9), st.integers(0, 9))
def test_a_groups_events_are_its_members_in_order(
    made: Histories, members: set[tuple[int, int]], chosen: list[bool], cut: int
) -> None:
    whole = slice_of(made, masked=True, chosen=chosen[: len(made)])
    parts = [_own(each) for each in halves(whole, cut)]
    found = together(parts, members)
    require_order(replace(found, customer=np.arange(found.customers)))
    listed = {
        -int(group): [
            (int(found.at[i]), int(found.row[i]), int(found.event[i]), int(found.dimensions["channel"][i]))
            for i in range(int(found.offset[place]), int(found.offset[place + 1]))
        ]
        for place, group in enumerate(found.customer)
    }
    assert listed == one_by_one(parts, members)


def _own(events: Slice) -> Slice:
    """Give a slice arrays of its own, as each part of a timeline has."""
    low, high = (int(events.offset[0]), int(events.offset[-1])) if events.customers else (0, 0)
    return replace(
        events,
        offset=events.offset - low,
        at=events.at[low:high],
        event=events.event[low:high],
        row=events.row[low:high],
        keep=None if events.keep is None else events.keep[low:high],
        dimensions={name: codes[low:high] for name, codes in events.dimensions.items()},
    )


@few
@given(histories, MEMBERS)
def test_figures_of_groups_are_summed_over_sets_that_share_a_customer(
    made: Histories, members: set[tuple[int, int]]
) -> None:
    slices, cluster = [slice_of(made)], cluster_of(members)
    found = together(slices, members)
    asked = CompletionFold(start=0, goals=[1], outcomes=[[2]], window_us=5, as_of_us=13)
    ended = run(asked, [found])
    sums, starters, still_open = defaultdict[int, list[float]](lambda: [0.0, 0.0]), set[int](), 0
    for group, journeys in zip((-found.customer).tolist(), naive.journeys([found], 0, [[1], [2]], 5), strict=True):
        for at, ending, _ in journeys:
            starters.add(cluster[group])
            if at + 5 >= 13:
                still_open += 1
                continue
            sums[cluster[group]][0] += 1
            sums[cluster[group]][1] += ending == 0
    expected = Clusters.of([(n, k) for n, k in sums.values()])
    told = (ended.customers, ended.closed, ended.count[:, COMPLETED], ended.closed_squares)
    more = (ended.squares[:, COMPLETED], ended.products[:, COMPLETED])
    assert Clusters(*(int(each[0]) for each in (*told, *more))) == expected
    assert (int(ended.starters[0]), int(ended.open[0])) == (len(starters), still_open)
    assert ended.count[0, ABANDONED] >= 0


@few
@given(histories, MEMBERS, st.booleans())
def test_a_funnel_of_groups_counts_groups_and_sums_over_sets(
    made: Histories, members: set[tuple[int, int]], by_entry: bool
) -> None:
    cluster = cluster_of(members)
    found = together([slice_of(made)], members)
    fold = FunnelDetailFold([[0], [1]], window_us=5, by_entry=by_entry)
    whole = run(fold, [found]).whole
    alone = run(fold, [replace(found, cluster=None)]).whole
    assert (whole.customers.tolist(), whole.times.tolist()) == (alone.customers.tolist(), alone.times.tolist())
    sums = defaultdict[int, list[int]](lambda: [0, 0])
    block, _ = fold.chains_of(found)
    for who, level in zip(block.who.tolist(), block.level.tolist(), strict=True):
        for step in range(level):
            sums[cluster[-int(found.customer[who])]][step] += 1
    assert whole.sets[0].tolist() == [sum(each[k] > 0 for each in sums.values()) for k in (0, 1)]
    assert whole.squares[0].tolist() == [sum(each[k] ** 2 for each in sums.values()) for k in (0, 1)]
    assert whole.with_first[0].tolist() == [sum(each[k] * each[0] for each in sums.values()) for k in (0, 1)]


def test_what_hangs_together_is_not_cut_apart() -> None:
    events = 250_000
    every = Slice(
        customer=np.arange(4),
        offset=np.array([0, events, 2 * events, 3 * events, 4 * events]),
        at=np.arange(4 * events),
        event=np.zeros(4 * events, np.uint16),
        row=np.arange(4 * events),
        cluster=np.array([1, 1, 1, 2]),
    )
    assert [each.customers for each in split(every, 4)] == [3, 1]
