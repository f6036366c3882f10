"""The job queue: huey in the data folder, or in PostgreSQL; the work process empties it, every process may fill it."""

from __future__ import annotations

import time
from typing import Any, Final

from huey import PostgresHuey, SqliteHuey

from sojourn.kit import jobs
from sojourn.kit.settings import Settings

RUN = "sojourn.run"
TABLES = "jobs"  # begins the names of the tables in PostgreSQL
HEAD_START_SECONDS: Final = 600.0  # of what somebody asked for, before what comes round by itself


class HueyQueue:
    """Stores deferred jobs as one kind of huey task that carries a job's name and arguments."""

    def __init__(self, settings: Settings) -> None:
        if settings.database_url:
            self.huey = PostgresHuey("sojourn", dsn=settings.database_url, results=False, table_prefix=TABLES)
        else:
            path = str(settings.data / "jobs.sqlite3")
            self.huey = SqliteHuey("sojourn", filename=path, results=False, fsync=True)

        @self.huey.task(name=RUN)  # type: ignore[untyped-decorator]
        def run(name: str, arguments: dict[str, Any]) -> None:
            self.execute(name, arguments)

        self._task = run
        self.execute: Any = _at_once

    def put(self, name: str, arguments: dict[str, object]) -> None:
        """Store a job durably; raise KeyError when no job has this name.

        The one whose turn has been longest is run first (priorities are negated instants), so that none waits for ever.
        """
        if name not in jobs.REGISTRY:
            raise KeyError(f"no job is called {name}")
        self._task(name, arguments, priority=HEAD_START_SECONDS - time.time())

    def put_again(self, name: str) -> None:
        """Store a periodic job behind what somebody asked for, unless it waits already.

        Where jobs take longer than their period, as on a loaded machine, rounds are left out instead of piling up.
        """
        if all(each.args[0] != name for each in self.huey.pending()):
            self._task(name, {}, priority=-time.time())

    def take(self) -> bool:
        """Run the next waiting job, if there is one, and say whether there was."""
        task = self.huey.dequeue()
        if task is None:
            return False
        self.huey.execute(task)
        return True

    def waiting(self) -> int:
        """Count the jobs that wait."""
        return int(self.huey.pending_count())


def bind(settings: Settings) -> HueyQueue:
    """Send this process's deferred jobs to the queue of the data folder, and give the queue."""
    queue = HueyQueue(settings)
    jobs.bind(queue)
    return queue


def _at_once(name: str, arguments: dict[str, Any]) -> None:
    jobs.REGISTRY[name].run(**arguments)
