"""The watched folder: complete files go in and come to rest with a report beside them."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from domains.collection.deliveries.handing import stream
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import DeliveryStatus

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

TEXT = "user_id,event,timestamp,value\nana,Visit,2026-01-05,1.50\nana,Visit,never,\n"


def _put(place: Path, name: str, text: str = TEXT, source: str = "branch") -> Path:
    path = place / "data" / "incoming" / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _report(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_a_complete_file_goes_in_and_rests_in_done_with_its_report(place: Path) -> None:
    path = _put(place, "monday.csv")
    actions.take_incoming()
    assert path.exists()
    actions.take_incoming()
    assert sorted(each.name for each in (path.parent / "done").iterdir()) == ["monday.csv", "monday.csv.report.json"]
    assert not path.exists()
    report = _report(path.parent / "done" / "monday.csv.report.json")
    assert (report["status"], report["rows_good"], report["value_total"]) == ("done", 1, "1.5000")
    assert report["refused"] == [
        {
            "line": 3,
            "code": "bad_timestamp",
            "reason": "The timestamp cannot be read, or lies before 1900 or after 2199.",
        }
    ]
    assert catalogue.source("branch").kind.value == "file"
    assert stream()["source"].to_pylist() == ["branch"]
    assert actions.take_incoming() == 0


def test_a_file_that_cannot_be_read_rests_in_failed(place: Path) -> None:
    path = _put(place, "odd.csv", "nothing,known\n1,2\n")
    actions.take_incoming()
    actions.take_incoming()
    report = _report(path.parent / "failed" / "odd.csv.report.json")
    assert report["message"].startswith("No preset fits")
    assert stream().num_rows == 0


def test_files_still_being_written_are_left_alone(place: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, incoming_quiet_seconds=3_600)
    for name in ("a.csv", "b.csv.part", ".hidden.csv", "c.tmp"):
        _put(place, name)
    assert actions.take_incoming() == 0
    _put(place, "a.csv.done", "")
    assert actions.take_incoming() == 1
    actions.take_incoming()
    kept = sorted(each.name for each in (place / "data" / "incoming" / "branch").iterdir())
    assert kept == [".hidden.csv", "b.csv.part", "c.tmp", "done"]


def test_a_corrected_file_of_the_same_name_replaces_the_first(place: Path) -> None:
    for value in ("1.50", "2.50"):
        path = _put(place, "monday.csv", TEXT.replace("1.50", value))
        actions.take_incoming()
        actions.take_incoming()
    newest, oldest = queries.deliveries()
    assert (newest.replaces, oldest.status) == (oldest.id, DeliveryStatus.REPLACED)
    assert stream().num_rows == 1
    assert _report(path.parent / "done" / "monday.csv.report.json")["value_total"] == "2.5000"


def test_a_folder_that_can_be_no_source_says_so(place: Path) -> None:
    path = _put(place, "a.csv", source="No Such Name!")
    actions.take_incoming()
    report = _report(path.parent / "failed" / "a.csv.report.json")
    assert report["message"].startswith("slug:")


def test_an_original_is_deleted_after_its_days_and_its_report_stays(place: Path) -> None:
    path = _put(place, "monday.csv")
    os.utime(path, (0, 0))  # the sender's own time says nothing
    _put(place, "odd.csv", "nothing,known\n1,2\n")
    actions.take_incoming()
    actions.take_incoming()
    by_hand = path.parent / "done" / "by-hand.csv"
    by_hand.write_text(TEXT)
    original, report = path.parent / "done" / "monday.csv", path.parent / "done" / "monday.csv.report.json"
    loaded_at = report.stat().st_mtime
    assert actions.clear_originals(now=loaded_at + 7 * 86_400 - 1) == 0
    assert original.exists()
    assert actions.clear_originals(now=loaded_at + 7 * 86_400 + 1) == 1
    assert not original.exists()
    assert all(each.exists() for each in (report, by_hand, path.parent / "failed" / "odd.csv"))


def test_an_original_is_not_kept_at_all_when_no_days_are_given(place: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, keep_originals_days=0)
    path = _put(place, "monday.csv")
    actions.take_incoming()
    actions.take_incoming()
    assert not path.exists()
    assert [each.name for each in (path.parent / "done").iterdir()] == ["monday.csv.report.json"]
    assert stream().num_rows == 1
    _put(place, "odd.csv", "nothing,known\n1,2\n")
    actions.take_incoming()
    actions.take_incoming()
    assert (path.parent / "failed" / "odd.csv").exists()


def test_originals_kept_before_go_when_no_days_are_given_any_more(place: Path, settings: Any) -> None:
    path = _put(place, "monday.csv")
    actions.take_incoming()
    actions.take_incoming()
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, keep_originals_days=0)
    actions.upkeep()
    assert [each.name for each in (path.parent / "done").iterdir()] == ["monday.csv.report.json"]


def test_a_file_that_is_what_its_control_file_says_goes_in(place: Path) -> None:
    path = _put(place, "monday.csv")
    _put(place, "monday.csv.control", "rows=2\ntotal=1.50\n")
    actions.take_incoming()
    actions.run_deliveries()
    actions.take_incoming()
    report = _report(path.parent / "done" / "monday.csv.report.json")
    assert (report["status"], report["control_rows"], report["control_total"]) == ("done", 2, "1.5000")
    assert not path.with_name("monday.csv.control").exists()


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ("rows=3", "Control totals: 3 rows were announced, the file has 2."),
        ('{"total": 2}', "Control totals: a total of 2.0000 was announced, the rows that can be read come to 1.5000."),
        ("rows: two", "rows: a whole number, without separators."),
        ("count=2", "The control file must say rows, total or both, such as: rows=1200"),
    ],
)
def test_a_file_that_is_not_what_its_control_file_says_stays_out(place: Path, control: str, said: str) -> None:
    path = _put(place, "monday.csv")
    _put(place, "monday.csv.control", control)
    actions.take_incoming()
    actions.run_deliveries()
    actions.take_incoming()
    report = _report(path.parent / "failed" / "monday.csv.report.json")
    assert (report["status"], report["message"]) == ("failed", said)
    assert len(stream()) == 0
