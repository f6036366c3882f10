"""The slow, obvious twin of `levels`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sojourn.engine.kernels.naive.histories import Event


def shown(
    history: list[Event], shown_as: Mapping[int, int], *, once: bool = False, passed_over: Collection[int] = ()
) -> list[Event]:
    """Relabel one customer's history, as seen; with `once` leave out what repeats the event before it."""
    found: list[Event] = []
    before = None
    for at, code in [(at, shown_as[code]) for at, code in history]:
        if code in passed_over:
            found.append((at, code))
        elif not once or code != before:
            found.append((at, code))
            before = code
    return found
