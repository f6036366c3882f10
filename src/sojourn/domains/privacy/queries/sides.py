"""Journey questions about two sides of a comparison: one fold that sees which customers are on both."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import TypeVar

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import Codes, EventFilter, Purpose, SidesAnswer
from sojourn.domains.privacy.door.sight import ANSWERS, Sight, frozen_filter, sight
from sojourn.domains.privacy.queries.journeys import rested_on
from sojourn.engine.kernels import running
from sojourn.engine.kernels.sides.words import both
from sojourn.engine.kernels.words import Fold
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

P = TypeVar("P")
R = TypeVar("R")
Side = tuple[Period, EventFilter]


def ask_sides(
    *,
    fold_for: Callable[[Codes], Fold[P, R]],
    a: Side,
    b: Side,
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
    key: Hashable,
    told: Mapping[str, object] | None = None,
) -> SidesAnswer[R]:
    """Fold the events of two periods or filters at once; each side is masked as `ask` would mask it alone.

    The fold gets slices of `kernels.sides`. A customer with hidden events among those of one side is left out of that
    side. Raise InvalidError for an unknown dimension, or sides at two levels of abstraction.
    """
    if a[1].abstraction != b[1].abstraction:
        raise InvalidError("level: both sides of a comparison are seen at the same level.")
    looking = sight(purpose=purpose, viewer=viewer)
    question = (looking.key, *((period, frozen_filter(events)) for period, events in (a, b)), key)
    answer, was_known = ANSWERS.get(question, lambda: _fold(looking, fold_for, a, b, told or {}))
    if not was_known:
        return answer
    return replace(answer, a=replace(answer.a, cached=True), b=replace(answer.b, cached=True))


def _fold(
    looking: Sight, fold_for: Callable[[Codes], Fold[P, R]], a: Side, b: Side, told: Mapping[str, object]
) -> SidesAnswer[R]:
    begun = time.perf_counter()
    seen = [looking.seen(period, events, whole=True) for period, events in (a, b)]
    codes = looking.codes(a[1].abstraction)
    fold = fold_for(codes)
    slices = [both(*pair) for pair in zip(seen[0].slices, seen[1].slices, strict=True)]
    value = running.run(fold, slices, settings.SOJOURN.kernel_threads)
    name = type(fold).__name__
    coverages = [
        rested_on(looking, each, period, rules.written(name, told, period, events), begun)
        for each, (period, events) in zip(seen, (a, b), strict=True)
    ]
    return SidesAnswer(value=value, a=coverages[0], b=coverages[1], names=codes.names)
