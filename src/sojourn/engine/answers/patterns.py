"""Who matches a path pattern, how often, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sojourn.engine.answers.door import C, Codes, Door, bounds
from sojourn.engine.answers.words import IDENTITY_EVENTS, MICROS, GapBin, Mean, Share, Spread, gap_bins, mean_of, share
from sojourn.engine.kernels.patterns import MatchFold, bind, compile_pattern, read
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats import intervals
from sojourn.engine.stats.clusters import Clusters


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternFigures:
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


def patterns(door: Door[C], pattern: str) -> tuple[PatternFigures, C]:
    """Give the customers whose events in the question match a pattern; events that it leaves out did not happen.

    Identify, group and alias calls are passed over but for those that the pattern names. Raise PatternError, which
    points at the character, for a pattern that means nothing.
    """
    automaton = compile_pattern(read(pattern))

    def fold_for(codes: Codes) -> MatchFold:
        bound = bind(automaton, codes.names, codes.dimensions, passed_over=IDENTITY_EVENTS)
        return MatchFold(bound, **bounds(door.period))

    answer = door.ask(fold_for, period=door.period, key=("journeys.patterns", pattern), told={"pattern": pattern})
    found = answer.value
    took = np.sort(found.took)
    figures = PatternFigures(
        pattern=pattern,
        share=share(len(found.customer), found.total_customers),
        customers=len(found.customer),
        matches=int(found.count.sum()),
        per_customer=_per_customer(found.count),
        median=_spread(took, 0.5),
        p90=_spread(took, 0.9),
        bins=gap_bins(took),
    )
    return figures, answer.coverage


def _per_customer(count: Int64s) -> Mean | None:
    n, total = len(count), float(count.sum())
    return mean_of(Clusters(n, n, total, n, float((count.astype(np.float64) ** 2).sum()), total))


def _spread(took: Int64s, q: float) -> Spread | None:
    if not len(took):
        return None
    found = intervals.quantile(took.tolist(), q)
    low, high = (found.low / MICROS, found.high / MICROS) if found else (None, None)
    return Spread(value=float(np.quantile(took, q)) / MICROS, low=low, high=high, n=len(took))
