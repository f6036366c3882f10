"""Plain XES is read without a parser, and as the parser reads it; what is not plain is left to the parser."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.stream.files.rows import Rows, UnreadableFileError
from sojourn.engine.stream.files.sniff import sniff
from sojourn.engine.stream.files.xes import XesReader
from sojourn.engine.stream.files.xes_plain import NotPlainError

KEYS = st.sampled_from(["concept:name", "time:timestamp", "a", "b", "é"])
KINDS = st.sampled_from(["string", "date", "int", "float", "boolean", "id"])
VALUES = st.one_of(
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=5),
    st.sampled_from(["", "7", "-1.50", "true", "False", "nan", "1e400", "a<b>&\"'", "007", "line\nline"]),
)
ATTRIBUTES = st.lists(st.tuples(KEYS, KINDS, VALUES), max_size=4)
TRACES = st.lists(st.tuples(ATTRIBUTES, st.lists(ATTRIBUTES, max_size=3), ATTRIBUTES), max_size=4)


ALWAYS = '<string key="always" value="x"/>'


def attributes(those: list[tuple[str, str, str]]) -> str:
    return "\n".join(f"<{kind} key={quoteattr(key)}  value={quoteattr(value)}/>" for key, kind, value in those)


def written(traces: Any, scope: str, given: list[tuple[str, str, str]]) -> str:
    body = "".join(
        f"<trace>{attributes(before)}{''.join(f'<event>{ALWAYS}{attributes(each)}</event>' for each in events)}"
        f"{attributes(after)}</trace>\n"
        for before, events, after in traces
    )
    return f'<?xml version="1.0"?>\n<log><global scope="{scope}">{attributes(given)}</global>\n{body}</log>\n'


def reader(path: Path) -> XesReader:
    return XesReader(path, sniff(path))


def values(batches: Any) -> list[Any]:
    found: list[Any] = []
    for rows in batches:
        assert isinstance(rows, Rows)
        flags = {name: each.to_pylist() for name, each in rows.is_json.items()}
        for at, (line, row) in enumerate(zip(rows.lines.tolist(), rows.table.to_pylist(), strict=True)):
            said = {name: value for name, value in row.items() if value is not None}
            found.append((line, said, {name for name in said if flags.get(name, [False] * (at + 1))[at]}))
    return found


@settings(deadline=None, max_examples=80)
@given(
    traces=TRACES,
    scope=st.sampled_from(["trace", "event"]),
    defaults=st.lists(st.tuples(KEYS, KINDS, VALUES), max_size=2),
)
def test_both_ways_read_the_same(traces: Any, scope: str, defaults: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xes"
        path.write_text(written(traces, scope, defaults), "utf-8")
        read = reader(path)
        parsed = values(read._parsed(1_000))
        try:
            plain = values(read._plainly())
        except NotPlainError:
            plain = parsed
        assert plain == parsed
        assert values(read.batches()) == parsed


PLAIN = '<log>\n<trace><string key="concept:name" value="1"/><event><int key="a" value="2"/></event></trace>\n</log>\n'


def test_a_plain_log_needs_no_parser(tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(PLAIN)
    assert values(reader(path)._plainly()) == [(1, {"case:concept:name": "1", "a": "2"}, {"a"})]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<trace>", "<!-- <trace> --><trace>"),
        ("<trace>", "<trace><!-- x -->"),
        ("<trace>", '<trace id="1">'),
        ("<event>", "<event><![CDATA[x]]>"),
        ("<event>", "<event>text"),
        ("<event>", "<event/><event>"),
        ('<int key="a" value="2"/>', '<int key="a" value="2"></int>'),
        ('<int key="a" value="2"/>', '<int value="2" key="a"/>'),
        ('<int key="a" value="2"/>', '<list key="a"><values><int key="a" value="2"/></values></list>'),
        ('<int key="a" value="2"/>', '<string key="a" value="x&#10;&#x41;&amp;"/>'),
        ('<int key="a" value="2"/>', '<string key="a" value="x\ny"/>'),
        ("</trace>", "</trace><event/>"),
        ("</log>", '<string key="late" value="x"/></log>'),
        ("<log>", '<xes:log xmlns:xes="u">'),
    ],
)
def test_what_is_not_plain_is_read_by_the_parser(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    text = PLAIN.replace(old, new, 1)
    path.write_text(text.replace("</log>", "</xes:log>") if "xes:log" in new else text)
    read = reader(path)
    assert values(read.batches()) == values(read._parsed(1_000))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</event>", ""),
        ("</trace>", ""),
        ("</log>", ""),
        ("</log>", "</log>x"),
        ('value="2"', 'value="<"'),
        ('value="2"', 'value="&nbsp;"'),
        ('value="2"', 'value="&#0;"'),
        ('value="2"', 'value="\x01"'),
        ('"2"/>', '"2">'),
        ('key="a"', 'key="a" key="b"'),
    ],
)
def test_broken_xml_is_refused_as_the_parser_refuses_it(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(PLAIN.replace(old, new, 1))
    with pytest.raises(UnreadableFileError, match="The XML is broken"):
        list(reader(path).batches())


def test_a_log_that_turns_difficult_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    trace = (
        '<trace><string key="concept:name" value="{}"/>' + '<event><string key="a" value="b"/></event>' * 5 + "</trace>"
    )
    many = "".join(trace.format(at) for at in range(20_000))
    path.write_text(f"<log>{many}<!-- x -->{trace.format('last')}</log>")
    found = [line for rows in reader(path).batches() for line in rows.lines.tolist()]
    assert found == list(range(1, 100_006))
