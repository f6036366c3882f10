"""Answers that may be some seconds old, so that pages stay quick while events keep coming."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.domains.privacy.door import employees, scope
from sojourn.domains.privacy.door.sight import Kept, frozen_filter
from sojourn.domains.privacy.queries.sums import state
from sojourn.domains.privacy.standing import consents

T = TypeVar("T")
KEPT = 64
_answers = Kept(KEPT)
# Every open Home asks for the same figures when events moved: one computes them, the others wait for it.
_turns = tuple(threading.Lock() for _ in range(16))


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """An answer, what it was made from, and when (by time.monotonic)."""

    value: T
    state: Hashable
    made_at: float


def remembered(
    *,
    key: Hashable,
    make: Callable[[], T],
    events: EventFilter,
    purpose: Purpose,
    viewer: Viewer,
    fields: Collection[str] = (),
) -> T:
    """Give what `make` gives, or what it gave before.

    An earlier answer stands while nothing has changed and, when only more events came, for the seconds that the
    setting `figure_age_seconds` says. A changed consent and an erasure take effect at once. `key` names the question
    beside filter, purpose and viewer; `fields` are what it breaks figures down by.
    """
    seen = (purpose, scope.key(viewer.units), employees.key([*fields, *events.dimensions], viewer))
    place = (settings.SOJOURN.data, consents.epoch(), *seen, frozen_filter(events), key)
    with _turns[hash(place) % len(_turns)]:
        now = state(purpose=purpose, viewer=viewer)
        kept: _Kept[T] = _answers.get(place, lambda: _Kept(make(), now, time.monotonic()))[0]
        if kept.state != now and time.monotonic() - kept.made_at >= settings.SOJOURN.figure_age_seconds:
            _answers.drop(place)
            kept = _answers.get(place, lambda: _Kept(make(), now, time.monotonic()))[0]
        return kept.value
