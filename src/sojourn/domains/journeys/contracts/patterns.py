"""Customers who match a path pattern."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.journeys.contracts.graphs import GapBin
from sojourn.domains.journeys.contracts.paths import Mean
from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """A quantile by customer in seconds with its 95 % interval, None where customers are too few for one."""

    value: float
    low: float | None
    high: float | None
    n: int  # customers


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternTable:
    """Who matches a path pattern, how often, and what the first match takes from its first event to its last.

    `share` is of the customers with an event in the question. Matches do not overlap and are as many as can be; the
    first is the one that ends earliest and, of those, begins latest.
    """

    pattern: str
    share: Share
    customers: int  # who match
    matches: int
    per_customer: Mean | None  # matches of a customer who matches
    median: Spread | None
    p90: Spread | None
    bins: tuple[GapBin, ...]  # of the customers' first matches
    coverage: Coverage
