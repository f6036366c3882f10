"""The most frequent ways through."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import Question, VariantRow, VariantTable
from sojourn.domains.journeys.queries.door import bounds, known_codes, shown_steps
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.kit.errors import InvalidError

TOP_MOST = 1_000


def variants(
    *, question: Question, viewer: Viewer, top: int = 20, purpose: Purpose = Purpose.ANALYTICS
) -> VariantTable:
    """Give the `top` sequences of the steps that the graph of the same question shows; raise InvalidError."""
    if not 1 <= top <= TOP_MOST:
        raise InvalidError(f"top: choose 1 to {TOP_MOST} variants, not {top}.")
    shown, _ = shown_steps(question, viewer, purpose)
    answer = privacy.ask(
        fold_for=lambda codes: VariantsFold(lens.only(known_codes(codes, shown)), top=top, **bounds(question.period)),
        period=question.period,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.variants", shown, top),
        told={"steps kept": shown, "top": top},
    )
    found = answer.value
    return VariantTable(
        rows=tuple(
            VariantRow(
                steps=tuple(answer.names[code] for code in each.events),
                customers=each.customers,
                share=rules.share(each.customers, found.total_customers),
                median_s=each.median_duration / rules.MICROS,
            )
            for each in found.top
        ),
        distinct=found.distinct,
        covers=sum(each.customers for each in found.top) / found.total_customers if found.total_customers else 1.0,
        coverage=answer.coverage,
    )
