"""Files on their way in: the watched folder, and who loads what waits."""

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
LOOK_SECONDS = 0.25  # between two looks at the table
FOLDER_SECONDS = 1.0  # between two looks into the watched folder


class Deliveries:
    """Looks for files; has small ones loaded at once by `small`, which waits, and others by a child, one at a time.

    `ended` is called when something was loaded.
    """

    def __init__(self, small: Callable[[], object], ended: Callable[[], None]) -> None:
        self._small, self._ended = small, ended
        self._child: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0
        self._folder_at = 0.0
        self._is_warm = False

    def turn(self) -> None:
        """Look once: at the watched folder, at the child, at the table of deliveries."""
        if not self._is_warm:
            self._is_warm = True
            self._small()  # nothing waits as a rule: what a first file would wait for is done now
        if time.monotonic() >= self._folder_at:
            self._folder_at = time.monotonic() + FOLDER_SECONDS
            collection.take_incoming()
        if self._child is not None:
            self._look()
        elif time.monotonic() >= self._not_before and manifest.has_queued_deliveries():
            if manifest.is_small_delivery_next():
                self._small()
                self._ended()
            else:
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
