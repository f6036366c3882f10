"""Threads of the work process: the timeline's refresh, maintenance and jobs beside the loader."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections

from sojourn.surfaces.worker import journal

IDLE = 19  # niceness of what may wait


class Doer:
    """Calls one function in a thread of its own: when woken, and after `every_seconds` without that.

    A failure is written down and tried again at the next turn; `pause_seconds` lie between two turns at least.
    """

    def __init__(
        self, name: str, run: Callable[[], object], *, every_seconds: float, pause_seconds: float = 0, nice: int = 0
    ) -> None:
        self.name, self._run, self._every, self._pause, self._nice = name, run, every_seconds, pause_seconds, nice
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self.failed = ""
        self.done_at = 0.0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Ask for a turn soon."""
        self._wake.set()

    def stop(self, timeout: float = 30) -> None:
        """Let the turn at hand end, and end."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout)

    def _loop(self) -> None:
        if self._nice:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)  # on Linux: of this thread only
        while not self._stop.is_set():
            self._wake.wait(self._every)
            self._wake.clear()
            if self._stop.is_set():
                break
            began = time.monotonic()
            close_old_connections()
            try:
                self._run()
                self.failed = ""
                self.done_at = time.time()
            except Exception as error:
                if self.failed != type(error).__name__:
                    journal.failure(f"{self.name}.failed", error)
                self.failed = type(error).__name__
            self._stop.wait(max(0.0, self._pause - (time.monotonic() - began)))
        close_old_connections()
