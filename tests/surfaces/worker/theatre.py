"""A data folder in which child processes are killed, and what a power cut would have taken is taken."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sojourn.engine.stream.spool import Frame, SpoolWriter
from sojourn.kit import sealing
from sojourn.kit.settings import Settings, load

STAGE = Path(__file__).with_name("stage.py")
ROOT = Path(__file__).resolve().parents[3]
LIMITS = {
    "SOJOURN_LOAD_MAX_EVENTS": "100",
    "SOJOURN_RESERVE_BYTES": "1048576",
    "SOJOURN_BUCKETS": "4",
    "SOJOURN_DISK_MIN_BYTES": "0",
    "SOJOURN_DISK_MIN_PERCENT": "0",
}


class Company:
    """The process from which children are forked; starting Python anew for each takes seconds."""

    def __init__(self, scratch: Path) -> None:
        environ = {
            **os.environ,
            "SOJOURN_DATA": str(scratch),
            "DJANGO_SETTINGS_MODULE": "sojourn.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        self._process = subprocess.Popen(
            [sys.executable, str(STAGE)], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer = scratch / "answer.json"

    def order(self, verbs: tuple[str, ...], environ: dict[str, str]) -> tuple[int, str]:
        """Let a child do something; give its exit code and what it said."""
        self._answer.unlink(missing_ok=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"verbs": verbs, "environ": environ, "answer": str(self._answer)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return code, self._answer.read_text() if self._answer.exists() else ""

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


class Theatre:
    """Spool, stream and state in one folder; every verb is a process of its own."""

    def __init__(self, data: Path, company: Company) -> None:
        self.data, self._company = data, company
        self.settings: Settings = load({"SOJOURN_DATA": str(data)})
        self._log = data.parent / "synced.log"

    def send(self, items: list[dict[str, Any]], *, source: str = "web", size: int = 50, **frame: Any) -> None:
        """Write items into the spool as intake does, in a file of their own."""
        writer = SpoolWriter(self.settings.spool, sealing.sealer(self.settings), self.settings.spool_segment_bytes)
        now = time.time_ns() // 1_000
        for at in range(0, len(items), size):
            raw = [json.dumps(item).encode() for item in items[at : at + size]]
            writer.append([Frame(**{"source": source, "kind": "items", "received_at": now, "items": raw, **frame})])
        writer.close()

    def run(self, *verbs: str, fault: str = "", **environ: str) -> dict[str, Any]:
        """Run verbs in a child; with a fault it must die there, and loses what was not synced."""
        code, said = self._company.order(verbs, {**LIMITS, **self._places(), "SOJOURN_FAULT": fault, **environ})
        if fault:
            assert code == -signal.SIGKILL, f"{fault} was not reached: {said[-2000:]}"
            self.lose_unsynced()
            return {}
        assert code == 0, said[-4000:]
        report: dict[str, Any] = json.loads(said)
        return report

    def _places(self) -> dict[str, str]:
        return {"SOJOURN_DATA": str(self.data), "SOJOURN_SYNC_LOG": str(self._log)}

    def lose_unsynced(self) -> None:
        """Cut every segment file back to what was synced."""
        synced: dict[str, int] = {}
        if self._log.exists():
            for line in self._log.read_text().splitlines():
                size, _, path = line.partition(" ")
                synced[path] = int(size)
        for path in self.settings.segments.rglob("*.parquet"):
            os.truncate(path, synced.get(str(path.resolve()), 0))

    def copy_to(self, data: Path) -> Theatre:
        """Begin anew from this folder's state."""
        shutil.copytree(self.data, data)
        copy = Theatre(data, self._company)
        for path in copy.settings.segments.rglob("*.parquet"):
            copy.note_synced(path)
        return copy

    def note_synced(self, path: Path) -> None:
        """Say that a file is on disk."""
        with self._log.open("a") as log:
            log.write(f"{path.stat().st_size} {path.resolve()}\n")


def track(number: int, **more: Any) -> dict[str, Any]:
    """Make a track call; every fifth is anonymous, every tenth repeats an earlier message."""
    who = {"anonymousId": f"a-{number % 7}"} if number % 5 == 0 else {"userId": f"u-{number % 11}"}
    return {
        "type": "track",
        "event": f"Step {number % 3}",
        "messageId": f"m-{number}",
        "timestamp": f"2026-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "properties": {"channel": "web", "n": number},
        **who,
        **more,
    }


def identify(number: int) -> dict[str, Any]:
    """Make an identify call that joins an anonymous id to a user and carries a mail address and a phone number."""
    return {
        "type": "identify",
        "messageId": f"i-{number}",
        "userId": f"u-{number % 11}",
        "anonymousId": f"a-{number % 7}",
        "traits": {"email": f"ana{number}@example.com", "phone": f"+49151000{number:04d}"},
    }
