"""What is taken out of comparisons for a viewer who may not see single customers (the rule: `floored`).

A share of a side is shown where those who have it and those who have it not are nobody or at least k, on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from sojourn.domains.journeys.contracts import (
    ComparedCompletion,
    ComparedFunnel,
    ComparedGraph,
    ComparedVariants,
    Finding,
    PaceDifference,
    ShareDifference,
    Verdict,
)
from sojourn.domains.journeys.queries.floored import is_few
from sojourn.engine.answers.floors import shown_rows
from sojourn.engine.answers.words import NO_SHARE, Share


class HasShare(Protocol):
    """One of the parts into which both sides fall apart."""

    @property
    def share(self) -> ShareDifference:
        """How much of each side it is."""
        ...


Part = TypeVar("Part", bound=HasShare)
FEW: Final = ShareDifference(
    a=NO_SHARE, b=NO_SHARE, difference=0.0, low=-1.0, high=1.0, p=None, verdict=Verdict.TOO_FEW, effect=0.0
)


def graphs_above(compared: ComparedGraph, fewest: int) -> ComparedGraph:
    """Take steps, paths, properties and findings of few customers of a side out of two graphs."""
    steps = tuple(each for each in compared.steps if _is_shown(each.share, fewest))
    names = {each.name for each in steps}
    paths = tuple(
        replace(each, pace=each.pace if _is_paced(each.pace, fewest) else None)
        for each in compared.paths
        if _is_shown(each.share, fewest) and {each.source, each.target} <= names
    )
    properties = tuple(each for each in compared.properties if _is_shown(each.share, fewest))
    told: set[tuple[str, tuple[str, ...]]] = {("step", (each.name,)) for each in steps}
    told |= {("path", (each.source, each.target)) for each in paths}
    told |= {("pace", (each.source, each.target)) for each in paths if each.pace is not None}
    told |= {("property", (each.dimension, each.value)) for each in properties}
    before = len(compared.steps) + len(compared.paths) + len(compared.properties)
    return replace(
        compared,
        steps=steps,
        paths=paths,
        properties=properties,
        findings=tuple(each for each in compared.findings if _key(each) in told),
        withheld=before - len(steps) - len(paths) - len(properties),
    )


def variants_above(compared: ComparedVariants, fewest: int) -> ComparedVariants:
    """Take ways through of few customers of a side out, and what would tell them: a customer goes one way."""
    variants = _parts_above(compared.variants, fewest)
    return replace(
        compared,
        variants=variants,
        covers_a=sum(each.share.a.value for each in variants),
        covers_b=sum(each.share.b.value for each in variants),
        withheld=len(compared.variants) - len(variants),
    )


def funnels_above(compared: ComparedFunnel, fewest: int) -> ComparedFunnel:
    """End a funnel before the step that few customers of a side reached, or that few did not."""
    steps = compared.steps
    for place, each in enumerate(compared.steps):
        before = compared.steps[max(place - 1, 0)]
        lost = (before.customers_a - each.customers_a, before.customers_b - each.customers_b)
        if any(is_few(count, fewest) for count in (each.customers_a, each.customers_b, *lost)):
            steps = compared.steps[:place]
            break
    return replace(
        compared,
        steps=steps,
        open_a=_enough(compared.open_a, fewest),
        open_b=_enough(compared.open_b, fewest),
        withheld=len(compared.steps) - len(steps),
    )


def completions_above(compared: ComparedCompletion, fewest: int) -> ComparedCompletion:
    """Say of endings of few journeys of a side, and what would tell them, that they are few: each ends in one way."""
    told = _parts_above(compared.endings, fewest)
    return replace(
        compared,
        endings=tuple(each if each in told else replace(each, share=FEW) for each in compared.endings),
        open_a=_enough(compared.open_a, fewest),
        open_b=_enough(compared.open_b, fewest),
        withheld=len(compared.endings) - len(told),
    )


def _parts_above(parts: Sequence[Part], fewest: int) -> tuple[Part, ...]:
    """Keep the parts of both sides that may be shown beside the sides' totals."""
    if not parts:
        return ()
    rows = [(_of(each.share.a), _of(each.share.b)) for each in parts]
    many = (parts[0].share.a.n, parts[0].share.b.n)
    outside = [n - sum(column) for n, column in zip(many, zip(*rows, strict=True), strict=True)]
    kept = shown_rows(rows, fewest=fewest, outside=outside)
    return tuple(each for each, is_kept in zip(parts, kept, strict=True) if is_kept)


def _is_shown(share: ShareDifference, fewest: int) -> bool:
    halves = (half for side in (share.a, share.b) for half in (_of(side), side.n - _of(side)))
    return not any(is_few(half, fewest) for half in halves)


def _of(share: Share) -> int:
    return round(share.value * share.n)


def _is_paced(pace: PaceDifference | None, fewest: int) -> bool:
    return pace is not None and not is_few(pace.n_a, fewest) and not is_few(pace.n_b, fewest)


def _enough(count: int | None, fewest: int) -> int | None:
    return None if count is None or is_few(count, fewest) else count


def _key(found: Finding) -> tuple[str, tuple[str, ...]]:
    return found.kind, found.names
