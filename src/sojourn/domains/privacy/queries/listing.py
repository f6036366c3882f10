"""Events one by one, newest first."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy.contracts import EventFilter, EventPage, EventRow, Purpose
from sojourn.kit.period import Period


def events(
    *,
    period: Period = Period(),  # noqa: B008 - frozen
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    customer: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> EventPage:
    """List the events that viewer and purpose may see, newest first; raise InvalidError for a bad cursor."""
    raise NotImplementedError


def event(*, event_id: int, purpose: Purpose = Purpose.ANALYTICS, viewer: Viewer) -> EventRow:
    """Give one event; raise NotFoundError when it is not there or not for this viewer and purpose."""
    raise NotImplementedError
