"""Trees of paths equal their slow twin, under masks, in a period, with ties, cut anywhere and merged in any order."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.lens import LAST_INSTANT
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive import paths as naive_paths
from sojourn.engine.kernels.naive.paths import END
from sojourn.engine.kernels.naive.paths import OTHERS as REST
from sojourn.engine.kernels.paths import ENDED, OTHERS, STEP, PathsFold, PathTree
from sojourn.engine.kernels.words import NO_CODE, Slice

chosen = st.none() | st.lists(st.booleans(), min_size=9, max_size=9)
shown = st.sets(st.integers(0, CODES - 1), min_size=1)
limits = st.integers(0, 9) | st.just(LAST_INSTANT)


def rows(found: PathTree) -> list[tuple[Any, ...]]:
    """Read a tree as the twin writes it."""
    ways: list[tuple[int | str, ...]] = []
    for place, before in enumerate(found.before.tolist()):
        last = {STEP: int(found.code[place]), ENDED: END, OTHERS: REST}[int(found.kind[place])]
        ways.append(() if before < 0 else (*ways[before], last))
    assert found.depth.tolist() == [len(way) for way in ways]
    assert all(found.code[found.kind != STEP] == NO_CODE)
    columns = (found.gathered, found.times, found.customers, found.median_time)
    return list(zip(ways, *(column.tolist() for column in columns), strict=True))


@settings(max_examples=500, deadline=None)
@given(
    histories, st.booleans(), chosen, shown, st.tuples(st.integers(-3, 6), st.integers(4, 14)), st.integers(0, 9),
    st.booleans(), st.integers(0, CODES - 1), st.fixed_dictionaries({
        "forward": st.booleans(), "depth": st.integers(1, 4), "every": st.booleans(), "collapse": st.booleans(),
        "window_us": limits, "gap_us": limits,
    }), st.integers(1, 3), st.integers(1, 3),
)  # fmt: skip
def test_the_tree_of_paths_equals_its_twin(
    history: Histories, mask: bool, kept: Any, codes: set[int], period: Any, cut: int, backwards: bool,
    root: int, asked: dict[str, Any], breadth: int, fewest: int,
) -> None:  # fmt: skip
    events = slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])
    view = lens.only(codes)
    bounds = {"since_us": period[0], "until_us": period[1]}
    fold = PathsFold(view, root=root, breadth=breadth, fewest=fewest, **asked, **bounds)
    partials = [pickle.loads(pickle.dumps(fold.fold(each, fold.start()))) for each in halves(events, cut)]
    left, right = reversed(partials) if backwards else partials
    got = rows(fold.finish(fold.merge(left, right)))
    walked = [naive_paths.walks(each, root, **asked, **bounds) for each in naive.seen([events], view)]
    expected = naive_paths.tree(walked, breadth, fewest)
    assert [row[:4] for row in got] == [row[:4] for row in expected]
    assert [row[4] for row in got] == pytest.approx([row[4] for row in expected], nan_ok=True)


@settings(max_examples=150, deadline=None)
@given(histories, st.booleans(), st.booleans(), st.integers(1, 3))
def test_children_add_up_to_the_times_of_their_step(
    history: Histories, forward: bool, every: bool, breadth: int
) -> None:
    fold = PathsFold(lens.every(CODES), root=0, forward=forward, every=every, breadth=breadth, depth=3)
    found = running.run(fold, [slice_of(history)])
    for place in np.flatnonzero((found.kind == STEP) & (found.depth < 3)).tolist():
        assert int(found.times[found.before == place].sum()) == int(found.times[place])
    if not every:
        assert found.times.tolist() == found.customers.tolist()


@pytest.mark.parametrize("first", [0, 300])
@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("since", [0, 100])
def test_roots_are_found_wherever_they_stand_in_a_long_history(first: int, every: bool, since: int) -> None:
    random = np.random.default_rng(since + first)
    lengths = [64, 0, 300, 1, 128, 65, *random.integers(0, 300, 60).tolist()]
    made = [
        [
            (at, first + int(code > 0) * (1 + int(code) % 3), True)
            for at, code in enumerate(random.integers(0, 70, most))
        ]
        for most in lengths
    ]
    events, view = slice_of(made), lens.every(first + 4)
    for forward in (True, False):
        asked = {"forward": forward, "depth": 2, "every": every, "since_us": since}
        found = rows(running.run(PathsFold(view, root=first, **asked), [events]))
        walked = [naive_paths.walks(each, first, **asked, collapse=False) for each in naive.seen([events], view)]
        assert found == naive_paths.tree(walked, 5, 1)


def test_many_prefixes_and_wide_codes_are_told_apart() -> None:
    random = np.random.default_rng(3)
    made = [[(place, int(code), True) for place, code in enumerate(random.integers(0, 300, 6))] for _ in range(4_000)]
    events = slice_of([[(-1, 0, True), *history] for history in made])
    found = running.run(PathsFold(lens.every(300), root=0, breadth=1_000, depth=4), [events])
    walked = [
        naive_paths.walks(each, 0, forward=True, depth=4, every=False, collapse=False)
        for each in naive.seen([events], lens.every(300))
    ]
    firsts = {way[-1][0][:2] for mine in walked for way in mine}
    assert int((found.depth == 2).sum()) == len(firsts)
    assert int(found.times[found.depth == 4].sum()) == 4_000


def test_a_share_of_the_root_is_the_least_that_is_shown() -> None:
    events = slice_of([[(0, 0, True), (1, 1 + (who % 10 == 0), True)] for who in range(100)])
    found = running.run(PathsFold(lens.every(3), root=0, depth=1, least_share=0.2), [events])
    assert [(row[0], row[1], row[2]) for row in rows(found)] == [((), 0, 100), ((1,), 0, 90), ((REST,), 1, 10)]


def test_a_tree_of_nobody_is_a_root_of_nobody() -> None:
    found = running.run(PathsFold(lens.every(2), root=0), [])
    assert (found.times.tolist(), found.customers.tolist(), np.isnan(found.median_time).all()) == ([0], [0], True)


@pytest.mark.parametrize("limit", [{"depth": 0}, {"depth": 21}, {"breadth": 0}, {"window_us": -1}, {"gap_us": -1}])
def test_limits_that_cannot_be_are_refused(limit: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"between|negative"):
        PathsFold(lens.every(2), root=0, **limit)  # type: ignore[arg-type]


def test_two_threads_find_what_one_finds() -> None:
    random = np.random.default_rng(5)
    length = random.integers(0, 12, 100_000)
    offset = np.concatenate(([0], np.cumsum(length))).astype(np.int64)
    total = int(offset[-1])
    events = Slice(
        np.arange(len(length)), offset, np.cumsum(random.integers(0, 9, total)),
        random.integers(0, 7, total).astype(np.uint8), np.arange(total),
    )  # fmt: skip
    fold = PathsFold(lens.every(7), root=3, every=True, depth=6, breadth=3)
    one, two = (rows(running.run(fold, [events], threads)) for threads in (1, 2))
    assert one == two
    assert len(one) > 1_000
