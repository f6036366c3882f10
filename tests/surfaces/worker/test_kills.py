"""Killed anywhere, with unsynced files emptied: nothing lost, nothing doubled, nothing delivered twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surfaces.worker.theatre import Company, Theatre, identify, track

SENT = [*(track(n) for n in range(120)), *(identify(n) for n in range(20)), *(track(n) for n in range(0, 120, 10))]
LATER = [track(n) for n in range(110, 150)]  # ten of them repeat messages of the first part
KEPT = 150 + 20
STAYS = 6  # persons of their own for what came from a shared device after its second user


@pytest.fixture(scope="module")
def empty(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    """A data folder with tables and a spool file."""
    theatre = Theatre(tmp_path_factory.mktemp("empty") / "data", company)
    theatre.data.mkdir()
    theatre.run("migrate")
    theatre.send(SENT)
    return theatre


@pytest.fixture(scope="module")
def loaded(empty: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    """The same, loaded and followed, with more in the spool."""
    theatre = empty.copy_to(tmp_path_factory.mktemp("loaded") / "data")
    theatre.run("work")
    theatre.send(LATER)
    return theatre


@pytest.fixture(scope="module")
def bucketed(loaded: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    """All loaded and merged into buckets."""
    theatre = loaded.copy_to(tmp_path_factory.mktemp("bucketed") / "data")
    theatre.run("work", "compact")
    return theatre


def whole(report: dict[str, Any], events: int = KEPT) -> None:
    """Check that every event is there once, was delivered once, and that the doctor is content."""
    assert len(report["events"]) == len(set(report["events"])) == report["messages"] == events
    assert report["seen_twice"] == 0
    assert set(report["events"]) <= set(report["seen"])
    assert report["files"] == report["segments"]
    assert report["sick"] == []


@pytest.mark.parametrize(
    "point",
    [
        "segment.written",
        "segment.synced",
        "commit.before",
        "commit.inside",
        "commit.after",
        "loader.committed",
        "feed.before_delete",
        "tail.handled",
        "tail.inside",
        "tail.after",
    ],
)
def test_a_kill_while_loading_loses_and_doubles_nothing(empty: Theatre, tmp_path: Path, point: str) -> None:
    theatre = empty.copy_to(tmp_path / "data")
    theatre.run("work", fault=point)
    theatre.send(LATER)
    report = theatre.run("work", "report")
    whole(report)
    assert report["totals"] == {"accepted": KEPT, "refused": 0, "duplicates": 22}
    assert report["persons"] == 18 + STAYS
    assert len(report["tokens"]) == 18
    assert report["traits"] == 2 * 11
    assert len(report["spool"]) == 1  # the closed file went, the newest stays


@pytest.mark.parametrize("point", ["compaction.written", "compaction.inside", "compaction.after", "retired.deleted"])
def test_a_kill_while_compacting_loses_and_doubles_nothing(loaded: Theatre, tmp_path: Path, point: str) -> None:
    theatre = loaded.copy_to(tmp_path / "data")
    theatre.run("compact", fault=point)
    report = theatre.run("compact", "work", "report")
    whole(report)
    assert report["segments"] <= 8


@pytest.mark.parametrize("point", ["erase.written", "erase.segment", "commit.inside", "erase.after"])
def test_a_kill_while_erasing_ends_in_the_same_state(bucketed: Theatre, tmp_path: Path, point: str) -> None:
    theatre = bucketed.copy_to(tmp_path / "data")
    theatre.run("erase", fault=point)
    report = theatre.run("compact", "erase", "work", "report")
    gone = KEPT - len(report["events"])
    assert gone > 5
    whole(report, KEPT - gone)
    assert report["removed"] == 1
    assert report["persons"] == 17 + STAYS
    assert len(report["tokens"]) == 17


def test_recorded_events_enter_once_though_killed_between_the_two_databases(loaded: Theatre, tmp_path: Path) -> None:
    theatre = loaded.copy_to(tmp_path / "data")
    theatre.run("record", fault="feed.before_delete")
    report = theatre.run("work", "report")
    whole(report, KEPT + 3)
    assert report["names"]["Case Closed"] == 3
