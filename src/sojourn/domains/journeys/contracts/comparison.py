"""Two sides beside each other, and what goes with success."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.comparison import (
    CompletionDifference,
    EndingDifference,
    FunnelDifference,
    FunnelStepDifference,
    GraphDifference,
    Rested,
)
from sojourn.engine.answers.differences import PaceDifference, ShareDifference, Verdict
from sojourn.engine.answers.graphs_apart import Finding, PathDifference, PropertyDifference, StepDifference
from sojourn.engine.answers.success import Companion, SuccessFigures
from sojourn.engine.answers.variants_apart import VariantDifference, VariantsDifference

__all__ = [
    "Companion",
    "ComparedCompletion",
    "ComparedFunnel",
    "ComparedGraph",
    "ComparedVariants",
    "Comparison",
    "EndingDifference",
    "Finding",
    "FunnelStepDifference",
    "PaceDifference",
    "PathDifference",
    "PropertyDifference",
    "ShareDifference",
    "StepDifference",
    "SuccessTable",
    "VariantDifference",
    "Verdict",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison(Rested):
    """What every comparison says of itself: who is on which side, how many were compared, and how."""

    a: Coverage
    b: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedGraph(GraphDifference):
    """Two directly-follows graphs: everything compared, and what differs most, largest effect first.

    Of this and the others `withheld` rows are not shown to a viewer who may not see single customers.
    """

    comparison: Comparison
    withheld: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedVariants(VariantsDifference):
    """The ways through of two sides, largest effect first."""

    comparison: Comparison
    withheld: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedFunnel(FunnelDifference):
    """One funnel on two sides; `open_a` and `open_b` took the first step but are still within their window."""

    comparison: Comparison
    withheld: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedCompletion(CompletionDifference):
    """How a named journey ends on two sides."""

    comparison: Comparison
    journey: str
    withheld: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SuccessTable(SuccessFigures):
    """What goes with completing a named journey, largest effect first; each customer once, with the first one closed.

    It says what goes together, not what causes what. `over` journeys ended before the landmark and are left out.
    """

    journey: str
    coverage: Coverage
