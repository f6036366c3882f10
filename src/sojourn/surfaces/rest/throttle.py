"""A bound on requests a minute, by viewer, kept in this process."""

from __future__ import annotations

import threading
import time

from django.conf import settings

from sojourn.surfaces.rest.problems import TooManyRequestsError

_spent: dict[str, int] = {}
_minute = [0]
_lock = threading.Lock()


def spend(viewer: str) -> None:
    """Count one request of a viewer; raise TooManyRequestsError beyond the setting (0: no limit)."""
    limit = settings.SOJOURN.api_rate_per_minute
    if not limit:
        return
    minute = int(time.monotonic() // 60)
    with _lock:
        if _minute[0] != minute:
            _minute[0] = minute
            _spent.clear()
        _spent[viewer] = _spent.get(viewer, 0) + 1
        if _spent[viewer] > limit:
            raise TooManyRequestsError(f"More than {limit} requests in a minute; try again in the next one.")


def clear() -> None:
    """Forget what was spent."""
    with _lock:
        _spent.clear()
