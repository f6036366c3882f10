"""The work process itself: it loads while it runs, does jobs, says how it is, and ends in order."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sojourn.kit import queue
from surfaces.worker.theatre import Company, Theatre, track

DEADLINE_SECONDS = 60


def until(is_true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something, as long as the process lives."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not is_true():
        assert process.poll() is None, "the work process has ended"
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_the_work_process_loads_does_jobs_and_ends_in_order(
    tmp_path: Path, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    theatre = Theatre(tmp_path / "data", company)
    theatre.data.mkdir()
    theatre.run("migrate")
    process = subprocess.Popen(
        [sys.executable, "-m", "sojourn.surfaces.worker"],
        env={
            **os.environ,
            "SOJOURN_DATA": str(theatre.data),
            "SOJOURN_RESERVE_BYTES": "1024",
            "DJANGO_SETTINGS_MODULE": "sojourn.settings",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        health = theatre.data / "work.json"
        until(health.exists, process)
        theatre.send([track(n) for n in range(100)])
        until(lambda: accepted(theatre.data) == 100, process)
        theatre.send([track(n) for n in range(100, 150)])
        until(lambda: accepted(theatre.data) == 150, process)
        assert json.loads(health.read_text())["pid"] == process.pid
        jobs = queue.HueyQueue(theatre.settings)
        jobs._task("collection.deliver", {})
        until(lambda: jobs.waiting() == 0, process)
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=DEADLINE_SECONDS)[1]
    assert process.returncode == 0, said
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["what"] for line in lines if line["what"] in ("ready", "job.done", "stopped")] == [
        "ready",
        "job.done",
        "stopped",
    ]
    assert [line for line in lines if "error" in line] == []
    assert not health.exists()
    assert theatre.run("report")["totals"]["accepted"] == 150


def accepted(data: Path) -> int:
    """Count the events that are in."""
    with sqlite3.connect(data / "stream.sqlite3") as connection:
        return int(connection.execute("SELECT coalesce(sum(accepted), 0) FROM collection_flowminute").fetchone()[0])
