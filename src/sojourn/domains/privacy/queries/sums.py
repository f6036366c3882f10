"""Declarative sums over the stream."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy.contracts import Answer, EventFilter, Measure, MeasureRow, Purpose
from sojourn.kit.period import Period


def measure(
    *,
    measure: Measure,
    period: Period,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> Answer[tuple[MeasureRow, ...]]:
    """Sum the events that viewer and purpose may see, by group; groups in the order of their keys."""
    raise NotImplementedError
