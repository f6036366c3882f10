"""The stage of the kill tests: a process whose children work on a data folder, die where told, and report."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")

import django

django.setup()

# ruff: noqa: E402
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils.module_loading import autodiscover_modules

from sojourn.domains.collection import actions, hooks, queries, reserve
from sojourn.domains.collection.contracts import TailBatch
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.models import Identifier, Text, Trait
from sojourn.kit import durable
from sojourn.kit.settings import load
from sojourn.surfaces.worker.work import run_once

SEEN = "CREATE TABLE IF NOT EXISTS seen (what INTEGER NOT NULL)"


def note_rows(batch: TailBatch) -> Callable[[], None]:
    """A consumer whose effect shows how often each event was delivered; removals are noted as negative persons."""
    found = [(each,) for part in actions.new_rows(batch, ["event_id"]) for each in part.column(0).to_pylist()]
    found += [(-removal.person,) for removal in batch.removals if removal.person]

    def write() -> None:
        with connections["default"].cursor() as cursor:
            cursor.executemany("INSERT INTO seen (what) VALUES (%s)", found)

    return write


def work() -> None:
    """Load what waits and let the tail follow."""
    run_once(settings.SOJOURN)


def compact() -> None:
    """Merge all segments and delete the old ones."""
    run_once(settings.SOJOURN)
    actions.compact(fresh_min=1)
    actions.delete_retired(grace_seconds=0)


def erase_only() -> None:
    """Take the person with the most events out, and do nothing else."""
    if not queries.withdrawn():
        with queries.sql() as sql:
            found = sql.sql("SELECT person FROM events GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").fetchall()
        actions.request_erasure(persons=[found[0][0]])
    actions.run_commands()


def erase() -> None:
    """Take the person with the most events out."""
    erase_only()
    run_once(settings.SOJOURN)


def load_on_full_disk() -> None:
    """Try to load, see it refused with what a full disk says, and that nothing has changed."""
    before = queries.newest_batch(), queries.position()
    try:
        run_once(settings.SOJOURN)
    except (OSError, OperationalError) as error:
        if not reserve.is_full(error):
            raise
    else:
        raise AssertionError("the disk was not full")
    if before != (queries.newest_batch(), queries.position()):
        raise AssertionError("something was loaded")


def record() -> None:
    """Record an event in a room's own transaction."""
    from datetime import UTC, datetime

    for number in range(3):
        actions.record(name="Case Closed", occurred_at=datetime(2026, 1, 1, tzinfo=UTC), user_id=f"u-{number}")
    run_once(settings.SOJOURN)


def report() -> dict[str, Any]:
    """Say what is in the stream, what the consumer saw, and what the doctor thinks."""
    actions.delete_retired(grace_seconds=0)
    with queries.sql() as sql:
        rows = sql.sql("SELECT event_id, message, person, batch, name FROM events").fetchall()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT what FROM seen")
        seen = Counter(each for (each,) in cursor.fetchall())
    folder = settings.SOJOURN.segments
    return {
        "events": sorted(row[0] for row in rows),
        "messages": len({row[1] for row in rows}),
        "persons": len({row[2] for row in rows}),
        "names": Counter(row[4] for row in rows),
        "tokens": list(Identifier.objects.filter(kind__in=("user", "anonymous")).values_list("token", flat=True)),
        "traits": Trait.objects.count(),
        "texts": Text.objects.count(),
        "linked": len(identity.person_map().person),
        "seen": sorted(what for what in seen if what > 0),
        "seen_twice": sum(count > 1 for count in seen.values()),
        "removed": sum(1 for what in seen if what < 0),
        "files": len(list(folder.glob("*/*.parquet"))),
        "segments": len(queries.segments()),
        "totals": queries.totals(),
        "sick": [f"{each.name}: {each.detail}" for each in queries.doctor() if not each.ok],
        "spool": sorted(path.name for path in settings.SOJOURN.spool.glob("*.spool")),
    }


VERBS: dict[str, Callable[[], None]] = {
    each.__name__: each for each in (work, compact, erase, erase_only, load_on_full_disk, record)
}


def perform(verbs: list[str]) -> dict[str, Any]:
    """Run verbs in order; the last may be `report`."""
    found: dict[str, Any] = {}
    for verb in verbs:
        if verb == "migrate":
            for name in settings.DATABASES:
                call_command("migrate", database=name, verbosity=0)
            with connections["default"].cursor() as cursor:
                cursor.execute(SEEN)
        elif verb == "report":
            found = report()
        else:
            VERBS[verb]()
    return found


def move_to(environ: dict[str, str]) -> None:
    """Point this process at a data folder, as if it had been started with this environment."""
    settings.SOJOURN = load(environ)
    for name, file in (("default", "state"), ("stream", "stream")):
        connections.databases[name]["NAME"] = str(settings.SOJOURN.data / f"{file}.sqlite3")
    durable._FAULT = environ.get("SOJOURN_FAULT", "")
    durable._SYNC_LOG = environ.get("SOJOURN_SYNC_LOG", "")


def in_child(order: dict[str, Any]) -> int:
    """Carry out an order in a process of its own and give its exit code; a killed one's is negative."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            move_to(order["environ"])
            Path(order["answer"]).write_text(json.dumps(perform(order["verbs"])))
            code = 0
        except BaseException:
            Path(order["answer"]).write_text(traceback.format_exc())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Carry out orders, a line each, until there are no more; each in a fork of this process, which has all loaded."""
    hooks.tail.answer(note_rows)
    autodiscover_modules("plugins", "tasks")
    for line in sys.stdin:
        print(in_child(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
