"""Who matches a path pattern, how often, and how long it takes."""

from __future__ import annotations

import numpy as np

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import Mean, PatternTable, Question, Spread
from sojourn.domains.journeys.queries.door import bounds
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, Purpose
from sojourn.engine.kernels.patterns import MatchFold, bind, compile_pattern, read
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats import intervals
from sojourn.engine.stats.clusters import Clusters


def patterns(*, pattern: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> PatternTable:
    """Give the customers whose events in the question match a pattern; events that it leaves out did not happen.

    Identify, group and alias calls are passed over but for those that the pattern names. Raise PatternError, which
    points at the character, for a pattern that means nothing.
    """
    automaton = compile_pattern(read(pattern))

    def fold_for(codes: Codes) -> MatchFold:
        return MatchFold(
            bind(automaton, codes.names, codes.dimensions, passed_over=rules.IDENTITY_EVENTS), **bounds(question.period)
        )

    answer = privacy.ask(
        fold_for=fold_for,
        period=question.period,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.patterns", pattern),
        told={"pattern": pattern},
    )
    found = answer.value
    took = np.sort(found.took)
    return PatternTable(
        pattern=pattern,
        share=rules.share(len(found.customer), found.total_customers),
        customers=len(found.customer),
        matches=int(found.count.sum()),
        per_customer=_mean(found.count),
        median=_spread(took, 0.5),
        p90=_spread(took, 0.9),
        bins=rules.gap_bins(took),
        coverage=answer.coverage,
    )


def check_filter(*, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> None:
    """Raise PatternError, which points at the character, when the question's filter is a pattern that means nothing."""
    if question.events.having_pattern:
        terms = privacy.vocabulary(purpose=purpose, viewer=viewer)
        dimensions = {name: [term.name for term in values] for name, values in terms.dimensions.items()}
        bind(compile_pattern(read(question.events.having_pattern)), [term.name for term in terms.names], dimensions)


def _mean(count: Int64s) -> Mean | None:
    n = len(count)
    if not n:
        return None
    sums = Clusters(n, n, float(count.sum()), n, float((count.astype(np.float64) ** 2).sum()), float(count.sum()))
    found = intervals.mean(sums)
    low, high = (found.low, found.high) if found else (None, None)
    return Mean(value=sums.value, low=low, high=high, n=n)


def _spread(took: Int64s, q: float) -> Spread | None:
    if not len(took):
        return None
    found = intervals.quantile(took.tolist(), q)
    low, high = (found.low / rules.MICROS, found.high / rules.MICROS) if found else (None, None)
    return Spread(value=float(np.quantile(took, q)) / rules.MICROS, low=low, high=high, n=len(took))
