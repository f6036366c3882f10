"""The directly-follows graph, thinned by mining again rather than hiding."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.answers.door import Answered, C, Door, bounds, check_steps, known_codes, present_steps, shown_steps
from sojourn.engine.answers.words import IDENTITY_EVENTS, MICROS, GapBin, Share, gap_bins, share
from sojourn.engine.kernels import lens, thinning
from sojourn.engine.kernels.gaps import GapsFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.results import Graph
from sojourn.kit.errors import InvalidError, NotFoundError


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A node of the graph."""

    name: str
    customers: int
    times: int
    repeaters: int | None  # customers who had it more than once; None here and below: too few for this viewer
    starts: int | None  # customers whose first event it is
    ends: int | None  # customers whose last event it is


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """An edge of the graph; `share` is of the customers at its source step; seconds."""

    source: str
    target: str
    customers: int
    times: int
    share: Share
    mean_s: float
    median_s: float
    p90_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphFigures:
    """A directly-follows graph that can be read: what is shown, out of how many, covering how much."""

    steps: tuple[Step, ...]  # most customers first
    paths: tuple[Path, ...]  # most customers first
    steps_in_all: int
    paths_in_all: int
    covers: float  # share of all transitions that the shown paths carry
    events_covered: float  # share of all events that the shown steps are


@dataclass(frozen=True, kw_only=True, slots=True)
class PathFigures:
    """One edge of the graph with the distribution of its gaps; seconds."""

    path: Path
    bins: tuple[GapBin, ...]


def graph(
    door: Door[C], *, steps_shown: int, paths_shown: float, paths_most: int | None = None
) -> tuple[GraphFigures, C]:
    """Give the graph of the steps that most customers had, mined as if there were no others.

    Of its paths the most frequent that carry the share `paths_shown` of all transitions are kept, and those that keep
    every step on a way from start to end; of the frequent ones at most `paths_most`. Definition: van der Aalst (2016),
    "Process Mining", 2nd edition, section 5.2.
    Raise InvalidError when a slider stands where it cannot.
    """
    check_explorer(steps_shown=steps_shown, paths_shown=paths_shown)
    shown, steps_in_all = shown_steps(door, steps_shown)
    answer = _mined(door, shown)
    paths, steps = _paths(answer), _steps(answer)
    count = {(path.source, path.target): path.times for path in paths}
    starts, ends = {each.name: each.starts or 0 for each in steps}, {each.name: each.ends or 0 for each in steps}
    kept = thinning.kept_paths(count, starts, ends, paths_shown, paths_most)
    whole = sum(count.values())
    figures = GraphFigures(
        steps=tuple(steps),
        paths=tuple(path for path in paths if (path.source, path.target) in kept),
        steps_in_all=steps_in_all,
        paths_in_all=len(paths),
        covers=sum(count[edge] for edge in kept) / whole if whole else 1.0,
        events_covered=_covered(door, steps),
    )
    return figures, answer.coverage


def every_path(door: Door[C], *, steps_shown: int) -> tuple[Path, ...]:
    """List all paths of the graph, those too that it does not show."""
    shown, _ = shown_steps(door, steps_shown)
    return tuple(_paths(_mined(door, shown)))


def edge(door: Door[C], *, source: str, target: str, steps_shown: int) -> tuple[PathFigures, C]:
    """Give one path of the graph with the distribution of its gaps; raise NotFoundError when it has none."""
    shown, _ = shown_steps(door, steps_shown)
    found = [each for each in _paths(_mined(door, shown)) if (each.source, each.target) == (source, target)]
    if not found:
        raise NotFoundError(f"Nobody went from {source} to {target} under this question.")
    answer = door.ask(
        lambda codes: GapsFold(
            lens.only(codes.code(name) for name in shown),
            source=codes.code(source),
            target=codes.code(target),
            **bounds(door.period),
        ),
        period=door.period,
        key=("journeys.gaps", shown, source, target),
        told={"steps kept": shown, "gap from": source, "to": target},
    )
    return PathFigures(path=found[0], bins=gap_bins(answer.value.gap)), answer.coverage


def check_explorer(*, steps_shown: int, paths_shown: float) -> None:
    """Raise InvalidError when a slider stands where it cannot."""
    check_steps(steps_shown)
    if not 0 <= paths_shown <= 1:
        raise InvalidError(f"paths: choose a share from 0 to 1, not {paths_shown:g}.")


def _mined(door: Door[C], shown: tuple[str, ...]) -> Answered[Graph, C]:
    return door.ask(
        lambda codes: GraphFold(lens.only(known_codes(codes, shown)), **bounds(door.period)),
        period=door.period,
        key=("journeys.graph", shown),
        told={"steps kept": shown},
    )


def _covered(door: Door[C], steps: list[Step]) -> float:
    present = present_steps(door)
    hidden = frozenset() if door.identity_steps else IDENTITY_EVENTS
    found = zip(present.value.node.tolist(), present.value.times.tolist(), strict=True)
    every = sum(times for code, times in found if present.names[code] not in hidden)
    return sum(step.times for step in steps) / every if every else 1.0


def _steps(answer: Answered[Graph, C]) -> list[Step]:
    found = answer.value
    columns = (found.node, found.visitors, found.times, found.repeaters, found.starts, found.ends)
    steps = [
        Step(name=answer.names[node], customers=visitors, times=times, repeaters=repeaters, starts=starts, ends=ends)
        for node, visitors, times, repeaters, starts, ends in zip(*(c.tolist() for c in columns), strict=True)
        if times
    ]
    return sorted(steps, key=lambda step: (-step.customers, step.name))


def _paths(answer: Answered[Graph, C]) -> list[Path]:
    """List all edges, most customers first."""
    found = answer.value
    visitors = dict(zip(found.node.tolist(), found.visitors.tolist(), strict=True))
    columns = (
        found.source, found.target, found.count, found.customers, found.mean_gap, found.median_gap, found.p90_gap,
    )  # fmt: skip
    paths = [
        Path(
            source=answer.names[source],
            target=answer.names[target],
            customers=customers,
            times=times,
            share=share(customers, visitors[source]),
            mean_s=mean / MICROS,
            median_s=median / MICROS,
            p90_s=p90 / MICROS,
        )
        for source, target, times, customers, mean, median, p90 in zip(*(c.tolist() for c in columns), strict=True)
    ]
    return sorted(paths, key=lambda path: (-path.customers, path.source, path.target))
