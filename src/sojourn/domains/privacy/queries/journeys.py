"""Journey questions: a fold over the timeline, under masks."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy.contracts import Answer, Codes, EventFilter, Purpose
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
) -> Answer[R]:
    """Fold the events that viewer and purpose may see, in the period and kept by the filter.

    `fold_for` gets the dictionary of event names and makes the fold. A customer with hidden events among those
    asked about is left out rather than shown with a step missing. With a `key` that names the fold and its
    parameters, the answer is kept until events, identity or consents change.
    """
    raise NotImplementedError
