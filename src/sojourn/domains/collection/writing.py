"""One writer at a time: who holds this lock owns the next batch number.

The lock is a file lock, so that the loader and a file delivery in a process of its own take turns, and a killed
process lets go of it. Numbers become visible in order: nobody sees batch 6 while 5 is still being written.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings

from sojourn.domains.collection.models import Counter

_inside: Final = threading.RLock()
_depth: Final = threading.local()


@contextmanager
def writing() -> Iterator[int]:
    """Hold the stream's write lock and give the number of the next batch; may be nested in one thread."""
    with _inside:
        held = getattr(_depth, "count", 0)
        descriptor = _locked() if held == 0 else -1
        _depth.count = held + 1
        try:
            yield counter("batch") + 1
        finally:
            _depth.count = held
            if descriptor >= 0:
                os.close(descriptor)


def is_held() -> bool:
    """Say whether this thread holds the write lock."""
    return getattr(_depth, "count", 0) > 0


def counter(name: str) -> int:
    """Read a counter; one that was never set is 0."""
    return Counter.objects.filter(name=name).values_list("value", flat=True).first() or 0


def _locked() -> int:
    folder = settings.SOJOURN.data
    descriptor = os.open(folder / "stream.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
