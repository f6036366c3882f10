"""How far the stream has come."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy.contracts import Freshness, Purpose
from sojourn.kit.period import Period

RECENT_DAYS = 90


def freshness(*, purpose: Purpose = Purpose.ANALYTICS, viewer: Viewer) -> Freshness:
    """Say how far stream and timeline have come, counting what viewer and purpose may see."""
    raise NotImplementedError


def recent_period(*, days: int = RECENT_DAYS, purpose: Purpose = Purpose.ANALYTICS, viewer: Viewer) -> Period:
    """Give the last days of the data: they end where the data end when that is in the past."""
    raise NotImplementedError
