"""The work process's loop, and the same once through for a command line without a server."""

from __future__ import annotations

import errno
import shutil
import signal
import threading
import time
from functools import partial
from types import FrameType

from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils.module_loading import autodiscover_modules

from sojourn.domains.collection import actions as collection
from sojourn.domains.privacy import actions as privacy
from sojourn.kit import durable, jobs, queue
from sojourn.kit.errors import SojournError
from sojourn.kit.settings import Settings
from sojourn.surfaces.worker import journal
from sojourn.surfaces.worker.aside import Aside
from sojourn.surfaces.worker.deliveries import LOOK_SECONDS, Deliveries
from sojourn.surfaces.worker.health import Health
from sojourn.surfaces.worker.intake import Feed
from sojourn.surfaces.worker.job import in_child
from sojourn.surfaces.worker.threads import Doer

IDLE_SECONDS = 0.05  # between two looks into an empty spool
RETRY_SECONDS = 2.0  # after the disk or the database refused


def prepare(settings: Settings) -> None:
    """Bring the data folder into order after whatever ended the last process: temporary files and orphans go."""
    autodiscover_modules("plugins", "tasks")
    shutil.rmtree(settings.temporary, ignore_errors=True)
    for folder in (settings.segments, settings.spool, settings.temporary):
        durable.make_folder(folder)
    collection.tidy()


def run_once(settings: Settings) -> int:
    """Do everything that waits, then return the number of events loaded: commands, spool, outbox, tail, timeline."""
    prepare(settings)
    feed, rows = Feed(settings), 0
    collection.run_commands()
    while (loaded := feed.step()) is not None:
        rows += loaded.written.rows if loaded.written else 0
    collection.take_incoming()
    collection.run_deliveries()
    collection.take_incoming()
    follow()
    privacy.refresh_timeline()
    return rows


def follow() -> None:
    """Hand new batches on: discoveries to the catalogue, the tail to its consumers."""
    collection.pass_on_observations()
    collection.run_tail()


class Work:
    """The process: a loop that loads, and threads for what must not hold it up."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = threading.Event()
        self._is_told = (
            False  # to stop, by a signal; its handler must not touch the lock of an event that the loop waits for
        )
        self._health = Health(settings.data)
        self._queue = queue.bind(settings)
        self._queue.execute = in_child
        self._aside = Aside()
        self._timeline = Doer("timeline", partial(self._aside.ask, "timeline"), every_seconds=5, pause_seconds=0.5)
        self._tail = Doer("tail", follow, every_seconds=5, pause_seconds=0.2)
        self._upkeep = Doer("upkeep", self._maintain, every_seconds=10)
        self._jobs = Doer("jobs", self._work_jobs, every_seconds=0.5)
        self._deliveries = Deliveries(small=partial(self._aside.ask, "deliveries"), ended=self._wake)
        self._files = Doer("files", self._deliveries.turn, every_seconds=LOOK_SECONDS)
        self._keys = Doer("keys", self._reseal, every_seconds=10)
        self._backups = Doer("backups", self._backup, every_seconds=60)
        self._pickups = Doer("pickups", self._pick_up, every_seconds=5)
        self._hooks = Doer("hooks", partial(self._aside.ask, "hooks"), every_seconds=1)
        self._doers = (
            self._timeline, self._tail, self._upkeep, self._jobs, self._files, self._keys, self._backups, self._hooks,
            self._pickups,
        )  # fmt: skip
        self._compacted = time.monotonic()
        self._due: dict[str, float] = {}

    def run(self) -> None:
        """Work until SIGTERM; the batch at hand is committed before the process ends."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        prepare(self._settings)
        feed = Feed(self._settings)
        for doer in self._doers:
            doer.start()
        journal.note("ready", known_messages=len(feed))
        while not self._is_told:
            self._turn(feed)
        self._stopped.set()
        self._aside.stop()
        for doer in self._doers:
            doer.stop()
        self._deliveries.stop()
        self._health.remove()
        journal.note("stopped")

    def _turn(self, feed: Feed) -> None:
        began = time.monotonic()
        try:
            close_old_connections()
            changed = collection.run_commands()
            loaded = feed.step()
        except (OSError, DatabaseError, SojournError) as error:
            state = "disk_full" if getattr(error, "errno", 0) == errno.ENOSPC else "retrying"
            journal.failure("load.failed", error, state=state)
            self._health.beat(force=True, state=state)
            self._stopped.wait(RETRY_SECONDS)
            return
        if loaded is None and not changed:
            self._health.beat(state="ready", behind_seconds=0, doers=self._states())
            self._stopped.wait(IDLE_SECONDS)
            return
        if loaded is not None:
            behind = max(0.0, time.time() - loaded.received_us / 1e6)
            self._health.beat(
                state="loading", batch=loaded.batch, behind_seconds=round(behind, 2), doers=self._states()
            )
        self._wake()
        # A batch of a few events costs as much as one of a thousand: wait until more have come.
        self._stopped.wait(max(0.0, self._settings.load_linger_ms / 1_000 - (time.monotonic() - began)))

    def _wake(self) -> None:
        self._timeline.wake()
        self._tail.wake()

    def _maintain(self) -> None:
        collection.upkeep()
        if time.monotonic() - self._compacted >= self._settings.compact_every_seconds:
            self._compacted = time.monotonic()
            self._aside.ask("compaction")
        for job in jobs.REGISTRY.values():
            if job.every_seconds and time.monotonic() >= self._due.get(job.name, 0):
                self._due[job.name] = time.monotonic() + job.every_seconds
                if job.is_due is None or job.is_due():
                    self._queue.put_again(job.name)

    def _reseal(self) -> None:
        if collection.needs_resealing():
            in_child("collection.reseal", {})

    def _backup(self) -> None:
        collection.keep_tombstones()
        if collection.is_backup_due():
            in_child("collection.backup", {})

    def _pick_up(self) -> None:
        if collection.is_pickup_due():
            in_child("collection.pick_up", {})

    def _work_jobs(self) -> None:
        while not self._stopped.is_set() and self._queue.take():
            pass

    def _states(self) -> dict[str, dict[str, object]]:
        return {each.name: {"failed": each.failed, "done_at": each.done_at} for each in self._doers}

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_told = True
