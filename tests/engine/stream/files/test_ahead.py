"""Work done ahead: in order, bounded, and never left behind."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from sojourn.engine.stream.files.ahead import ahead


def test_results_come_in_order_and_all_of_them() -> None:
    assert list(ahead(iter(range(100)), lambda each: each * each)) == [each * each for each in range(100)]


def test_what_fails_comes_out_where_its_result_would_have() -> None:
    results = ahead(iter([1, 2, 0, 4]), lambda each: 4 // each)
    assert [next(results), next(results)] == [4, 2]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_a_source_that_fails_fails_the_reader() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    results = ahead(broken(), str)
    assert next(results) == "1"
    with pytest.raises(OSError, match="gone"):
        next(results)


def test_leaving_early_ends_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    with contextlib.closing(ahead(endless(), str)) as results:
        assert next(results) == "1"
    assert closed.is_set()
    assert not [each for each in threading.enumerate() if each.name == "ahead"]


def test_no_more_is_made_than_may_wait() -> None:
    made: list[int] = []
    full = threading.Event()

    def make(each: int) -> int:
        made.append(each)
        if len(made) >= 4:
            full.set()
        return each

    with contextlib.closing(ahead(iter(range(1_000)), make, depth=2)) as results:
        next(results)
        assert full.wait(30)
        assert len(made) <= 1 + 2 + 1  # one is out, two wait, one is held
