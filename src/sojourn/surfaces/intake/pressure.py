"""When intake asks clients to come back later: a full spool, a full disk, a source over its rate."""

from __future__ import annotations

import math
import shutil
from typing import Final

from sojourn.engine.stream.spool import spool_bytes
from sojourn.kit.settings import Settings
from sojourn.surfaces.intake.health import Health
from sojourn.surfaces.intake.refusals import RequestRefusedError
from sojourn.surfaces.intake.sources import Source

RETRY_SECONDS: Final = 10


class Pressure:
    """Knows whether there is room; measured in the background, asked by every request."""

    def __init__(self, settings: Settings, health: Health) -> None:
        self._settings, self._health = settings, health
        self._code: str | None = None
        self.measure()

    @property
    def code(self) -> str | None:
        """Why there is no room, or None."""
        return self._code

    def measure(self) -> None:
        """Look at the spool's size and the free disk; takes a few system calls, safe on another thread."""
        settings = self._settings
        disk = shutil.disk_usage(settings.spool)
        self._health.spool_bytes = spool_bytes(settings.spool)
        self._health.disk_free_bytes = disk.free
        floor = max(settings.disk_min_bytes, disk.total * settings.disk_min_percent // 100)
        if disk.free < floor:
            self._code = "disk_full"
        elif self._health.spool_bytes >= settings.spool_max_bytes:
            self._code = "spool_full"
        else:
            self._code = None

    def check(self) -> None:
        """Raise RequestRefusedError while there is no room."""
        if self._code is not None:
            raise RequestRefusedError(self._code, retry_after=RETRY_SECONDS)


class Rates:
    """Holds each source to its events a second, with one second's worth in reserve.

    A request may overdraw the reserve, or a batch larger than one second's worth could never come in; the source
    then waits until the debt is paid.
    """

    def __init__(self, default: int) -> None:
        self._default = default
        self._left: dict[str, tuple[float, float]] = {}  # events left, as of when (seconds)

    def take(self, source: Source, events: int, now: float) -> None:
        """Count events of a source at ``now`` (monotonic seconds); raise RequestRefusedError when it is in debt."""
        rate = source.rate or self._default
        if rate <= 0:
            return
        left, since = self._left.get(source.slug, (float(rate), now))
        left = min(float(rate), left + (now - since) * rate)
        if left <= 0:
            raise RequestRefusedError("rate_limited", retry_after=math.ceil((1 - left) / rate))
        self._left[source.slug] = (left - events, now)
