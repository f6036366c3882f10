"""Background jobs, by name; the work process binds them to its queue.

A job takes plain JSON arguments, ids only and never personal data, and may be run twice: it must end in
the same state as if it had run once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Job:
    """A registered function; ``every_seconds`` makes it periodic.

    ``is_due`` says whether a round has anything to do; the work process asks it before it starts one.
    """

    name: str
    run: Callable[..., object]
    every_seconds: int | None = None
    is_due: Callable[[], bool] | None = None


class Queue(Protocol):
    """Where a deferred job goes."""

    def put(self, name: str, arguments: dict[str, object]) -> None:
        """Store the job durably."""


REGISTRY: dict[str, Job] = {}
_queue: list[Queue] = []


def job(
    name: str, *, every_seconds: int | None = None, is_due: Callable[[], bool] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function as a job, as a decorator in a room's ``tasks.py``."""

    def register(function: Callable[P, R]) -> Callable[P, R]:
        if name in REGISTRY:
            raise ValueError(f"two jobs are called {name}")
        REGISTRY[name] = Job(name=name, run=function, every_seconds=every_seconds, is_due=is_due)
        return function

    return register


def bind(queue: Queue) -> None:
    """Say where deferred jobs go; the last one bound wins."""
    _queue[:] = [queue]


def is_bound() -> bool:
    """Say whether deferred jobs go to a queue, which a work process empties."""
    return bool(_queue)


def defer(name: str, **arguments: object) -> None:
    """Put a job on the bound queue; without one, run it at once."""
    if _queue:
        _queue[0].put(name, arguments)
    else:
        REGISTRY[name].run(**arguments)
