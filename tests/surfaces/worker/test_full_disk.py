"""A full disk stops loading cleanly, erasure still works out of the reserve, and all goes on when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from surfaces.worker.theatre import Company, Theatre, track

SIZE = "24m"


@pytest.fixture
def small(tmp_path: Path, company: Company) -> Iterator[Theatre]:
    """A data folder on a disk of its own that is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        (disk / "data").mkdir()
        yield Theatre(disk / "data", company)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(folder: Path) -> Path:
    """Use up the last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast


def test_loading_stops_and_erasure_works_on_a_full_disk(small: Theatre) -> None:
    small.run("migrate")
    small.send([track(n) for n in range(200)])
    small.run("work", "compact")
    small.send([track(n) for n in range(200, 300)])
    ballast = fill(small.data.parent)
    small.run("load_on_full_disk")
    small.run("erase_only")
    ballast.unlink()
    report = small.run("work", "report")
    assert report["removed"] == 1
    assert 250 < len(report["events"]) < 300
    assert len(report["events"]) == len(set(report["events"])) == report["messages"]
    assert report["seen_twice"] == 0
    assert report["files"] == report["segments"]
    assert report["sick"] == []
