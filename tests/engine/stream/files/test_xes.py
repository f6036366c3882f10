"""XES as the standard has it: typed and nested attributes, globals, traces, namespaces; unsafe XML is refused."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from sojourn.engine.stream.files.opening import open_file
from sojourn.engine.stream.files.rows import UnreadableFileError

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <global scope="trace"><string key="concept:name" value="unknown"/><string key="region" value="north"/></global>
  <global scope="event"><string key="lifecycle:transition" value="complete"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="creator" value="a test"/>
  <trace>
    <event>
      <string key="concept:name" value="A &amp; B"/>
      <date key="time:timestamp" value="2026-01-05T09:00:00.000+01:00"/>
      <string key="org:resource" value="Pete"/>
      <int key="cost:total" value="50"/><float key="score" value="1.50"/><boolean key="ok" value="true"/>
      <list key="parts"><string key="part" value="x"/><string key="part" value="y"/></list>
      <string key="place" value="here"><int key="floor" value="2"/></string>
    </event>
    <string key="concept:name" value="7"/>
  </trace>
  <trace><event><string key="concept:name" value="C"/><string key="lifecycle:transition" value="start"/>
    <date key="time:timestamp" value="2026-01-06T09:00:00Z"/></event></trace>
</log>
"""


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row for each in open_file(path).batches() for row in each.table.to_pylist()]


@pytest.mark.parametrize("packed", [False, True])
def test_attributes_globals_and_nested_values_are_kept(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / ("a.xes.gz" if packed else "a.xes")
    path.write_bytes(gzip.compress(LOG.encode()) if packed else LOG.encode())
    first, second = _rows(path)
    assert first == {
        "case:concept:name": "7",
        "case:region": "north",
        "lifecycle:transition": "complete",
        "concept:name": "A & B",
        "time:timestamp": "2026-01-05T09:00:00.000+01:00",
        "org:resource": "Pete",
        "cost:total": "50",
        "score": "1.5",
        "ok": "true",
        "parts": '["x","y"]',
        "place": "here",
        "place.nested": '{"floor":2}',
    }
    assert (second["case:concept:name"], second["lifecycle:transition"]) == ("unknown", "start")


def test_numbers_and_groups_are_marked_as_json(tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(LOG)
    (rows,) = open_file(path).batches()
    marked = {name for name, flags in rows.is_json.items() if flags[0].as_py()}
    assert marked == {"cost:total", "score", "ok", "parts", "place.nested"}


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE log [<!ENTITY a "b">]>',
        '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE log SYSTEM "http://example.com/log.dtd">',
        '<!DOCTYPE log [<!ENTITY % a "b">%a;]>',
    ],
)
def test_document_types_are_refused_before_they_do_anything(prologue: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(LOG.replace("<log ", prologue + "<log ", 1))
    with pytest.raises(UnreadableFileError, match="document type or entities"):
        _rows(path)


@pytest.mark.parametrize("long", ['<string key="a" value="{}"/>', "<!--{}-->", "<?a {}?>"])
def test_a_tag_without_an_end_is_not_read_again_and_again(long: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(f"<log><trace><event>{long.format('z' * (8 << 20))}</event></trace></log>")
    with pytest.raises(UnreadableFileError, match="tag is longer than 4 MB"):
        _rows(path)


@pytest.mark.parametrize("encoding", ["x", "shift_jis", "rot13"])
def test_an_encoding_that_is_none_or_not_for_xml_is_said(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(LOG.replace("UTF-8", encoding))
    with pytest.raises(UnreadableFileError, match="not in an encoding that can be read"):
        _rows(path)


def test_a_log_is_read_in_pieces(tmp_path: Path) -> None:
    events = "".join(
        f'<trace><string key="concept:name" value="{case}"/>'
        + "".join(
            f'<event><string key="concept:name" value="step {step}"/>'
            f'<date key="time:timestamp" value="2026-01-01T00:00:{step:02d}Z"/></event>'
            for step in range(10)
        )
        + "</trace>"
        for case in range(8_000)
    )
    path = tmp_path / "a.xes"
    path.write_text(f"<log>{events}</log>")
    batches = list(open_file(path).batches())
    assert len(batches) > 1
    assert sum(each.table.num_rows for each in batches) == 80_000
    assert [int(each.lines[0]) for each in batches[:2]] == [1, batches[0].table.num_rows + 1]
