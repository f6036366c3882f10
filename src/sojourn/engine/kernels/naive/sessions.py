"""The slow, obvious twin of `sessions`."""

from __future__ import annotations

from collections.abc import Collection

from sojourn.engine.kernels.naive.histories import Event


def sessions(history: list[Event], timeout_us: int, starts: Collection[int] = ()) -> list[list[Event]]:
    """Cut one customer's history, as seen, where it paused for longer than the timeout or a start event stands."""
    found: list[list[Event]] = []
    for at, code in history:
        if not found or code in starts or at - found[-1][-1][0] > timeout_us:
            found.append([])
        found[-1].append((at, code))
    return found
