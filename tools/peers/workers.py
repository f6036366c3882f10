"""The bench's side of an engine's process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = 2


class Answer(NamedTuple):
    """Seconds of the process's CPU time and of wall time, most memory resident in MB, and the rows."""

    cpu: float
    wall: float
    peak_mb: float
    rows: list[Any]


class Worker:
    """An engine in a process of its own, which holds the events of a folder and runs a way when it is told to."""

    def __init__(self, engine: str, folder: Path, *more: str, python: Path | None = None, told: Any = None) -> None:
        """Start it, with another environment's Python where one is given; `told` are texts by question and way."""
        self.engine = engine
        module = f"tools.peers.engines.{engine.lower()}"
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": str(THREADS)}
        self._process = subprocess.Popen(
            [str(python or sys.executable), "-W", "ignore", "-m", module, str(folder), *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, env=environment,
        )  # fmt: skip
        hello = self._asked(told)
        self.version: str = hello["version"]
        self.ways: dict[str, list[str]] = hello["ways"]

    def run(self, question: str, way: str) -> Answer:
        """Answer once; raise SystemExit with the engine's words when it cannot."""
        told = self._asked([question, way])
        if "error" in told:
            raise SystemExit(f"{self.engine} ({way}) cannot answer {question}: {told['error']}")
        return Answer(**told)

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate()

    def _asked(self, what: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.engine} ended with {self._process.wait()}")
        return json.loads(line)
