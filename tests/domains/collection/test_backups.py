"""A backup made while events come is a whole company again, to the last row and byte; a killed restore goes on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pysqlite3
import pytest
from click.testing import CliRunner

from sojourn.domains.collection import actions, queries
from sojourn.engine.stream.spool import Frame, Position, SpoolReader, SpoolWriter
from sojourn.kit import lock, sealing
from sojourn.kit.settings import Settings
from sojourn.kit.unpacking import NotEmptyError
from sojourn.surfaces.cli.restore import command as restore

NOT_COMPARED = {"stream.collection_leaserow", "stream.sqlite_sequence"}  # the backup's own lease
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def send(place: Any, numbers: range) -> None:
    writer = SpoolWriter(place.spool, sealing.sealer(place), 1 << 20)
    items = [
        {
            "type": "identify",
            "userId": f"user-{each}",
            "messageId": f"m{each}",
            "traits": {"email": f"u{each}@b.example"},
        }
        for each in numbers
    ]
    writer.append([Frame("web", "items", time.time_ns() // 1_000, items=[json.dumps(each).encode() for each in items])])
    writer.close()


HEAD = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
import django; django.setup()
from django.utils.module_loading import autodiscover_modules
from sojourn.domains.collection import actions
from sojourn.domains.identity.models import Identifier
from sojourn.kit.settings import load
from sojourn.surfaces.cli.preparation import prepare
from domains.collection.test_backups import send
from domains.privacy.bank import erase
from sojourn.surfaces.worker.work import run_once
place = load()
autodiscover_modules("plugins", "tasks")
"""
MAKE = """
prepare(place)
send(place, range(30)); run_once(place)
send(place, range(30, 35))  # waits in the spool
print(actions.make_backup().name)
"""
ERASE = """
gone = Identifier.objects.filter(kind="user").order_by("token").first().token
erase(gone)
actions.keep_tombstones()
"""


def ordered(folder: Path, order: str) -> str:
    """Do something with a company in a process of its own."""
    root = Path(__file__).parents[3]
    env = {**os.environ, "SOJOURN_DATA": str(folder), "PYTHONPATH": f"{root / 'src'}:{root / 'tests'}"}
    env["SOJOURN_RESERVE_BYTES"] = "1024"
    line = [sys.executable, "-c", HEAD + order]
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def company(tmp_path_factory: Any) -> tuple[Path, str]:
    """A company with 30 loaded persons, 5 who wait in the spool, and a backup; its folder and the backup's name."""
    data = tmp_path_factory.mktemp("company") / "data"
    return data, ordered(data, MAKE)


def contents(folder: Path) -> dict[str, str]:
    """Digest every row of every table and every segment."""
    found = {}
    for name in ("state", "stream"):
        with closing(pysqlite3.connect(folder / f"{name}.sqlite3")) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                rows = sorted(map(repr, database.execute(f'SELECT * FROM "{table}"').fetchall()))
                found[f"{name}.{table}"] = f"{len(rows)} {hashlib.sha256(''.join(rows).encode()).hexdigest()}"
    for path in sorted(folder.rglob("*.parquet")):
        found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def arguments(data: Path, into: Path) -> list[str]:
    return [
        str(data / "backups"), "--into", str(into), "--passphrase-file", str(data / "keys" / "backups.passphrase"),
    ]  # fmt: skip


def killed(data: Path, into: Path) -> int:
    """Restore in a process that dies after the first file."""
    line = [sys.executable, "-c", "from sojourn.surfaces.cli.main import main; main()", "restore"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src"), "SOJOURN_FAULT": "restore.file"}
    return subprocess.run([*line, *arguments(data, into)], env=env, check=False).returncode


def test_a_restore_equals_the_original_also_after_a_kill(company: tuple[Path, str], tmp_path: Path) -> None:
    data, _ = company
    into = tmp_path / "again"
    assert killed(data, into) < 0
    with pytest.raises(lock.LockedError, match="not finished"), lock.hold(into):
        pass
    done = CliRunner().invoke(restore, arguments(data, into), catch_exceptions=False)
    assert "30 events" in done.output, done.output
    before, after = contents(data), contents(into)
    assert [name for name in before if before[name] != after.get(name) and name not in NOT_COMPARED] == []
    assert any(name.endswith(".parquet") for name in after)
    settings = Settings(data=into)
    with closing(pysqlite3.connect(into / "stream.sqlite3")) as stream:
        place = Position(*stream.execute("SELECT segment, offset, ordinal FROM collection_spoolplace").fetchone())
    waiting = SpoolReader(settings.spool, sealing.sealer(settings)).read(place, 100)
    assert sum(frame.size for _, frame in waiting) == 5, "what waited in the spool waits"
    with pytest.raises(NotEmptyError, match="not empty"):
        CliRunner().invoke(restore, arguments(data, into), catch_exceptions=False)


def test_who_was_erased_since_the_backup_is_erased_again_before_anybody_looks(
    company: tuple[Path, str], tmp_path: Path
) -> None:
    data, _ = company
    with closing(pysqlite3.connect(data / "stream.sqlite3")) as stream:
        before = {row[0] for row in stream.execute("SELECT token FROM identity_identifier WHERE kind = 'user'")}
    ordered(data, ERASE)
    into = tmp_path / "again"
    done = CliRunner().invoke(restore, arguments(data, into), catch_exceptions=False)
    assert "erased again" in done.output, done.output
    with closing(pysqlite3.connect(into / "stream.sqlite3")) as stream:
        after = {row[0] for row in stream.execute("SELECT token FROM identity_identifier WHERE kind = 'user'")}
        stones = stream.execute("SELECT count(*) FROM identity_tombstone").fetchone()[0]
    assert after == before - {min(before)}
    assert stones >= 1
    persons = [pq.read_table(path, columns=["person"])["person"].to_pylist() for path in into.rglob("*.parquet")]
    assert min(before) not in {person for some in persons for person in some}


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_backups_beyond_the_number_to_keep_go_and_what_they_share_stays(place: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, backups_keep=2, backup_every_hours=24)
    for name in ("state", "stream"):
        with closing(pysqlite3.connect(place / f"{name}.sqlite3")) as database:
            database.executescript(TABLES)
    (place / "notes.txt").write_text("shared")
    assert actions.is_backup_due(now=NOW)
    for day in range(3):
        (place / "day.txt").write_text(str(day))
        actions.make_backup(now=NOW + timedelta(days=day))
    assert [each.made_at.day for each in queries.backups()] == [3, 2]
    assert not actions.is_backup_due(now=NOW + timedelta(days=2, hours=23))
    assert actions.is_backup_due(now=NOW + timedelta(days=3))
    found = queries.backups()[0]
    assert queries.verify_backup(found.name).verified_at is not None


TABLES = """
CREATE TABLE collection_segmentrow (path TEXT, rows INTEGER, condition TEXT);
CREATE TABLE collection_counter (name TEXT, value INTEGER);
"""
