"""Natural group commit: whatever is waiting while one sync runs is written by the next.

One thread owns the spool's writer. A request is answered only after the sync that carries it, and a sync that
failed is never tried again: the writer is broken, every waiting request is refused and ``on_failure`` is called.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final

from sojourn.engine.stream.spool import Frame, SpoolError, SpoolWriter
from sojourn.surfaces.intake.health import Health

LOOK_SECONDS: Final = 0.5  # an erasure asks for the next file, and waits for it
ROLL_SECONDS: Final = 30.0  # a closed file can be deleted: what is loaded should not lie in the spool for long

Waiting = tuple[list[Frame], "asyncio.Future[None]"]


class GroupCommit:
    """Hands frames to the writer's thread and tells the event loop when they are on disk."""

    def __init__(self, writer: SpoolWriter, health: Health, on_failure: Callable[[SpoolError], None]) -> None:
        self._writer, self._health, self._on_failure = writer, health, on_failure
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Waiting] = []
        self._wake = threading.Condition()
        self._stopping = False
        self._rolled_at = self._looked_at = time.monotonic()
        self.failure: SpoolError | None = None
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    async def put(self, frames: list[Frame]) -> None:
        """Store frames durably; raise SpoolError when the disk refuses."""
        if self.failure is not None:
            raise self.failure
        done: asyncio.Future[None] = self._loop.create_future()
        with self._wake:
            self._waiting.append((frames, done))
            self._wake.notify()
        await done

    def stop(self) -> None:
        """Write what waits, then end the thread and close the spool."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()
        self._writer.close()

    def _run(self) -> None:
        while True:
            with self._wake:
                if not self._waiting and not self._stopping:
                    self._wake.wait(LOOK_SECONDS)
                group, self._waiting = self._waiting, []
                if not group and self._stopping:
                    return
            try:
                self._commit(group)
            except SpoolError as error:
                self.failure = error
                self._fail(group, error)
                return

    def _commit(self, group: list[Waiting]) -> None:
        started = time.monotonic()
        if started - self._rolled_at >= ROLL_SECONDS:
            self._writer.roll()
            self._rolled_at = started
        if started - self._looked_at >= LOOK_SECONDS:
            self._writer.roll_if_asked()
            self._looked_at = started
        if group:
            self._writer.append([frame for frames, _ in group for frame in frames])
            self._health.synced(time.monotonic() - started, requests=len(group))
            self._loop.call_soon_threadsafe(_resolve, group, None)

    def _fail(self, group: list[Waiting], error: SpoolError) -> None:
        with self._wake:
            group, self._waiting = group + self._waiting, []
        self._loop.call_soon_threadsafe(_resolve, group, error)
        self._loop.call_soon_threadsafe(self._on_failure, error)


def _resolve(group: list[Waiting], error: SpoolError | None) -> None:
    for _, done in group:
        if done.done():  # the client went away
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
