"""The file that tells intake which sources there are; intake never sees the database."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from sojourn.domains.catalogue import rules
from sojourn.domains.catalogue.contracts import Source


def publish(path: Path, sources: Callable[[], Sequence[Source]]) -> None:
    """Write the file anew, durably and at once: a reader sees the old file or the new one.

    The sources are read under the file's lock, so that of two writers the later one has the newer list.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = json.dumps({"sources": [rules.published(each) for each in sources()]}, indent=1)
        fresh = path.with_suffix(".fresh")
        with fresh.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
