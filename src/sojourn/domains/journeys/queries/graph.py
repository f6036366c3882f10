"""The directly-follows graph, thinned by mining again rather than hiding."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import JourneyGraph, Path, PathDetails, Question, Step
from sojourn.domains.journeys.queries.door import bounds, known_codes, shown_steps
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Answer, Purpose
from sojourn.engine.kernels import lens, thinning
from sojourn.engine.kernels.gaps import GapsFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.results import Graph
from sojourn.kit.errors import NotFoundError


def graph(*, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> JourneyGraph:
    """Give the graph of the steps that most customers had, mined as if there were no others.

    Of its paths the most frequent are kept, and those that keep every step on a way from start to end. Raise
    InvalidError when a slider stands where it cannot.
    """
    shown, steps_in_all = shown_steps(question, viewer, purpose)
    answer = _mined(question, shown, viewer, purpose)
    paths = _paths(answer)
    steps = _steps(answer)
    count = {(path.source, path.target): path.times for path in paths}
    kept = thinning.kept_paths(
        count, {s.name: s.starts for s in steps}, {s.name: s.ends for s in steps}, question.paths_shown
    )
    whole = sum(count.values())
    return JourneyGraph(
        steps=tuple(sorted(steps, key=lambda step: (-step.customers, step.name))),
        paths=tuple(path for path in paths if (path.source, path.target) in kept),
        steps_in_all=steps_in_all,
        paths_in_all=len(paths),
        covers=sum(count[edge] for edge in kept) / whole if whole else 1.0,
        coverage=answer.coverage,
    )


def edge(
    *, source: str, target: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS
) -> PathDetails:
    """Give one path of the question's graph with the distribution of its gaps; raise NotFoundError when it has none."""
    shown, _ = shown_steps(question, viewer, purpose)
    found = [p for p in _paths(_mined(question, shown, viewer, purpose)) if (p.source, p.target) == (source, target)]
    if not found:
        raise NotFoundError(f"Nobody went from {source} to {target} under this question.")
    answer = privacy.ask(
        fold_for=lambda codes: GapsFold(
            lens.only(codes.code(name) for name in shown),
            source=codes.code(source),
            target=codes.code(target),
            **bounds(question.period),
        ),
        period=question.period,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.gaps", shown, source, target),
        told={"steps kept": shown, "gap from": source, "to": target},
    )
    return PathDetails(path=found[0], bins=rules.gap_bins(answer.value.gap), coverage=answer.coverage)


def _mined(question: Question, shown: tuple[str, ...], viewer: Viewer, purpose: Purpose) -> Answer[Graph]:
    return privacy.ask(
        fold_for=lambda codes: GraphFold(lens.only(known_codes(codes, shown)), **bounds(question.period)),
        period=question.period,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.graph", shown),
        told={"steps kept": shown},
    )


def _steps(answer: Answer[Graph]) -> list[Step]:
    found = answer.value
    columns = (found.node, found.visitors, found.times, found.repeaters, found.starts, found.ends)
    return [
        Step(name=answer.names[node], customers=visitors, times=times, repeaters=repeaters, starts=starts, ends=ends)
        for node, visitors, times, repeaters, starts, ends in zip(*(c.tolist() for c in columns), strict=True)
        if times
    ]


def _paths(answer: Answer[Graph]) -> list[Path]:
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
            share=rules.share(customers, visitors[source]),
            mean_s=mean / rules.MICROS,
            median_s=median / rules.MICROS,
            p90_s=p90 / rules.MICROS,
        )
        for source, target, times, customers, mean, median, p90 in zip(*(c.tolist() for c in columns), strict=True)
    ]
    return sorted(paths, key=lambda path: (-path.customers, path.source, path.target))
