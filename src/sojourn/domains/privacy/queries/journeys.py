"""Journey questions: a fold over the timeline, under masks."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import TypeVar

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import Answer, Codes, Coverage, EventFilter, Groups, InGroups, Purpose
from sojourn.domains.privacy.door.gathering import Together, together
from sojourn.domains.privacy.door.outside import outside
from sojourn.domains.privacy.door.sight import ANSWERS, Seen, Sight, frozen_filter, sight
from sojourn.engine.kernels import running
from sojourn.engine.kernels.words import Fold
from sojourn.kit.period import Period

P = TypeVar("P")
R = TypeVar("R")


def ask(
    *,
    fold_for: Callable[[Codes], Fold[P, R]],
    period: Period,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
    key: Hashable = None,
    told: Mapping[str, object] | None = None,
    groups: Groups | None = None,
    span: Period | None = None,
) -> Answer[R]:
    """Fold the events that viewer and purpose may see, in the period and kept by the filter.

    `fold_for` gets the dictionary of event names and makes the fold. A customer with hidden events among those
    asked about is left out rather than shown with a step missing. With a `key` that names the fold and its
    parameters, the answer is kept until events, identity or consents change. `told` are the fold's parameters as
    people read them; they come back in the coverage. With `groups` each of them stands in the place of its customers:
    those who belong to it at any time in `span` (the period, when none is given); who belongs to none stands alone.
    Raise InvalidError for an unknown dimension or a bad pattern, and for a pattern with groups.
    """
    looking, span = sight(purpose=purpose, viewer=viewer), span or period

    def see() -> Seen:
        if groups is None:
            return looking.seen(period, events, whole=True)
        return together(looking, period, events, groups, span)

    def make() -> Answer[R]:
        return _fold(looking, fold_for, see, period, events, told or {})

    if key is None:
        return make()
    whose = None if groups is None else (groups.kind, groups.version, span)
    answer, was_known = ANSWERS.get((looking.key, period, frozen_filter(events), key, whose), make)
    return replace(answer, coverage=replace(answer.coverage, cached=True)) if was_known else answer


def _fold(
    looking: Sight,
    fold_for: Callable[[Codes], Fold[P, R]],
    see: Callable[[], Seen],
    period: Period,
    events: EventFilter,
    told: Mapping[str, object],
) -> Answer[R]:
    begun = time.perf_counter()
    seen = see()
    codes = looking.codes(events.abstraction)
    fold = fold_for(codes)
    value = running.run(fold, seen.slices, settings.SOJOURN.kernel_threads)
    coverage = rested_on(looking, seen, period, rules.written(type(fold).__name__, told, period, events), begun)
    return Answer(value=value, coverage=coverage, names=codes.names)


def rested_on(looking: Sight, seen: Seen, period: Period, query: str, begun: float) -> Coverage:
    """Say what an answer rests on that was begun at a reading of time.perf_counter."""
    return Coverage(
        purpose=looking.purpose,
        customers=seen.counted.customers,
        events=seen.counted.events,
        left_out=rules.shown_left_out(seen.counted.left_out, settings.SOJOURN.k_floor),
        out_of_scope=outside(looking.viewer),
        period=period,
        batch=looking.timeline.batch,
        fresh_at=collection.received_at(batch=looking.timeline.batch),
        took_ms=(time.perf_counter() - begun) * 1_000,
        query=query,
        in_groups=_in_groups(seen) if isinstance(seen, Together) else None,
    )


def _in_groups(seen: Together) -> InGroups:
    left_out = rules.shown_left_out(seen.groups_left_out, settings.SOJOURN.k_floor)
    return InGroups(per=seen.per, groups=seen.groups, alone=seen.alone, left_out=left_out)
