"""A file of advisories becomes findings with owner and day; what is mended is settled, what is overdue is said."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tools import advisories, dependencies

TODAY = date(2026, 3, 1)
VERSIONS = {"invented-thing": "1.4.2", "other": "2.0"}


def record(number: str, *events: dict[str, str], package: str = "Invented_Thing", **more: Any) -> dict[str, Any]:
    """Make a record in the OSV format."""
    affected = {
        "package": {"ecosystem": "PyPI", "name": package},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}, {"type": "GIT", "events": [{"introduced": "0"}]}],
    }
    return {"id": number, "summary": f"About {number}", "affected": [affected], **more}


HIT = record("PYSEC-1", {"introduced": "1.0"}, {"fixed": "1.4.10"}, database_specific={"severity": "MODERATE"})
RECORDS = [
    HIT,
    record("PYSEC-2", {"introduced": "0"}, {"fixed": "1.4.2"}),
    record("PYSEC-3", {"introduced": "0"}, {"last_affected": "1.4.2"}),
    record("PYSEC-4", {"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "1.5"}, {"fixed": "1.6"}),
    record("PYSEC-5", {"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"),
    record("PYSEC-6", {"introduced": "0"}, package="somebody-else"),
    {"id": "PYSEC-7", "affected": [{"package": {"ecosystem": "PyPI", "name": "other"}, "versions": ["2.0"]}]},
    {"id": "GO-1", "affected": [{"package": {"ecosystem": "Go", "name": "other"}, "versions": ["2.0"]}]},
]


def test_only_what_concerns_a_version_in_use_is_found() -> None:
    assert list(advisories.concerning(RECORDS, VERSIONS)) == [
        ("PYSEC-1", "invented-thing", "medium", "1.4.10"),
        ("PYSEC-3", "invented-thing", "high", ""),
        ("PYSEC-7", "other", "high", ""),
    ]


def test_a_finding_is_open_with_owner_and_day_and_settled_once_the_version_is_mended() -> None:
    first = advisories.merged([], [HIT], VERSIONS, owner="ada", today=TODAY)
    assert [(each.owner, each.due, each.state, each.fixed) for each in first] == [
        ("ada", "2026-05-30", "open", "1.4.10")
    ]
    assert list(advisories.complaints(first, today=TODAY)) == []
    assert "due on 2026-05-30, fixed in 1.4.10" in next(advisories.complaints(first, today=date(2026, 6, 1)))
    silent = advisories.merged(first, [], VERSIONS, owner="", today=TODAY)
    assert silent == first, "a file that does not speak of it changes nothing"
    mended = advisories.merged(first, [HIT], {"invented-thing": "1.4.10"}, owner="", today=TODAY)
    assert [each.state for each in mended] == ["settled"]
    back = advisories.merged(mended, [HIT], VERSIONS, owner="", today=date(2026, 9, 1))
    assert [(each.state, each.due, each.owner) for each in back] == [("open", "2026-11-30", "ada")]
    accepted = replace(first[0], state="accepted")
    assert "without saying why" in next(advisories.complaints([accepted], today=TODAY))
    assert "nobody owns" in next(advisories.complaints([replace(accepted, owner="", why="x")], today=TODAY))


@pytest.mark.parametrize("form", ["list", "vulns", "one", "archive"])
def test_every_form_of_the_export_is_read_into_the_register(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    django = record("PYSEC-9", {"introduced": "0"}, package="Django")
    path = tmp_path / "advisories.json"
    if form == "archive":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("PYSEC-9.json", json.dumps(django))
    else:
        path.write_text(json.dumps({"list": [django], "vulns": {"vulns": [django]}, "one": django}[form]))
    monkeypatch.setattr(dependencies, "FINDINGS", tmp_path / "findings.json")
    told = dependencies.findings(["django"], advised=path, owner="", today=TODAY)
    assert told and "nobody owns it" in told[0]
    assert [each.advisory for each in advisories.load(tmp_path / "findings.json")] == ["PYSEC-9"]


def test_a_file_in_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sbom.json"
    path.write_text('{"bomFormat": "CycloneDX"}')
    with pytest.raises(ValueError, match="OSV"):
        list(advisories.read(path))
