"""Malformed files and what who hands one in sees; `docs/reference/bad-input.md` is compared with this list."""
# ruff: noqa: E501 - a table: one example a line

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

HEAD = "user_id,event,timestamp,value,currency,properties\n"
GOOD = "ana,Visit,2026-01-05 09:00:00,,,\n"


@dataclass(frozen=True, slots=True)
class Bad:
    """A file, its code (of the row, or "" when the whole file is refused), and the sentence; good rows still enter."""

    what: str
    name: str
    content: bytes | Callable[[], bytes]
    code: str
    sees: str
    line: int = 0
    good: int = 0

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.content() if callable(self.content) else self.content


def _csv(row: str | bytes, head: str = HEAD) -> bytes:
    return head.encode() + GOOD.encode() + (row.encode() if isinstance(row, str) else row) + b"\n" + GOOD.encode()


def _parquet(cut: int | None = None) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"user_id": ["ana"] * 5_000, "event": ["Visit"] * 5_000}), out)
    return out.getvalue()[:cut]


def _gzip(text: str, cut: int | None = None) -> bytes:
    return gzip.compress(text.encode())[:cut]


def _xes(events: str, before: str = "") -> bytes:
    log = f'<log>{before}<trace><string key="concept:name" value="1"/>{events}</trace></log>'
    return f'<?xml version="1.0"?>{log}'.encode()


def _event(name: str = "Visit", at: str = "2026-01-05T09:00:00Z") -> str:
    return f'<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="{at}"/></event>'


BOMB = """<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<log><trace><string key="concept:name" value="&b;"/></trace></log>"""
OUTSIDE = """<?xml version="1.0"?>
<log><trace><string key="concept:name" value="1"/></trace></log>
""".replace("<log>", '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log>')
DEEP = '<list key="a">' * 40 + "</list>" * 40


def _ocel(*events: str, objects: str = '{"id": "c1", "type": "customer"}') -> bytes:
    lists = '"objectTypes": [{"name": "customer", "attributes": []}], "eventTypes": []'
    return f'{{{lists}, "objects": [{objects}], "events": [{", ".join(events)}]}}'.encode()


OCEL = """{"id": "e1", "type": "Visit", "time": "2026-01-05T09:00:00Z", "relationships": [{"objectId": "c1", "qualifier": ""}]}"""

JSON = '{"user_id": "ana", "event": "Visit", "timestamp": "2026-01-05"}\n'

WHOLE = [
    Bad("An empty file", "a.csv", b"", "", "The file is empty."),
    Bad("A file of blank lines", "a.csv", b"\n\n \n", "", "The file is empty."),
    Bad("A header and no rows", "a.csv", HEAD.encode(), "", "The file has a header, but no rows."),
    Bad("A binary file called CSV", "a.csv", bytes(range(256)) * 40, "", "This is a binary file, not text"),
    Bad("A program", "a.csv", b"\x7fELF" + bytes(500), "", "This is a program."),
    Bad("An Excel workbook", "a.xlsx", b"PK\x03\x04" + bytes(500), "", "This is a ZIP archive or an Excel workbook"),
    Bad("An old Excel workbook", "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(500), "", "This is an old Excel or Office file"),
    Bad("A PDF", "a.pdf", b"%PDF-1.7 ...", "", "This is a PDF."),
    Bad("An SQLite database", "a.db", b"SQLite format 3\x00" + bytes(200), "", "This is an SQLite database"),
    Bad("A web page saved as CSV", "a.csv", b"<!DOCTYPE html><html></html>", "", "This is a web page (HTML)"),
    Bad("A header without values' names", "a.csv", b"1,2,3\n4,5,6\n", "", "The first line holds values, not names"),
    Bad("A column named twice", "a.csv", b"user_id,event,event,timestamp\na,b,c,d\n", "", "The header names event more than once."),
    Bad("Columns that no preset knows", "a.csv", b"a,b,c\n1,x,2\n", "", "No preset fits the columns a, b, c."),
    Bad("Only one column", "a.csv", b"user_id\nana\n", "", "No preset fits the columns user_id."),
    Bad("gzip cut short", "a.csv.gz", lambda: _gzip(HEAD + GOOD * 50, 40), "", "The gzip file is damaged or cut short"),
    Bad("zstd instead of gzip", "a.csv.zst", b"\x28\xb5\x2f\xfd" + bytes(50), "", "This is compressed with zstd"),
    Bad("Parquet cut short", "a.parquet", lambda: _parquet(600), "", "The Parquet file is damaged or cut short"),
    Bad("Parquet without a time", "a.parquet", _parquet, "", "No preset fits the columns user_id, event."),
    Bad("Feather instead of Parquet", "a.parquet", b"ARROW1\x00\x00" + bytes(50), "", "This is an Arrow or Feather file"),
    Bad("One JSON list", "a.json", b'[{"user_id": "ana"}]', "", "This is one JSON list; JSON lines are needed"),
    Bad("XML that is no event log", "a.xes", b"<?xml version='1.0'?><orders/>", "", "This is XML, but not an event log"),
    Bad("XML that breaks off", "a.xes", lambda: _xes(_event())[:-9], "", "The XML is broken in line 1"),
    Bad("XES with an entity bomb", "a.xes", BOMB.encode(), "", "The XML declares a document type or entities"),
    Bad("XES that names a file of the server", "a.xes", OUTSIDE.encode(), "", "The XML declares a document type or entities"),
    Bad("gzip that unpacks to 400 times its size (a bomb)", "a.xes.gz", lambda: gzip.compress(b"<log>" + b" " * (80 << 20), 6), "", "The gzip file unpacks to more than 400 times its size"),
    Bad("XES in gzip cut short", "a.xes.gz", lambda: gzip.compress(_xes("".join(_event(f"{at}") for at in range(9_000))))[:-4_000], "", "The gzip file is damaged or cut short"),
    Bad("OCEL that breaks off", "a.json", lambda: _ocel(OCEL)[:-2], "", "The JSON breaks off"),
    Bad("OCEL of the first version", "a.jsonocel", b'{"ocel:global-log": {}, "ocel:events": {}, "ocel:objects": {}}', "", "This is OCEL 1.0"),
    Bad("OCEL without events", "a.json", b'{"objectTypes": [], "eventTypes": [], "objects": []}', "", "The log holds no events."),
    Bad("OCEL whose events are a list of numbers", "a.json", b'{"objectTypes": [], "events": [1, 2]}', "", "The JSON is broken, or no object of lists of objects in 'events'."),
    Bad("OCEL with an object of no type", "a.json", lambda: _ocel(OCEL, objects='{"id": "c1"}'), "", "An element of objects cannot be read"),
    Bad("OCEL without customers", "a.json", lambda: _ocel(OCEL).replace(b'"customer"', b'"machine"'), "", "No preset fits the columns ocel:eid"),
    Bad("OCEL saved as XML", "a.xml", b'<log><object-types/><event-types/></log>', "", "This is OCEL as XML"),
    Bad("XES nested without end", "a.xes", lambda: _xes(_event(), DEEP), "", "Attributes are nested deeper than 32."),
]  # fmt: skip

ROWS = [
    Bad("A row without a time", "a.csv", _csv("ana,Visit,,,,"), "missing_timestamp", "The row has no timestamp.", 3, 2),
    Bad("A time that is none", "a.csv", _csv("ana,Visit,soon,,,"), "bad_timestamp", "The timestamp cannot be read", 3, 2),
    Bad("A thirteenth month", "a.csv", _csv("ana,Visit,2026-13-01,,,"), "bad_timestamp", "The timestamp cannot be read", 3, 2),
    Bad("A time in the year 3000", "a.csv", _csv("ana,Visit,3000-01-01,,,"), "bad_timestamp", "The timestamp cannot be read", 3, 2),
    Bad("A row of nobody", "a.csv", _csv(",Visit,2026-01-05,,,"), "missing_identity", "Neither user_id nor anonymous_id is filled.", 3, 2),
    Bad("A row in which nothing happened", "a.csv", _csv("ana,,2026-01-05,,,"), "missing_event", "The row does not say what happened", 3, 2),
    Bad("An amount that is no number", "a.csv", _csv("ana,Visit,2026-01-05,lots,,"), "bad_number", "value is not a number, or too large.", 3, 2),
    Bad("An amount beyond any account", "a.csv", _csv("ana,Visit,2026-01-05,1e40,,"), "bad_number", "value is not a number, or too large.", 3, 2),
    Bad("A currency that is none", "a.csv", _csv("ana,Visit,2026-01-05,1,dollars,"), "bad_currency", "currency is not a code of three letters.", 3, 2),
    Bad("Properties that are not JSON", "a.csv", _csv("ana,Visit,2026-01-05,,,{oops"), "bad_json", "properties is not JSON", 3, 2),
    Bad("Properties that are a list", "a.csv", _csv("ana,Visit,2026-01-05,,,[1]"), "bad_json", "properties is JSON, but not an object.", 3, 2),
    Bad("A type that does not exist", "a.csv", _csv("ana,Visit,2026-01-05,buy", "user_id,event,timestamp,type\n").replace(b",,,", b","), "bad_type", "type must be one of", 3, 2),
    Bad("Too few columns", "a.csv", _csv("ana,Visit"), "column_count", "The row has 2 columns, the header 6.", 3, 2),
    Bad("Too many columns", "a.csv", _csv("ana,Visit,2026-01-05,,,,,"), "column_count", "The row has 8 columns, the header 6.", 3, 2),
    Bad("A quotation mark that is never closed", "a.csv", _csv('"ana,Visit,2026-01-05,,,'), "unclosed_quote", "A quotation mark is opened and not closed.", 3, 2),
    Bad("A quotation mark closed lines later", "a.csv", _csv('"ana,Visit,2026-01-05,,,') + b'x"\n' + GOOD.encode(), "column_count", "The row has 1 columns, the header 6.", 3, 3),
    Bad("Bytes of another encoding in one line", "a.csv", _csv(b"jos\xe9,Visit,2026-01-05,,,") + "jörg,Visit,2026-01-05,,,\n".encode() * 9, "undecodable", "Byte 4 of the line is not utf-8.", 3, 11),
    Bad("A field of two megabytes", "a.csv", lambda: _csv("a" * (2 << 20) + ",Visit,2026-01-05,,,"), "too_long", "The row is longer than 1024 KB.", 3, 2),
    Bad("A user id of a thousand characters", "a.csv", _csv("a" * 1_000 + ",Visit,2026-01-05,,,"), "too_long", "user_id is longer than 500 characters.", 3, 2),
    Bad("An event name of a thousand characters", "a.csv", _csv("ana," + "V" * 1_000 + ",2026-01-05,,,"), "too_long", "event is longer than 200 characters.", 3, 2),
    Bad("Properties of fifty kilobytes", "a.csv", _csv('ana,Visit,2026-01-05,,,"{""a"": [' + "1," * 25_000 + '1]}"'), "too_long", "The properties are longer than 32 KB.", 3, 2),
    Bad("A line that is not JSON", "a.jsonl", (JSON + "oops\n" + JSON).encode(), "bad_json", "The line is not JSON", 2, 2),
    Bad("A line that is a number", "a.jsonl", (JSON + "7\n" + JSON).encode(), "not_an_object", "The line is JSON, but not an object.", 2, 2),
    Bad("JSON nested a hundred thousand times", "a.jsonl", (JSON + '{"a":' + "[" * 100_000 + "\n" + JSON).encode(), "bad_json", "The line is not JSON", 2, 2),
    Bad("A JSON line of another encoding", "a.jsonl", JSON.encode() + b'{"user_id": "jos\xe9"}\n' + JSON.replace("ana", "jörg").encode() * 9, "undecodable", "Byte 17 of the line is not utf-8.", 2, 10),
    Bad("An event without a time in XES", "a.xes", _xes(_event() + '<event><string key="concept:name" value="x"/></event>'), "missing_timestamp", "The row has no timestamp.", 2, 1),
    Bad("An event without a type in OCEL", "a.json", lambda: _ocel(OCEL, OCEL.replace('"type": "Visit", ', "")), "bad_event", "The event cannot be read", 2, 1),
    Bad("An event of an unknown object in OCEL", "a.json", lambda: _ocel(OCEL, OCEL.replace("c1", "c9")), "unknown_object", "The event names an object that is not among the objects.", 2, 1),
    Bad("An event of nobody in OCEL", "a.json", lambda: _ocel(OCEL, OCEL.replace("relationships", "nothing")), "missing_identity", "Neither user_id nor anonymous_id is filled.", 2, 1),
    Bad("An event with a wrong time in XES", "a.xes", _xes(_event() + _event(at="yesterday")), "bad_timestamp", "The timestamp cannot be read", 2, 1),
]  # fmt: skip
