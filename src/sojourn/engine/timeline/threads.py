"""Column by column on some threads: NumPy and compiled loops let go of the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")
T = TypeVar("T")


def spread(work: Callable[[T], R], items: Iterable[T], threads: int) -> list[R]:
    """Do work on each item and give the results in order."""
    listed: Sequence[T] = list(items)
    if threads <= 1 or len(listed) <= 1:
        return [work(item) for item in listed]
    with ThreadPoolExecutor(threads, thread_name_prefix="timeline") as pool:
        return list(pool.map(work, listed))
