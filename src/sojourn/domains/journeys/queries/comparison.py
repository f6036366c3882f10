"""Comparisons of two periods or filters: their graphs, one funnel, and how a named journey ends."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import differing, rules
from sojourn.domains.journeys.contracts import (
    ComparedCompletion,
    ComparedFunnel,
    ComparedGraph,
    EndingDifference,
    FunnelStepDifference,
    Journey,
    Question,
)
from sojourn.domains.journeys.differing import Tested
from sojourn.domains.journeys.graphs_apart import graphs_apart
from sojourn.domains.journeys.queries.comparing import Comparing, comparing, shown_on_either
from sojourn.domains.journeys.queries.door import as_they_are, known_codes
from sojourn.domains.journeys.queries.named import journey as named
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, Purpose, SidesAnswer
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.sides import K_A, K_B, N_N, GraphSides, TraitSides
from sojourn.engine.kernels.sides_endings import EndingSidesFold
from sojourn.engine.kernels.sides_funnel import FunnelSidesFold
from sojourn.engine.kernels.sides_graph import GraphSidesFold
from sojourn.engine.kernels.sides_traits import TraitSidesFold
from sojourn.engine.kernels.words import Int64s
from sojourn.kit.errors import InvalidError

VALUES_MOST = 40  # of a dimension; those that most customers of both sides have
SAME_PLACE = frozenset({"source"})  # says which software told, not what the customer did


def compare_graphs(
    *, a: Question, b: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS, looks: str | None = None
) -> ComparedGraph:
    """Compare what customers do on two sides: steps, paths, times and properties, and say what differs most.

    A step's share is of the side's customers, a path's of the customers at its source. All differences are one family
    for the correction. Steps shown are those of `a`'s slider. Raise InvalidError for sides that are the same.
    """
    asked = comparing(a, b, viewer=viewer, purpose=purpose, looks=looks)
    shown, steps_in_all = shown_on_either(asked)
    mined = _mined(asked, shown)
    apart = graphs_apart(_step_rows(mined), _path_rows(mined), _property_rows(asked), asked.looks)
    return ComparedGraph(
        comparison=asked.about(mined.a, mined.b, int(mined.value.total[N_N]), apart.tested),
        steps=apart.steps,
        paths=apart.paths,
        properties=apart.properties,
        findings=apart.findings,
        steps_in_all=steps_in_all,
    )


def compare_funnels(
    *,
    steps: Sequence[str | Sequence[str]],
    window_days: float,
    a: Question,
    b: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    looks: str | None = None,
) -> ComparedFunnel:
    """Compare how far customers of two sides get, among first steps whose window has closed.

    Raise InvalidError for a funnel that cannot be, sides that are the same, or an event that was never seen.
    """
    sets = tuple((step,) if isinstance(step, str) else tuple(step) for step in steps)
    rules.check_funnel(steps=sets, window_days=window_days)
    asked = comparing(a, b, viewer=viewer, purpose=purpose, looks=looks)
    window_s = round(window_days * rules.DAY_S)
    closed_us = asked.known_us - window_s * rules.MICROS
    first, second = asked.windowed(window_s)
    answer = privacy.ask_sides(
        fold_for=lambda codes: FunnelSidesFold(
            [known_codes(codes, names) for names in sets],
            window_us=window_s * rules.MICROS,
            spans=asked.spans,
            closed_us=closed_us,
        ),
        a=first,
        b=second,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.compare.funnel", sets, window_s, asked.spans, closed_us),
        told={"steps in order": sets, "window in days": window_days},
    )
    reached = answer.value.reached
    pairs = [(_step(reached, k, 0, asked), _step(reached, k, k - 1, asked)) for k in range(1, len(sets))]
    # the last from the first is the product of the steps between: both are shown, so both are tested
    family = [found for pair in pairs for found in pair]
    p = differing.corrected(family)
    rows = [differing.share_difference(found, adjusted) for found, adjusted in zip(family, p, strict=True)]
    return ComparedFunnel(
        comparison=asked.about(answer.a, answer.b, int(reached[1:, 1:].sum()), differing.tested(family)),
        steps=tuple(
            FunnelStepDifference(
                name=" / ".join(names),
                customers_a=int(reached[k + 1 :].sum()),
                customers_b=int(reached[:, k + 1 :].sum()),
                from_first=rows[2 * k - 2] if k else None,
                from_before=rows[2 * k - 1] if k else None,
            )
            for k, names in enumerate(sets)
        ),
        window_s=window_s,
        open_a=answer.value.open_a,
        open_b=answer.value.open_b,
    )


def compare_completions(
    *,
    slug: str,
    a: Question,
    b: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    looks: str | None = None,
) -> ComparedCompletion:
    """Compare how a named journey ends on two sides, among closed journeys; raise NotFoundError or InvalidError."""
    as_they_are(a.events)
    journey = named(slug=slug, viewer=viewer)
    asked = comparing(a, b, viewer=viewer, purpose=purpose, looks=looks)
    others = rules.other_outcomes(journey)
    first, second = asked.windowed(journey.window_days * rules.DAY_S, since=False)
    answer = privacy.ask_sides(
        fold_for=lambda codes: _endings_fold(journey, codes, asked),
        a=first,
        b=second,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.compare.endings", journey.start, journey.goals, tuple(others.items()), journey.window_days,
             asked.spans, asked.known_us),
        told={"start": journey.start, "goals": journey.goals, "window in days": journey.window_days},
    )  # fmt: skip
    names = ("completed", "abandoned", *others)
    family = [differing.shares(differing.sides_of(row), asked.looks) for row in answer.value.ending]
    p = differing.corrected(family)
    return ComparedCompletion(
        comparison=asked.about(answer.a, answer.b, answer.value.both, differing.tested(family)),
        journey=slug,
        endings=tuple(
            EndingDifference(name=name, share=differing.share_difference(found, adjusted))
            for name, found, adjusted in zip(names, family, p, strict=True)
        ),
        open_a=answer.value.open_a,
        open_b=answer.value.open_b,
    )


def _mined(asked: Comparing, shown: tuple[str, ...]) -> SidesAnswer[GraphSides]:
    return privacy.ask_sides(
        fold_for=lambda codes: GraphSidesFold(lens.only(known_codes(codes, shown))),
        a=asked.sides[0],
        b=asked.sides[1],
        purpose=asked.purpose,
        viewer=asked.viewer,
        key=("journeys.compare.graph", shown),
        told={"steps kept": shown},
    )


def _step_rows(mined: SidesAnswer[GraphSides]) -> list[tuple[str, Int64s]]:
    found = zip(mined.value.node.tolist(), mined.value.step, strict=True)
    return [(mined.names[code], row) for code, row in found if _is_enough(row)]


def _path_rows(mined: SidesAnswer[GraphSides]) -> list[tuple[tuple[str, str], Int64s, Int64s]]:
    found = mined.value
    rows = zip(found.source.tolist(), found.target.tolist(), found.edge, found.pace, strict=True)
    return [
        ((mined.names[source], mined.names[target]), edge, pace)
        for source, target, edge, pace in rows
        if _is_enough(edge)
    ]


def _property_rows(asked: Comparing) -> list[tuple[tuple[str, str], Int64s]]:
    """Give the values of every dimension that neither side filters by, most customers first."""
    filtered = {*asked.a.events.dimensions, *asked.b.events.dimensions} | SAME_PLACE
    answer: SidesAnswer[dict[str, TraitSides]] = privacy.ask_sides(
        fold_for=lambda codes: TraitSidesFold(
            {name: codes.dimensions[name] for name in codes.dimensions if name not in filtered}
        ),
        a=asked.sides[0],
        b=asked.sides[1],
        purpose=asked.purpose,
        viewer=asked.viewer,
        key=("journeys.compare.traits", tuple(sorted(filtered))),
    )
    rows = []
    for dimension, found in sorted(answer.value.items()):
        mine = [
            ((dimension, value), row)
            for value, row in zip(found.value, found.trait, strict=True)
            if value and _is_enough(row)
        ]
        rows += sorted(mine, key=lambda each: (-int(each[1][K_A] + each[1][K_B]), each[0]))[:VALUES_MOST]
    return rows


def _is_enough(row: Int64s) -> bool:
    """Say whether so many customers stand behind a row that it may be shown."""
    return int(row[K_A] + row[K_B]) >= settings.SOJOURN.k_floor


def _step(reached: Int64s, step: int, base: int, asked: Comparing) -> Tested:
    """Compare who reached a step among those who reached a base step, from customers by depth on both sides."""
    groups = [
        (int(many), depth_a > base, depth_a > step, depth_b > base, depth_b > step)
        for depth_a, row in enumerate(reached)
        for depth_b, many in enumerate(row)
        if many
    ]
    return differing.shares(differing.crossed(groups), asked.looks)


def _endings_fold(journey: Journey, codes: Codes, asked: Comparing) -> EndingSidesFold:
    try:
        return EndingSidesFold(
            start=codes.code(journey.start),
            goals=[codes.code(name) for name in journey.goals],
            outcomes=[[codes.code(name) for name in names] for names in rules.other_outcomes(journey).values()],
            window_us=journey.window_days * rules.DAY_S * rules.MICROS,
            as_of_us=asked.known_us,
            spans=asked.spans,
        )
    except ValueError as error:
        raise InvalidError(f"journey: {error}.") from None
