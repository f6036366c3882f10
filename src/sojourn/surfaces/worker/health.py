"""What the work process says of itself, in a file that doctor and pages read."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path


class Health:
    """Writes `work.json` in the data folder, at most once a second."""

    def __init__(self, data: Path) -> None:
        self._path = data / "work.json"
        self._last = 0.0
        self.details: dict[str, object] = {"pid": os.getpid(), "started_at": time.time(), "state": "starting"}

    def beat(self, *, force: bool = False, **details: object) -> None:
        """Say that the process lives, and what has changed."""
        self.details |= details
        now = time.time()
        if not force and now - self._last < 1:
            return
        self._last = now
        self.details["at"] = now
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self.details))
        fresh.rename(self._path)

    def remove(self) -> None:
        """Say that the process has ended in order."""
        self._path.unlink(missing_ok=True)
