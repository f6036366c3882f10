"""The queue of jobs: what somebody asked for comes before what comes round by itself, and nothing waits for ever."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from sojourn.kit import jobs
from sojourn.kit.queue import HEAD_START_SECONDS, HueyQueue
from sojourn.kit.settings import Settings


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Register three jobs, and list what was begun."""
    begun: list[str] = []
    for name in ("tests.round", "tests.other_round", "tests.asked"):
        monkeypatch.setitem(jobs.REGISTRY, name, jobs.Job(name=name, run=lambda: None))
    return begun


@pytest.fixture
def queue(tmp_path: Path, begun: list[str]) -> HueyQueue:
    """A queue in a folder of its own."""
    queue = HueyQueue(dataclasses.replace(Settings(), data=tmp_path, database_url=""))

    def execute(name: str, arguments: dict[str, Any]) -> None:
        begun.append(name)

    queue.execute = execute
    return queue


def all_taken(queue: HueyQueue) -> None:
    while queue.take():
        pass


def test_what_somebody_asked_for_comes_before_rounds_that_wait(queue: HueyQueue, begun: list[str]) -> None:
    queue.put_again("tests.round")
    queue.put_again("tests.other_round")
    queue.put("tests.asked", {})
    all_taken(queue)
    assert begun == ["tests.asked", "tests.round", "tests.other_round"]


def test_a_round_that_waits_is_not_put_a_second_time(queue: HueyQueue, begun: list[str]) -> None:
    queue.put_again("tests.round")
    queue.put_again("tests.round")
    assert queue.waiting() == 1
    all_taken(queue)
    queue.put_again("tests.round")
    assert queue.waiting() == 1


def test_a_round_that_has_waited_long_comes_first(
    queue: HueyQueue, begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put_again("tests.round")
    later = time.time() + HEAD_START_SECONDS + 1
    monkeypatch.setattr("sojourn.kit.queue.time.time", lambda: later)
    queue.put("tests.asked", {})
    all_taken(queue)
    assert begun == ["tests.round", "tests.asked"]
