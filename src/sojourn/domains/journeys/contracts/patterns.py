"""Customers who match a path pattern."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.around import AroundFigures, Neighbour, NeighbourKind, PatternSpan
from sojourn.engine.answers.patterns import PatternFigures
from sojourn.engine.answers.words import Spread

__all__ = ["Neighbour", "NeighbourKind", "PatternAround", "PatternSpan", "PatternTable", "Spread"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternTable(PatternFigures):
    """Who matches a path pattern, how often, and what the first match takes from its first event to its last.

    `share` is of the customers with an event in the question. Matches do not overlap and are as many as can be; the
    first is the one that ends earliest and, of those, begins latest.
    """

    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternAround(AroundFigures):
    """What stands directly before and after the customers' first match, and the share who match over time."""

    coverage: Coverage
