"""A readable model of the most frequent ways through."""

from __future__ import annotations

from django.conf import settings

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import ProcessModel, Question
from sojourn.domains.journeys.queries.door import bounds, known_codes, shown_steps
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import floors
from sojourn.engine.discovery import bpmn
from sojourn.engine.discovery.diagrams import diagram
from sojourn.engine.discovery.inductive import mine
from sojourn.engine.discovery.trees import written
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.kit.errors import InvalidError

WAYS_MOST = 5_000  # ways mined from; a real log with 4,366 took under two seconds


def process(
    *, question: Question, viewer: Viewer, covers: float = 0.8, purpose: Purpose = Purpose.ANALYTICS
) -> ProcessModel:
    """Mine a model from the most frequent ways that carry a share `covers` of customers; raise InvalidError.

    Steps are those that the graph of the same question shows. Every way mined from fits the model without a deviation.
    For a viewer who may not list customers it is mined from no way of few, nor from one that would tell those.
    """
    if not 0 < covers <= 1:
        raise InvalidError(f"covers: choose a share above 0 and up to 1, not {covers:g}.")
    shown, _ = shown_steps(question, viewer, purpose)
    answer = privacy.ask(
        fold_for=lambda codes: VariantsFold(
            lens.only(known_codes(codes, shown)), top=WAYS_MOST, **bounds(question.period)
        ),
        period=question.period,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.process", shown),
        told={"steps kept": shown, "ways at most": WAYS_MOST},
    )
    found = answer.value
    ways, carried = [], 0
    few = 1 if viewer.can(Right.CUSTOMERS_LIST) else settings.SOJOURN.k_floor
    counts = [each.customers for each in found.top]
    may = floors.shown(counts, fewest=few, outside=found.total_customers - sum(counts))
    for each, is_shown in zip(found.top, may, strict=True):
        if not is_shown or carried >= covers * found.total_customers:
            break
        ways.append(tuple(answer.names[code] for code in each.events))
        carried += each.customers
    tree = mine(ways)
    laid = diagram(tree)
    return ProcessModel(
        tree=written(tree),
        diagram=laid,
        bpmn=bpmn.written(laid, "What customers do").decode(),
        ways=len(ways),
        ways_in_all=found.distinct,
        customers=carried,
        covers=rules.share(carried, found.total_customers),
        coverage=answer.coverage,
    )
