"""Work done ahead: a thread makes the next results while the caller is busy with the one before."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Final, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

DEPTH: Final = 2  # results that may wait
_LOOK_SECONDS: Final = 0.1  # between two looks whether the caller has gone, while the queue is full


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


_END: Final = object()


def ahead(given: Iterator[Given], make: Callable[[Given], Made], *, depth: int = DEPTH) -> Generator[Made]:
    """Yield `make(each)` in order, made by a thread that takes from `given` alone.

    At most `depth` results wait. What `given` or `make` raises comes out where its result would have. The thread has
    ended when the generator has: exhausted, failed or closed.
    """
    results: queue.Queue[object] = queue.Queue(depth)
    gone = threading.Event()

    def put(result: object) -> bool:
        while not gone.is_set():
            try:
                results.put(result, timeout=_LOOK_SECONDS)
                return True
            except queue.Full:
                continue
        return False

    def run() -> None:
        try:
            for each in given:
                if not put(make(each)):
                    return
            put(_END)
        except BaseException as error:
            put(_Failed(error))
        finally:
            _close(given)

    thread = threading.Thread(target=run, name="ahead", daemon=True)
    thread.start()
    try:
        while (result := results.get()) is not _END:
            if isinstance(result, _Failed):
                raise result.error
            yield result  # type: ignore[misc]
            del result  # batches are large
    finally:
        gone.set()
        thread.join()


def _close(given: Iterator[object]) -> None:
    if isinstance(given, Generator):
        given.close()
