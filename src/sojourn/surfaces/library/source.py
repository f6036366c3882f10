"""What a log asks: the same questions of a file, a DataFrame and a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sojourn.engine.answers.attribution import AttributionAsked
from sojourn.engine.answers.cases_asked import CasesAsked
from sojourn.engine.answers.funnel_asked import FunnelOptions
from sojourn.engine.answers.paths import PathsAsked
from sojourn.engine.answers.retention import RetentionAsked
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.library.asked import Filter, Journey, Steps
from sojourn.surfaces.library.results import (
    Attribution,
    Cases,
    Completions,
    CompletionsCompared,
    Funnel,
    FunnelsCompared,
    Graph,
    GraphsCompared,
    Lifecycle,
    Paths,
    Patterns,
    Retention,
    Sessions,
    Success,
    Variants,
)

if TYPE_CHECKING:
    from sojourn.surfaces.library.recorded import Recorded


class Source(Protocol):
    """Something that events can be asked of; it is first touched when a question is."""

    def label(self) -> str:
        """Say what it is, without reading it."""
        ...

    def events(self, asked: Filter) -> tuple[Recorded, Filter]:
        """Give the events themselves, and what is still to be filtered."""
        ...

    def values(self, dimension: str) -> tuple[str, ...]:
        """Name the values of a dimension."""
        ...

    def graph(self, asked: Filter, *, steps: int, paths: float, identity_steps: bool) -> Graph:
        """Answer which step follows which."""
        ...

    def variants(self, asked: Filter, *, top: int, steps: int, identity_steps: bool) -> Variants:
        """Answer which ways through are the most frequent."""
        ...

    def funnel(
        self, asked: Filter, *, steps: Steps, window_days: float, options: FunnelOptions, identity_steps: bool
    ) -> Funnel:
        """Answer who gets from step to step."""
        ...

    def completion(self, asked: Filter, *, journey: Journey | str, by: str | None) -> Completions:
        """Answer how journeys end."""
        ...

    def cases(
        self,
        asked: Filter,
        *,
        journey: Journey | str,
        wanted: CasesAsked,
        only_named: bool | None,
        identity_steps: bool,
    ) -> Cases:
        """Answer how a journey's cases went; `journey` says where they begin and end, `wanted` the rest."""
        ...

    def sessions(
        self, asked: Filter, *, timeout_minutes: float, starts: tuple[str, ...], identity_steps: bool
    ) -> Sessions:
        """Answer how often customers come, and for how long."""
        ...

    def retention(self, asked: Filter, *, wanted: RetentionAsked) -> Retention:
        """Answer who came back."""
        ...

    def lifecycle(self, asked: Filter, *, active: tuple[str, ...], unit: CalendarUnit, zone: str) -> Lifecycle:
        """Answer who is new, stays, comes back and goes quiet."""
        ...

    def paths(self, asked: Filter, *, wanted: PathsAsked, steps: int, identity_steps: bool) -> Paths:
        """Answer what came after an event, or before it."""
        ...

    def patterns(self, asked: Filter, *, pattern: str) -> Patterns:
        """Answer who matches a path pattern."""
        ...

    def attribution(self, asked: Filter, *, wanted: AttributionAsked, identity_steps: bool) -> Attribution:
        """Answer which touchpoints an outcome is credited to."""
        ...

    def success(
        self, asked: Filter, *, journey: Journey | str, landmark_hours: float | None, looks: str | None
    ) -> Success:
        """Answer what goes with completing a journey."""
        ...

    def compare_graphs(
        self, a: Filter, b: Filter, *, steps: int, looks: str | None, identity_steps: bool
    ) -> GraphsCompared:
        """Answer how what customers do differs."""
        ...

    def compare_funnels(
        self, a: Filter, b: Filter, *, steps: Steps, window_days: float, looks: str | None
    ) -> FunnelsCompared:
        """Answer how far customers of two sides get."""
        ...

    def compare_completions(
        self, a: Filter, b: Filter, *, journey: Journey | str, looks: str | None
    ) -> CompletionsCompared:
        """Answer how journeys end on two sides."""
        ...
