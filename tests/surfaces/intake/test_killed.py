"""What intake acknowledged is there after a kill; a disk that refuses ends it cleanly."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from sojourn.engine.stream.spool import Position, SpoolReader
from sojourn.kit.sealing import sealer
from sojourn.kit.settings import Settings
from surfaces.intake.running import DEADLINE_SECONDS, KEY, RunningIntake, publish


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Sender(threading.Thread):
    """Sends batches one after the other until the connection breaks, and notes what was acknowledged."""

    def __init__(self, intake: RunningIntake, name: str) -> None:
        super().__init__(daemon=True)
        self._intake, self._name = intake, name
        self.acknowledged: list[str] = []

    def run(self) -> None:
        number = 0
        with httpx.Client(auth=(KEY, "")) as client:
            while True:
                ids = [f"{self._name}-{number}-{n}" for n in range(20)]
                batch = [{"type": "track", "userId": "u", "event": "E", "messageId": each} for each in ids]
                try:
                    answer = client.post(f"{self._intake.url}/v1/batch", json={"batch": batch})
                except httpx.TransportError:
                    return
                assert answer.json()["accepted"] == 20
                self.acknowledged += ids
                number += 1


def test_every_acknowledged_event_survives_kills_under_load_exactly_once(data: Path) -> None:
    intake = RunningIntake(data, spool_segment_bytes=65_536)
    acknowledged: list[str] = []
    for attempt in range(4):
        senders = [Sender(intake, f"{attempt}-{n}") for n in range(4)]
        for sender in senders:
            sender.start()
        until(lambda senders=senders: sum(len(sender.acknowledged) for sender in senders) > 1_500)  # type: ignore[misc]
        intake.kill()
        for sender in senders:
            sender.join(DEADLINE_SECONDS)
            acknowledged += sender.acknowledged
        intake.start()
    intake.stop()
    found = Counter(event["messageId"] for event in intake.events())
    assert set(acknowledged) <= set(found)
    assert set(found.values()) == {1}
    reader = SpoolReader(data / "spool", sealer(Settings(data=data)))
    reader.read(Position(), 1 << 30)
    assert reader.damaged == []


def test_a_stop_answers_what_was_sent_before_it(data: Path) -> None:
    intake = RunningIntake(data)
    senders = [Sender(intake, f"{n}") for n in range(4)]
    for sender in senders:
        sender.start()
    until(lambda: sum(len(sender.acknowledged) for sender in senders) > 500)
    intake.stop()
    for sender in senders:
        sender.join(DEADLINE_SECONDS)
    found = {event["messageId"] for event in intake.events()}
    assert {each for sender in senders for each in sender.acknowledged} <= found
    assert '"event":"stopped"' in intake.log.read_text()


@pytest.mark.skipif(not hasattr(os, "mkfifo") or sys.platform != "linux", reason="limits a process as Linux does")
def test_a_disk_that_refuses_a_write_ends_intake_with_an_error_and_keeps_what_was_acknowledged(data: Path) -> None:
    # RLIMIT_FSIZE makes write() fail as a full disk does, without filling one.
    script = (
        "import resource, signal, runpy\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "runpy.run_module('sojourn.surfaces.intake', run_name='__main__')\n"
    )
    intake = RunningIntake(data)
    intake.stop()
    publish(data)
    environ = {**os.environ, "SOJOURN_DATA": str(data), "SOJOURN_INTAKE_PORT": str(intake.port),
               "SOJOURN_DISK_MIN_BYTES": "0", "SOJOURN_DISK_MIN_PERCENT": "0"}  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", script], env=environ, stderr=subprocess.PIPE) as process:
        until(lambda: _answers(intake.url))
        acknowledged, answer = 0, None
        for number in range(50):
            text = {"type": "track", "userId": "u", "event": "E", "messageId": f"m-{number}", "note": "x" * 20_000}
            answer = intake.post("/v1/batch", {"batch": [text]})
            if answer.status_code != 200:
                break
            acknowledged += 1
        assert answer is not None
        assert (answer.status_code, answer.json()["code"]) == (503, "stopped")
        assert process.wait(DEADLINE_SECONDS) == 1
        assert process.stderr is not None
        assert b"spool_failed" in process.stderr.read()
    assert 0 < acknowledged < 50
    assert [event["messageId"] for event in intake.events()] == [f"m-{n}" for n in range(acknowledged)]


def test_a_second_intake_on_the_same_spool_is_refused(data: Path) -> None:
    intake = RunningIntake(data)
    environ = {**os.environ, "SOJOURN_DATA": str(data), "SOJOURN_INTAKE_PORT": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "sojourn.surfaces.intake"], env=environ, capture_output=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert b"Another intake writes" in done.stderr
    intake.stop()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
