"""CSV as people write it: any of the usual encodings, delimiters and quotes, and every good row read with its line."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.stream.files.csv import CsvReader
from sojourn.engine.stream.files.opening import open_file
from sojourn.engine.stream.files.quotes import ends
from sojourn.engine.stream.files.rows import Dialect, Refusal

HEAD = "user_id;event;note\n"
BODY = "jörg;Besuch;„Grüße“ für 5 €\nana;Kauf;naïve façade\n" * 40


def _read(path: Path, block_bytes: int | None = None) -> tuple[list[dict[str, str | None]], list[int], list[Refusal]]:
    reader = open_file(path)
    if block_bytes is not None:
        reader = CsvReader(path, reader.dialect, block_bytes=block_bytes)
    rows: list[dict[str, str | None]] = []
    lines: list[int] = []
    refused: list[Refusal] = []
    for each in reader.batches():
        rows += each.table.to_pylist()
        lines += each.lines.tolist()
        refused += each.refused
    return rows, lines, refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_usual_encodings_are_found_out(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + BODY).encode(encoding))
    rows, lines, refused = _read(path)
    assert rows[0] == {"user_id": "jörg", "event": "Besuch", "note": "„Grüße“ für 5 €"}
    assert (len(rows), lines[0], lines[-1], refused) == (80, 2, 81, [])


def test_latin_1_is_told_from_cp1252_by_what_only_that_has(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("user_id;event\njörg;Straße\nrené;façade\n".encode("latin-1"))
    assert open_file(path).dialect.encoding == "latin-1"


def test_cyrillic_is_not_read_as_western(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "user_id;событие\nиван;Покупка товара в магазине\nольга;Просмотр страницы каталога\n" * 30
    path.write_bytes(text.encode("cp1251"))
    assert open_file(path).dialect.encoding == "cp1251"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [["user_id", "event", "note"], ["ana", "Visit", "1,5; and so"], ["ben", "Visit", "a|b"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_text(out.getvalue())
    reader = open_file(path)
    assert (reader.dialect.delimiter, reader.header) == (delimiter, rows[0])
    assert [list(row.values()) for row in _read(path)[0]] == rows[1:]


def test_gzip_is_read_as_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress((HEAD + BODY).encode()))
    assert len(_read(path)[0]) == 80


def test_a_name_that_lies_is_noted_and_the_content_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_text(HEAD + BODY)
    reader = open_file(path)
    assert reader.dialect.format == "csv"
    assert "The name ends in .parquet" in reader.dialect.notes[-1]


def test_lines_are_counted_through_values_of_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('user_id,note\r\nana,"one\ntwo, ""three""\n"\r\nben,x\r\n\r\ncarl,y')
    rows, lines, refused = _read(path)
    assert [row["user_id"] for row in rows] == ["ana", "ben", "carl"]
    assert rows[0]["note"] == 'one\ntwo, "three"\n'
    assert (lines, refused) == ([2, 5, 7], [])


def test_a_quote_within_a_field_is_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('user_id,note\nana,5" screen\nben,6" screen\n')
    assert [row["note"] for row in _read(path)[0]] == ['5" screen', '6" screen']


def test_an_unclosed_quote_costs_its_line_only_even_across_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = "".join(f"user{at},x\n" for at in range(3_000))
    path.write_text("user_id,note\n" + good + '"lost,x\n' + good)
    rows, _, refused = _read(path, block_bytes=4_096)
    assert len(rows) == 6_000
    assert [(each.line, each.code) for each in refused] == [(3_002, "unclosed_quote")]


def _stays_open(raw: bytes) -> bool:
    """Say, byte by byte, whether a quoted field is open at the end of a row's bytes."""
    inside, is_begin, at = False, True, 0
    while at < len(raw):
        if inside and raw[at : at + 2] == b'""':
            at += 1
        elif inside and raw[at] == 34:
            inside = False
        elif not inside and raw[at] == 34 and is_begin:
            inside = True
        is_begin = not inside and raw[at] == 44
        at += 1
    return inside


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(st.text('",x', max_size=6).map(str.encode), max_size=8))
def test_rows_end_where_their_last_quote_closes(lines: list[bytes]) -> None:
    expected = [
        next((to for to in range(at, len(lines)) if not _stays_open(b"\n".join(lines[at : to + 1]))), len(lines))
        for at in range(len(lines))
    ]
    assert ends(lines, ",") == expected


def test_a_quote_left_open_in_every_line_is_looked_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b,c\n" + b'x",y,"\n' * 100_000)
    rows, _, refused = _read(path)
    assert (rows, len(refused), {each.code for each in refused}) == ([], 100_000, {"unclosed_quote"})


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=40), block=st.sampled_from([16, 64, 1 << 20]))
def test_what_a_writer_wrote_is_read_whatever_the_blocks(
    rows: list[tuple[str, str, str]], block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *rows])
    path.write_bytes(out.getvalue().encode())
    reader = CsvReader(path, Dialect(format="csv"), block_bytes=block)
    found = [tuple(row.values()) for each in reader.batches() for row in each.table.to_pylist()]
    assert found == [tuple(cell or None for cell in row) for row in rows]


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_make_it_fail_without_a_sentence(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    from sojourn.engine.stream.files.rows import UnreadableFileError

    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(data)
    try:
        for each in open_file(path).batches():
            assert each.table.num_rows == len(each.lines)
    except UnreadableFileError as error:
        assert error.message


def test_a_row_of_the_wrong_width_that_is_not_utf_8_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + b"1;2\n\xc3\xa4;3\n" * 4 + b"\xa0;1;2\n3;4\n")
    rows, _, refused = _read(path)
    assert (len(rows), rows[-1]) == (9, {"a": "3", "b": "4"})
    assert [(each.line, each.code) for each in refused] == [(10, "undecodable")]


@pytest.mark.parametrize(("encoding", "nothing"), [("utf-16-le", b"\x41\xdc"), ("utf-32", b"\x00\x00\x41\x7f")])
def test_half_a_pair_and_a_letter_that_cannot_be_cost_their_row_only(
    encoding: str, nothing: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    good = "a;b\n1;2\n".encode(encoding)
    path.write_bytes(good + nothing + ";3\n4;5\n".encode(encoding.removesuffix("-le") + "-le"))
    rows, _, refused = _read(path)
    assert rows == [{"a": "1", "b": "2"}, {"a": "4", "b": "5"}]
    assert [(each.line, each.code) for each in refused] == [(3, "undecodable")]


def test_a_row_ended_by_a_lone_carriage_return_is_refused_and_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(b"a,b\r\n1,2\n3,4\r5,6\n7,8\r\n")
    rows, lines, refused = _read(path)
    assert rows == [{"a": "1", "b": "2"}, {"a": "7", "b": "8"}]
    assert lines == [2, 4]
    assert [(each.line, each.code) for each in refused] == [(3, "bad_row")]
