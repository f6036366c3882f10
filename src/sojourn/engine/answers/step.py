"""One step of the graph: how long after the step before it comes, and how long before the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sojourn.engine.answers.door import C, Door, bounds, shown_steps
from sojourn.engine.answers.graph import Step, graph
from sojourn.engine.answers.words import MICROS, GapBin, gap_bins
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.gaps import GapsFold
from sojourn.kit.errors import NotFoundError


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """A distribution of times: how many, median and 90th percentile in seconds (None of none), counted in bins."""

    n: int
    median_s: float | None
    p90_s: float | None
    bins: tuple[GapBin, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepFigures:
    """A node of the graph, with the times since the step before and until the next; a first step has none before."""

    step: Step
    before: Times
    after: Times


def step(door: Door[C], *, name: str, steps_shown: int) -> tuple[StepFigures, C]:
    """Give one step of the graph with its times; raise NotFoundError when the graph does not show it."""
    shown, _ = shown_steps(door, steps_shown)
    figures, coverage = graph(door, steps_shown=steps_shown, paths_shown=1)
    found = [each for each in figures.steps if each.name == name]
    if not found:
        raise NotFoundError(f"{name} is not among the steps shown under this question.")
    before, after = (_times(door, shown, *edge) for edge in ((None, name), (name, None)))
    return StepFigures(step=found[0], before=before, after=after), coverage


def _times(door: Door[C], shown: tuple[str, ...], source: str | None, target: str | None) -> Times:
    answer = door.ask(
        lambda codes: GapsFold(
            lens.only(codes.code(name) for name in shown),
            source=None if source is None else codes.code(source),
            target=None if target is None else codes.code(target),
            **bounds(door.period),
        ),
        period=door.period,
        key=("journeys.gaps", shown, source, target),
        told={"steps kept": shown, "gap from": source or "any step", "to": target or "any step"},
    )
    gap = answer.value.gap
    median, p90 = (float(each) / MICROS for each in np.quantile(gap, (0.5, 0.9))) if len(gap) else (None, None)
    return Times(n=len(gap), median_s=median, p90_s=p90, bins=gap_bins(gap))
