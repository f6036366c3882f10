"""What a log asks: the same questions of a file, a DataFrame and a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sojourn.surfaces.library.asked import Filter, Journey, RetentionAsked
from sojourn.surfaces.library.results import Completions, Funnel, Graph, Retention, Sessions, Variants

if TYPE_CHECKING:
    from sojourn.surfaces.library.recorded import Recorded


class Source(Protocol):
    """Something that events can be asked of; it is first touched when a question is."""

    def label(self) -> str:
        """Say what it is, without reading it."""
        ...

    def recorded(self) -> Recorded:
        """Give the events themselves; raise InvalidError where only answers can be had."""
        ...

    def graph(self, asked: Filter, *, steps: int, paths: float, identity_steps: bool) -> Graph:
        """Answer which step follows which."""
        ...

    def variants(self, asked: Filter, *, top: int, steps: int, identity_steps: bool) -> Variants:
        """Answer which ways through are the most frequent."""
        ...

    def funnel(self, asked: Filter, *, steps: tuple[tuple[str, ...], ...], window_days: float) -> Funnel:
        """Answer who gets from step to step."""
        ...

    def completion(self, asked: Filter, *, journey: Journey | str, by: str | None) -> Completions:
        """Answer how journeys end."""
        ...

    def sessions(
        self, asked: Filter, *, timeout_minutes: float, starts: tuple[str, ...], identity_steps: bool
    ) -> Sessions:
        """Answer how often customers come, and for how long."""
        ...

    def retention(self, asked: Filter, *, wanted: RetentionAsked) -> Retention:
        """Answer who came back."""
        ...
