"""How far the stream has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.privacy.contracts import EventFilter, Freshness, Purpose
from sojourn.domains.privacy.door.sight import sight
from sojourn.kit.period import Period, instant, micros

RECENT_DAYS = 90
EMPTY = EventFilter()


def freshness(*, purpose: Purpose = Purpose.ANALYTICS, viewer: Viewer) -> Freshness:
    """Say how far stream and timeline have come, counting what viewer and purpose may see."""
    looking = sight(purpose=purpose, viewer=viewer)
    counted = looking.seen(Period(), EMPTY, whole=False).counted
    newest = collection.newest_batch()
    return Freshness(
        events=counted.events,
        customers=counted.customers,
        batch=newest,
        received_at=collection.received_at(batch=newest),
        timeline_batch=looking.timeline.batch,
        first_at=instant(counted.first_at) if counted.events else None,
        last_at=instant(counted.last_at) if counted.events else None,
    )


def recent_period(
    *, days: int = RECENT_DAYS, now: datetime | None = None, purpose: Purpose = Purpose.ANALYTICS, viewer: Viewer
) -> Period:
    """Give the last days of the data: they end now, or where the data end when that is more than a day ago.

    Now is taken in steps of the setting `figure_age_seconds`, upwards: the same question a moment later is the same.
    """
    last_at = freshness(purpose=purpose, viewer=viewer).last_at
    ends_at = _stepped(now or timezone.now())
    if last_at is None or last_at >= ends_at - timedelta(days=1):
        return Period.last(days=days, until=ends_at)
    return Period.last(days=days, until=last_at + timedelta(microseconds=1))


def _stepped(now: datetime) -> datetime:
    step_us = max(settings.SOJOURN.figure_age_seconds, 1) * 1_000_000
    return instant(-(-micros(now) // step_us) * step_us)
