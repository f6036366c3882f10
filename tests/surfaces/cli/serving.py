"""A whole server, started by its command over a data folder."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import psutil

DEADLINE_SECONDS = 120


def free_port() -> int:
    """Give a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], Any], seconds: float = DEADLINE_SECONDS) -> Any:
    """Ask until the answer is true, and give it; fail after the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not true after {seconds} s")
        time.sleep(0.05)
    return answer


def is_alive(pid: int) -> bool:
    """Say whether a process still runs; an ended one that nobody has collected yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class RunningServer:
    """`sojourn serve` in a process; settings by keyword."""

    shared: ClassVar[RunningServer | None] = None

    @classmethod
    def any(cls, folder: Callable[[str], Path]) -> RunningServer:
        """Give the server that the tests share, starting one when there is none: a start takes ten seconds."""
        if cls.shared is None or cls.shared.process.poll() is not None:
            cls.shared = cls(folder("server") / "data")
            atexit.register(cls.shared.stop)
        return cls.shared

    def __init__(self, data: Path, **settings: object) -> None:
        self.data, self.port, self.intake_port = data, free_port(), free_port()
        wanted = {"disk_min_bytes": 0, "disk_min_percent": 0, **settings}
        environ = {**os.environ, **{f"SOJOURN_{name.upper()}": str(value) for name, value in wanted.items()}}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        data.mkdir(parents=True, exist_ok=True)
        self.log = data.parent / f"{data.name}.log"
        command = [Path(sys.executable).with_name("sojourn"), "serve", "--data", str(data), "--port", str(self.port),
                   "--intake-port", str(self.intake_port)]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        self.told = self._ready()

    def _ready(self) -> dict[str, Any]:
        def answers() -> bool:
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            return "Sojourn is ready" in self.log.read_text()

        until(answers)
        told: dict[str, Any] = json.loads((self.data / "server.json").read_text())
        return told

    @property
    def url(self) -> str:
        """Address of pages and API."""
        return str(self.told["url"])

    @property
    def intake_url(self) -> str:
        """Address of the intake."""
        return str(self.told["intake_url"])

    @property
    def token(self) -> dict[str, str]:
        """The header that makes a request the local administrator's."""
        return {"Authorization": f"Bearer {self.told['token']}"}

    def child(self, name: str) -> psutil.Process | None:
        """Give the process of a surface, or None while there is none."""
        for each in psutil.Process(self.process.pid).children():
            try:
                if f"sojourn.surfaces.{name}" in each.cmdline():
                    return each
            except psutil.Error:
                continue
        return None

    def stop(self) -> int:
        """Ask the server to end; give its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_SECONDS)
