"""One intake for the tests that do not stop it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from surfaces.intake.running import RunningIntake


@pytest.fixture(scope="session")
def shared_intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningIntake]:
    running = RunningIntake(tmp_path_factory.mktemp("intake"))
    RunningIntake.started.remove(running)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """End what a failed test left behind."""
    yield
    while RunningIntake.started:
        RunningIntake.started.pop().kill()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
