"""What happens around a path pattern: directly before and after its matches, and by day, week or month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np

from sojourn.engine.answers.door import C, Codes, Door, bounds
from sojourn.engine.answers.words import IDENTITY_EVENTS, Share, share
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.patterns import AroundFold, bind, compile_pattern, read
from sojourn.engine.kernels.words import NO_CODE, Int64s
from sojourn.kit.calendar import CalendarUnit, zone_called
from sojourn.kit.period import Period, micros

SHOWN: Final = 8  # steps on either side, the others together


class NeighbourKind(StrEnum):
    """What stands directly before or after a match."""

    STEP = "step"
    NOTHING = "nothing"  # the match begins with the first event, or ends with the last
    OTHERS = "others"  # the steps that are not shown, together


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbour:
    """What the first match of customers has beside it; `share` is of the customers who match."""

    kind: NeighbourKind
    name: str  # "" but for steps
    customers: int
    share: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternSpan:
    """A day, week or month: of the customers with an event in it, those with a match that ends in it.

    `share` is None for fewer customers than the k floor; `is_whole` says whether the question sees all of the span.
    """

    since: datetime
    until: datetime
    customers: int
    matched: int
    share: Share | None
    is_whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AroundFigures:
    """What stands beside the customers' first match, and how the share of those who match goes over time."""

    unit: CalendarUnit
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]
    spans: tuple[PatternSpan, ...]


def around(door: Door[C], pattern: str, *, unit: CalendarUnit, zone: str) -> tuple[AroundFigures, C]:
    """Tell what happens around a pattern's matches; steps of fewer customers than the k floor count with the others.

    Raise PatternError, which points at the character, and InvalidError for a span of time that cannot be.
    """
    automaton = compile_pattern(read(pattern))
    known = door.known()
    edges = cohorts.spans(unit, door.period, known, zone_called(zone))
    marks = [micros(edge) for edge in edges[1:-1]]

    def fold_for(codes: Codes) -> AroundFold:
        bound = bind(automaton, codes.names, codes.dimensions, passed_over=IDENTITY_EVENTS)
        return AroundFold(bound, marks=marks, **bounds(door.period))

    key = ("journeys.around", pattern, edges)
    answer = door.ask(fold_for, period=door.period, key=key, told={"pattern": pattern, f"by {unit}, in": zone})
    found = answer.value
    return AroundFigures(
        unit=unit,
        before=_neighbours(found.before, answer.names, door.fewest),
        after=_neighbours(found.after, answer.names, door.fewest),
        spans=_spans(found.span_customers, found.span_matched, edges, _seen(door.period, known), door.fewest),
    ), answer.coverage


def _neighbours(counts: Int64s, names: Sequence[str], fewest: int) -> tuple[Neighbour, ...]:
    n, nothing = int(counts.sum()), int(counts[NO_CODE])
    steps = [(names[code], int(counts[code])) for code in np.flatnonzero(counts).tolist() if code != NO_CODE]
    steps.sort(key=lambda each: (-each[1], each[0]))
    shown = [each for each in steps[:SHOWN] if each[1] >= fewest]
    others = sum(customers for _, customers in steps[len(shown) :])
    rows = [
        *((NeighbourKind.STEP, name, customers) for name, customers in shown),
        (NeighbourKind.OTHERS, "", others),
        (NeighbourKind.NOTHING, "", nothing),
    ]
    return tuple(
        Neighbour(kind=kind, name=name, customers=customers, share=share(customers, n))
        for kind, name, customers in rows
        if customers >= max(fewest, 1)
    )


def _seen(period: Period, known: Period) -> Period:
    since = max((each for each in (period.since, known.since) if each is not None), default=None)
    until = min((each for each in (period.until, known.until) if each is not None), default=None)
    return Period(since=since, until=until)


def _spans(
    customers: Int64s, matched: Int64s, edges: Sequence[datetime], seen: Period, fewest: int
) -> tuple[PatternSpan, ...]:
    return tuple(
        PatternSpan(
            since=since,
            until=until,
            customers=n,
            matched=k,
            share=share(k, n) if n >= max(fewest, 1) else None,
            is_whole=(seen.since is None or seen.since <= since) and (seen.until is None or until <= seen.until),
        )
        for (since, until), n, k in zip(pairwise(edges), customers.tolist(), matched.tolist(), strict=True)
    )
