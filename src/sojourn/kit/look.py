"""One look: what is asked again and again while one answer is made is read once.

A customer's page asks a dozen rooms, and each asks anew whether purposes, consents or the map of persons have changed:
a hundred of its two hundred queries. Within a look all of that is as it was when first asked for. Nothing that writes
what it reads belongs into one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

T = TypeVar("T")
_seen: ContextVar[dict[Hashable, object] | None] = ContextVar("sojourn_look", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Let `once` read each thing once within the block; a look inside another is part of it."""
    if _seen.get() is not None:
        yield
        return
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def once(key: Hashable, read: Callable[[], T]) -> T:
    """Give what was read under a key in this look, reading it now when nothing was; outside of a look always read.

    >>> from itertools import count
    >>> numbers = count()
    >>> with one_look():
    ...     [once("number", numbers.__next__) for _ in range(3)]
    [0, 0, 0]
    >>> [once("number", numbers.__next__) for _ in range(2)]
    [1, 2]
    """
    seen = _seen.get()
    if seen is None:
        return read()
    if key not in seen:
        seen[key] = read()
    return cast("T", seen[key])
