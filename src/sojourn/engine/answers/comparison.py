"""Comparisons of two periods or filters: their graphs, one funnel, and how a journey ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sojourn.engine.answers import differences
from sojourn.engine.answers.completion import JourneyAsked, other_outcomes
from sojourn.engine.answers.differences import ShareDifference, Tested
from sojourn.engine.answers.door import C, Codes, known_codes
from sojourn.engine.answers.funnel import SAID, exclusion_of
from sojourn.engine.answers.funnel_asked import FunnelOptions, check, exclusion_said, is_plain
from sojourn.engine.answers.graphs_apart import (
    Finding,
    PathDifference,
    PropertyDifference,
    StepDifference,
    graphs_apart,
)
from sojourn.engine.answers.sides import Sides, SidesAnswered, shown_on_either, spans, windowed
from sojourn.engine.answers.words import DAY_S, IDENTITY_EVENTS, MICROS
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.sides.chains import FunnelChainsSidesFold
from sojourn.engine.kernels.sides.endings import EndingSidesFold
from sojourn.engine.kernels.sides.funnel import FunnelSidesFold
from sojourn.engine.kernels.sides.graph import GraphSidesFold
from sojourn.engine.kernels.sides.traits import TraitSidesFold
from sojourn.engine.kernels.sides.words import K_A, K_B, N_N, GraphSides, TraitSides
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.looking import Looks
from sojourn.kit.errors import InvalidError

F = TypeVar("F")

Sets = tuple[tuple[str, ...], ...]

VALUES_MOST = 40  # of a dimension; those that most customers of both sides have
SAME_PLACE = frozenset({"source"})  # says which software told, not what the customer did


@dataclass(frozen=True, kw_only=True, slots=True)
class Rested:
    """How many customers are on both sides, how many differences were tested, and how."""

    both: int | None  # customers on both sides; None where they are too few to be told
    tested: int  # differences that the correction is for
    looks: str  # once or daily
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphDifference:
    """Two directly-follows graphs: everything compared, and what differs most, largest effect first."""

    steps: tuple[StepDifference, ...]
    paths: tuple[PathDifference, ...]
    properties: tuple[PropertyDifference, ...]
    findings: tuple[Finding, ...]
    steps_in_all: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStepDifference:
    """A step of a funnel on two sides, among those whose window has closed."""

    name: str
    customers_a: int
    customers_b: int
    from_first: ShareDifference | None  # None at the first step
    from_before: ShareDifference | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelDifference:
    """One funnel on two sides; `open_a` and `open_b` took the first step but are still within their window.

    They are None where they are too few to be told.
    """

    steps: tuple[FunnelStepDifference, ...]
    window_s: int
    open_a: int | None
    open_b: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EndingDifference:
    """An ending of a journey: the share of closed journeys; `name` is completed, abandoned or an outcome's."""

    name: str
    share: ShareDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionDifference:
    """How a journey ends on two sides; journeys still open are None where they are too few to be told."""

    endings: tuple[EndingDifference, ...]
    open_a: int | None
    open_b: int | None


@dataclass(frozen=True, kw_only=True)
class Compared(Generic[F, C]):
    """Figures of a comparison, how they were tested, and what each side rests on."""

    figures: F
    rested: Rested
    a: C
    b: C


def compare_graphs(sides: Sides[C], *, steps_shown: int, looks: Looks) -> Compared[GraphDifference, C]:
    """Compare what customers do on two sides: steps, paths, times and properties, and say what differs most.

    A step's share is of the side's customers, a path's of the customers at its source. All differences are one family
    for the correction. Raise InvalidError for a number of steps that cannot be.
    """
    shown, steps_in_all = shown_on_either(sides, steps_shown)
    mined = sides.ask(
        lambda codes: GraphSidesFold(lens.only(known_codes(codes, shown))),
        periods=(sides.a.period, sides.b.period),
        key=("journeys.compare.graph", shown),
        told={"steps kept": shown},
    )
    apart = graphs_apart(_step_rows(sides, mined), _path_rows(sides, mined), _property_rows(sides), looks)
    figures = GraphDifference(
        steps=apart.steps,
        paths=apart.paths,
        properties=apart.properties,
        findings=apart.findings,
        steps_in_all=steps_in_all,
    )
    rested = rested_on(sides, int(mined.value.total[N_N]), apart.tested, looks)
    return Compared(figures=figures, rested=rested, a=mined.a, b=mined.b)


def compare_funnels(
    sides: Sides[C],
    *,
    steps: Sequence[str | Sequence[str]],
    window_days: float,
    known_us: int,
    looks: Looks,
    options: FunnelOptions = FunnelOptions(),  # noqa: B008 - frozen
) -> Compared[FunnelDifference, C]:
    """Compare how far customers of two sides get, among first steps whose window has closed.

    Of the options order and exclusions are asked for. Raise InvalidError for a funnel that cannot be, or an event that
    was never seen.
    """
    sets = tuple((step,) if isinstance(step, str) else tuple(step) for step in steps)
    check(sets, window_days, options)
    window_s = round(window_days * DAY_S)
    closed_us = known_us - window_s * MICROS
    answer = sides.ask(
        lambda codes: _funnel_fold(codes, sets, sides, options, window_s * MICROS, closed_us),
        periods=windowed(sides, window_s),
        key=("journeys.compare.funnel", sets, window_s, spans(sides), closed_us, options, sides.a.identity_steps),
        told=_funnel_told(sets, window_days, options),
    )
    reached = answer.value.reached
    pairs = [(_step(reached, k, 0, looks), _step(reached, k, k - 1, looks)) for k in range(1, len(sets))]
    # the last from the first is the product of the steps between: both are shown, so both are tested
    family = [found for pair in pairs for found in pair]
    p = differences.corrected(family)
    rows = [differences.share_difference(found, adjusted) for found, adjusted in zip(family, p, strict=True)]
    figures = FunnelDifference(
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
    rested = rested_on(sides, int(reached[1:, 1:].sum()), differences.tested(family), looks)
    return Compared(figures=figures, rested=rested, a=answer.a, b=answer.b)


def compare_completions(
    sides: Sides[C], journey: JourneyAsked, *, known_us: int, looks: Looks
) -> Compared[CompletionDifference, C]:
    """Compare how a journey ends on two sides, among closed journeys; raise InvalidError for one that cannot be."""
    others = other_outcomes(journey)
    answer = sides.ask(
        lambda codes: _endings_fold(journey, codes, sides, known_us),
        periods=windowed(sides, journey.window_days * DAY_S, since=False),
        key=("journeys.compare.endings", journey.start, journey.goals, tuple(others.items()), journey.window_days,
             spans(sides), known_us),
        told={"start": journey.start, "goals": journey.goals, "window in days": journey.window_days},
    )  # fmt: skip
    names = ("completed", "abandoned", *others)
    family = [differences.shares(differences.sides_of(row), looks) for row in answer.value.ending]
    p = differences.corrected(family)
    figures = CompletionDifference(
        endings=tuple(
            EndingDifference(name=name, share=differences.share_difference(found, adjusted))
            for name, found, adjusted in zip(names, family, p, strict=True)
        ),
        open_a=answer.value.open_a,
        open_b=answer.value.open_b,
    )
    rested = rested_on(sides, answer.value.both, differences.tested(family), looks)
    return Compared(figures=figures, rested=rested, a=answer.a, b=answer.b)


def rested_on(sides: Sides[C], both: int, many: int, looks: Looks) -> Rested:
    """Say how many customers are on both sides, and how `many` differences were tested."""
    return Rested(
        both=both if both == 0 or both >= sides.a.fewest else None,
        tested=many,
        looks=looks.value,
        method=differences.spoken(looks, many),
    )


def _step_rows(sides: Sides[C], mined: SidesAnswered[GraphSides, C]) -> list[tuple[str, Int64s]]:
    found = zip(mined.value.node.tolist(), mined.value.step, strict=True)
    return [(mined.names[code], row) for code, row in found if is_enough(row, sides)]


def _path_rows(sides: Sides[C], mined: SidesAnswered[GraphSides, C]) -> list[tuple[tuple[str, str], Int64s, Int64s]]:
    found = mined.value
    rows = zip(found.source.tolist(), found.target.tolist(), found.edge, found.pace, strict=True)
    return [
        ((mined.names[source], mined.names[target]), edge, pace)
        for source, target, edge, pace in rows
        if is_enough(edge, sides)
    ]


def _property_rows(sides: Sides[C]) -> list[tuple[tuple[str, str], Int64s]]:
    """Give the values of every dimension that neither side filters by, most customers first."""
    filtered = sides.a.filtered | sides.b.filtered | SAME_PLACE
    answer: SidesAnswered[dict[str, TraitSides], C] = sides.ask(
        lambda codes: TraitSidesFold(
            {name: codes.dimensions[name] for name in codes.dimensions if name not in filtered}
        ),
        periods=(sides.a.period, sides.b.period),
        key=("journeys.compare.traits", tuple(sorted(filtered))),
    )
    rows = []
    for dimension, found in sorted(answer.value.items()):
        mine = [
            ((dimension, value), row)
            for value, row in zip(found.value, found.trait, strict=True)
            if value and is_enough(row, sides)
        ]
        rows += sorted(mine, key=lambda each: (-int(each[1][K_A] + each[1][K_B]), each[0]))[:VALUES_MOST]
    return rows


def is_enough(row: Int64s, sides: Sides[C]) -> bool:
    """Say whether so many customers stand behind a row that it may be shown."""
    return int(row[K_A] + row[K_B]) >= sides.a.fewest


def _step(reached: Int64s, step: int, base: int, looks: Looks) -> Tested:
    """Compare who reached a step among those who reached a base step, from customers by depth on both sides."""
    groups = [
        (int(many), depth_a > base, depth_a > step, depth_b > base, depth_b > step)
        for depth_a, row in enumerate(reached)
        for depth_b, many in enumerate(row)
        if many
    ]
    return differences.shares(differences.crossed(groups), looks)


def _funnel_fold(
    codes: Codes, sets: Sets, sides: Sides[C], options: FunnelOptions, window_us: int, closed_us: int
) -> FunnelSidesFold | FunnelChainsSidesFold:
    steps = [known_codes(codes, names) for names in sets]
    if is_plain(options):
        return FunnelSidesFold(steps, window_us=window_us, spans=spans(sides), closed_us=closed_us)
    hidden = () if sides.a.identity_steps else IDENTITY_EVENTS
    return FunnelChainsSidesFold(
        steps,
        window_us=window_us,
        spans=spans(sides),
        closed_us=closed_us,
        order=options.order,
        exclusions=[exclusion_of(codes, each) for each in options.exclusions],
        hidden=[codes.code(name) for name in hidden],
    )


def _funnel_told(sets: Sets, window_days: float, options: FunnelOptions) -> dict[str, object]:
    broken = {"broken by": tuple(exclusion_said(each) for each in options.exclusions)} if options.exclusions else {}
    return {SAID[options.order]: sets, "window in days": window_days, **broken}


def _endings_fold(journey: JourneyAsked, codes: Codes, sides: Sides[C], known_us: int) -> EndingSidesFold:
    try:
        return EndingSidesFold(
            start=codes.code(journey.start),
            goals=[codes.code(name) for name in journey.goals],
            outcomes=[[codes.code(name) for name in names] for names in other_outcomes(journey).values()],
            window_us=round(journey.window_days * DAY_S * MICROS),
            as_of_us=known_us,
            spans=spans(sides),
        )
    except ValueError as error:
        raise InvalidError(f"journey: {error}.") from None
