"""Killed anywhere while a file is loaded: the next run begins again, and nothing is lost, doubled or left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surfaces.worker.theatre import Company, Theatre

QUIET = {"SOJOURN_INCOMING_QUIET_SECONDS": "0"}
HEAD = "user_id,anonymous_id,event,timestamp,value,email,comment\n"
ROWS = 300


def _csv(*, value: str = "1.00", rows: int = ROWS) -> str:
    lines = (
        f"u-{n % 11},a-{n % 7},Step {n % 3},2026-01-01 00:{n // 60:02d}:{n % 60:02d},{value},"
        f"u{n % 11}@example.com,hello {n}"
        for n in range(rows)
    )
    return HEAD + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def empty(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    """A data folder with tables."""
    theatre = Theatre(tmp_path_factory.mktemp("no-files") / "data", company)
    theatre.data.mkdir()
    theatre.run("migrate")
    return theatre


def _drop(theatre: Theatre, text: str) -> Path:
    path = theatre.data / "incoming" / "branch" / "visits.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _check(theatre: Theatre, report: dict[str, Any], rows: int = ROWS) -> None:
    assert len(report["events"]) == report["messages"] == rows
    assert report["seen_twice"] == 0
    assert set(report["events"]) <= set(report["seen"])
    assert report["texts"] == rows
    assert (report["traits"], report["linked"]) == (11, 7)
    assert report["files"] == report["segments"]
    assert report["sick"] == []
    kept = [each.name for each in (theatre.data / "deliveries").rglob("*") if each.is_file()]
    assert sorted(kept) == ["lock", "texts"]
    rest = theatre.data / "incoming" / "branch"
    assert sorted(each.name for each in rest.rglob("*")) == ["done", "visits.csv", "visits.csv.report.json"]


@pytest.mark.parametrize(
    "point",
    ["delivery.texts", "delivery.staged", "commit.before", "commit.inside", "commit.after", "delivery.committed"],
)
def test_a_kill_while_a_file_is_loaded_loses_and_doubles_nothing(empty: Theatre, tmp_path: Path, point: str) -> None:
    theatre = empty.copy_to(tmp_path / "data")
    _drop(theatre, _csv())
    theatre.run("work", fault=point, **QUIET)
    report = theatre.run("work", "report", **QUIET)
    _check(theatre, report)


@pytest.mark.parametrize("point", ["commit.inside", "commit.after"])
def test_a_kill_while_a_correction_is_loaded_leaves_the_one_or_the_other(
    empty: Theatre, tmp_path: Path, point: str
) -> None:
    theatre = empty.copy_to(tmp_path / "data")
    _drop(theatre, _csv())
    first = theatre.run("work", "report", **QUIET)
    _drop(theatre, _csv(value="2.00", rows=280))
    theatre.run("work", fault=point, **QUIET)
    report = theatre.run("work", "report", **QUIET)
    assert len(report["events"]) == report["messages"] == 280
    assert report["texts"] == 280
    assert not set(report["events"]) & set(first["events"])
    assert report["seen_twice"] == 0
    assert set(report["seen"]) >= set(report["events"]) | set(first["events"])
    assert report["files"] == report["segments"]
    assert report["sick"] == []
