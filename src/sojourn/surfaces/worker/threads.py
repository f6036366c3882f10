"""Threads of the work process, which wait for what is done beside the loader.

They keep the process's own priority: one of a lower would, while it holds the interpreter's lock, make the loader
wait until the machine has time for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import close_old_connections

from sojourn.surfaces.worker import journal

LONGEST_REST_SECONDS = 1.0


class Doer:
    """Calls one function in a thread of its own: when woken, and after `every_seconds` without that.

    A failure is written down and tried again at the next turn. Turns begin at least `pause_seconds` apart, and a
    doer with a pause rests for as long as its turn took, up to a second: on a busy machine it steps back.
    """

    def __init__(self, name: str, run: Callable[[], object], *, every_seconds: float, pause_seconds: float = 0) -> None:
        self.name, self._run, self._every, self._pause = name, run, every_seconds, pause_seconds
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
            if self._pause:
                spent = time.monotonic() - began
                self._stop.wait(max(self._pause - spent, min(spent, LONGEST_REST_SECONDS)))
        close_old_connections()
