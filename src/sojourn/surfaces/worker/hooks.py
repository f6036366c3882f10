"""Webhooks on their way out: each in a thread of its own, so that a slow receiver holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.db import close_old_connections, connections

from sojourn.surfaces.worker import journal

THREADS: Final = 8


class Hooks:
    """Sends what is due of several webhooks at once, and of one webhook in one thread only.

    `due` lists webhooks, `send` sends some of one and gives how many; it is asked again until there is nothing left.
    """

    def __init__(self, due: Callable[[], Iterable[int]], send: Callable[[int], int], threads: int = THREADS) -> None:
        self._due, self._send = due, send
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hooks")
        self._busy: set[int] = set()
        self._lock = threading.Lock()

    def turn(self) -> None:
        """Begin with each webhook that is due and not at work; return at once."""
        for webhook in self._due():
            with self._lock:
                if webhook in self._busy:
                    continue
                self._busy.add(webhook)
            self._pool.submit(self._work, webhook)

    def stop(self) -> None:
        """Let what was begun end."""
        self._pool.shutdown()

    def _work(self, webhook: int) -> None:
        close_old_connections()
        try:
            while self._send(webhook):
                pass
        except Exception as error:
            journal.failure("hooks.failed", error, webhook=webhook)
        finally:
            connections.close_all()
            with self._lock:
                self._busy.discard(webhook)
