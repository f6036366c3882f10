"""Work beside the loader: it is done in another process, and a child that is killed is followed by the next."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sojourn.surfaces.worker.aside import Aside, AsideError
from surfaces.worker.theatre import Company, Theatre, track


@pytest.fixture
def theatre(tmp_path: Path, company: Company, monkeypatch: pytest.MonkeyPatch) -> Theatre:
    stage = Theatre(tmp_path / "data", company)
    stage.data.mkdir()
    stage.run("migrate")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    monkeypatch.setenv("SOJOURN_DATA", str(stage.data))
    monkeypatch.setenv("SOJOURN_RESERVE_BYTES", "1024")
    return stage


@pytest.fixture
def aside() -> Iterator[Aside]:
    child = Aside()
    yield child
    child.stop()


def test_the_timeline_is_brought_up_in_another_process_and_after_its_death_in_the_next(
    theatre: Theatre, aside: Aside
) -> None:
    theatre.send([track(n) for n in range(20)])
    subprocess.run([sys.executable, "-m", "sojourn.surfaces.worker", "--once"], check=True)
    (theatre.data / "timeline" / "manifest.json").unlink()
    aside.ask("timeline")
    assert (theatre.data / "timeline" / "manifest.json").exists()

    before = aside.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    for _ in range(10):
        with contextlib.suppress(AsideError):  # as long as its end has not been noticed
            aside.ask("timeline")
            break
    assert aside.pid not in (None, before)


def test_a_task_that_fails_says_so_and_the_next_one_is_done(theatre: Theatre, aside: Aside) -> None:
    folder = theatre.data / "timeline"
    folder.write_text("in the way")
    theatre.send([track(1)])
    with pytest.raises(AsideError):
        aside.ask("timeline")
    folder.unlink()
    aside.ask("timeline")


def test_who_was_stopped_does_nothing_more(aside: Aside) -> None:
    aside.stop()
    aside.ask("timeline")
    assert aside.pid is None
