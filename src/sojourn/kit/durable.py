"""What is on disk for certain, and the named points at which a test may kill the process.

``SOJOURN_FAULT=name`` ends the process with SIGKILL at the point of that name; ``SOJOURN_SYNC_LOG=file`` records each
synced path and size, so that a test can empty what a power cut would have lost. Neither costs anything when unset.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_FAULT = os.environ.get("SOJOURN_FAULT", "")
_SYNC_LOG = os.environ.get("SOJOURN_SYNC_LOG", "")


def reach(point: str) -> None:
    """Kill the process here when the environment names this point."""
    if point == _FAULT:
        os.kill(os.getpid(), signal.SIGKILL)


def sync_file(path: Path) -> int:
    """Bring a file's contents to disk and give its size; raise OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        size = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if _SYNC_LOG:
        _note(path, size)
    return size


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to disk; raise OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each entry synced; raise OSError."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True, mode=0o700)
        sync_folder(each.parent)


def _note(path: Path, size: int) -> None:
    with Path(_SYNC_LOG).open("a") as log:
        log.write(f"{size} {path.resolve()}\n")
