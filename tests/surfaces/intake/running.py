"""A real intake process over a data folder, and what it spooled."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import httpx

from sojourn.engine.stream.spool import Frame, Position, SpoolReader
from sojourn.kit.sealing import sealer
from sojourn.kit.settings import Settings

KEY, STRICT_KEY, SLOW_KEY, OFF_KEY = "wk_shop", "wk_strict", "wk_slow", "wk_off"
DEADLINE_SECONDS = 20


def free_port() -> int:
    """Give a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def publish(data: Path, *extra: dict[str, Any]) -> None:
    """Write the sources as the catalogue does."""
    rows = [
        ("shop", KEY, False, True, 0),
        ("strict", STRICT_KEY, True, True, 0),
        ("slow", SLOW_KEY, False, True, 5),
        ("off", OFF_KEY, False, False, 0),
    ]
    sources = [
        {"slug": slug, "key_sha256": hashlib.sha256(key.encode()).hexdigest(), "strict": strict, "active": active,
         "channel": "web", "rate": rate}
        for slug, key, strict, active, rate in rows
    ]  # fmt: skip
    path = data / "intake" / "sources.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"sources": [*sources, *extra]}))
    fresh.rename(path)


class RunningIntake:
    """Starts `python -m sojourn.surfaces.intake`; settings by keyword."""

    started: ClassVar[list[RunningIntake]] = []

    def __init__(self, data: Path, **settings: object) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        publish(data)
        wanted = {"disk_min_bytes": 0, "disk_min_percent": 0, **settings}
        self._environ = {
            **os.environ,
            "SOJOURN_DATA": str(data),
            "SOJOURN_INTAKE_PORT": str(self.port),
            **{f"SOJOURN_{name.upper()}": str(value) for name, value in wanted.items()},
        }
        self.started.append(self)
        self.start()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.log = self.data / "intake.log"
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "sojourn.surfaces.intake"]
            self.process = subprocess.Popen(command, env=self._environ, stderr=log)
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                httpx.get(f"{self.url}/healthz", timeout=5)
                return
            except httpx.TransportError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(self.log.read_text()) from None
                time.sleep(0.02)

    def stop(self) -> int:
        """Ask the process to end; give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_SECONDS)

    def kill(self) -> None:
        """End the process without notice."""
        self.process.kill()
        self.process.wait(DEADLINE_SECONDS)

    def post(self, path: str, body: object, *, key: str | None = KEY, **arguments: Any) -> httpx.Response:
        """Send JSON with a write key."""
        auth = None if key is None else httpx.BasicAuth(key, "")
        return httpx.post(self.url + path, json=body, auth=auth, timeout=30, **arguments)

    def frames(self) -> list[Frame]:
        """Read everything that lies in the spool."""
        keys = sealer(Settings(data=self.data))
        return [frame for _, frame in SpoolReader(self.data / "spool", keys).read(Position(), 1 << 30)]

    def events(self) -> list[dict[str, Any]]:
        """Read every event that lies in the spool."""
        return [json.loads(item) for frame in self.frames() for item in frame.items]
