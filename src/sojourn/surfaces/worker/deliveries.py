"""Files on their way in: the watched folder, and the child that loads what waits."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import queries as manifest
from sojourn.surfaces.worker import journal

MODULE = "sojourn.surfaces.worker.deliver"
PAUSE_SECONDS = 5.0  # after a child that failed


class Deliveries:
    """Looks for files and keeps at most one child at work; `ended` is called when one is done."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._child: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def turn(self) -> None:
        """Look once: at the watched folder, at the child, at the table of deliveries."""
        collection.take_incoming()
        if self._child is not None:
            self._look()
        elif time.monotonic() >= self._not_before and manifest.has_queued_deliveries():
            self._child = subprocess.Popen([sys.executable, "-m", MODULE], stdin=subprocess.PIPE)

    def stop(self) -> None:
        """End the child; what it was loading begins again when the work process does."""
        if self._child is not None:
            self._child.kill()
            self._close()

    def _look(self) -> None:
        assert self._child is not None
        code = self._child.poll()
        if code is None:
            return
        self._close()
        if code:
            journal.note("delivery.failed", code=code)
            self._not_before = time.monotonic() + PAUSE_SECONDS
        self._ended()

    def _close(self) -> None:
        assert self._child is not None
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.wait()
        self._child = None
