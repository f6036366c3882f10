"""The graph, its paths and variants."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.graph import GraphFigures, Path, PathFigures, Step
from sojourn.engine.answers.step import StepFigures, Times
from sojourn.engine.answers.variants import Variant as VariantRow
from sojourn.engine.answers.variants import VariantFigures
from sojourn.engine.answers.words import GapBin

__all__ = [
    "GapBin",
    "JourneyGraph",
    "Path",
    "PathDetails",
    "Step",
    "StepDetails",
    "Times",
    "VariantRow",
    "VariantTable",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyGraph(GraphFigures):
    """A directly-follows graph that can be read: what is shown, out of how many, covering how much.

    `withheld` steps and paths are not shown to a viewer who may not see single customers.
    """

    coverage: Coverage
    withheld: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PathDetails(PathFigures):
    """One edge of the graph with the distribution of its gaps; seconds."""

    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDetails(StepFigures):
    """One step of the graph with the distributions of the times before and after it; seconds."""

    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantTable(VariantFigures):
    """The most frequent variants; `withheld` are not shown to a viewer who may not see single customers."""

    coverage: Coverage
    withheld: int = 0
