"""Markers in stores that are written as the real ones are: a search that does not find them proves nothing."""

from __future__ import annotations

import gzip
import secrets
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import pyarrow as pa
import pysqlite3

from sojourn.engine.scanning.folder import scan_folder
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Needles
from sojourn.engine.stream import segments
from sojourn.engine.stream.schema import fitted
from sojourn.engine.stream.spool import Frame, SpoolWriter
from sojourn.kit.ids import random_tokens
from sojourn.kit.sealing import Sealer

PLAIN: Final = ("raw", "text", "packed")  # files of every other kind: bytes, text, and text under gzip
PAGES: Final = ("small", "spilled", "freed", "logged")  # where a row of a database may lie
_TEXTS: Final = ("name", "channel", "product", "properties")
_SPILLED_BYTES: Final = 10_000


def markers() -> Needles:
    """Make a text and a token that stand nowhere else."""
    return Needles(texts=(f"marker-{secrets.token_hex(8)}@probe.invalid",), tokens=(random_tokens(1)[0],))


def probe(scratch: Path, sealer: Sealer) -> frozenset[str]:
    """Plant markers in a store of every kind below an empty folder, search it, and name the kinds that showed all.

    The kinds are `segments`, `spool`, `database` and `files`; a column or page that hides one takes its kind out.
    """
    planted = markers()
    text, token = planted.texts[0], planted.tokens[0]
    expected = {
        "segments": _plant_segments(scratch, text, token),
        "spool": _plant_spool(scratch / "spool", text, token, sealer),
        "files": _plant_files(scratch, text, token),
        "database": _plant_databases(scratch, text, token),
    }
    found = scan_folder(scratch, Searcher(planted), sealer)
    return frozenset(
        kind for kind, stores in expected.items() if all(_is_found(found.get(store), planted) for store in stores)
    )


def _is_found(store: object, planted: Needles) -> bool:
    return len(getattr(store, "found", ())) == len(planted)


def _plant_segments(scratch: Path, text: str, token: int) -> list[str]:
    """Write one file a column, each a store of its own, so that each column has to show its marker."""
    now = pa.array([time.time_ns() // 1_000], pa.timestamp("us"))
    stores = []
    for column in _TEXTS:
        values = {"event_id": [1], "batch": [1], "message": ["0" * 32], "person": [token], "name": ["Probe"]}
        values |= {"kind": ["track"], "occurred_at": now, "received_at": now, column: [text]}
        stores.append(f"segments {column}")
        segments.write(scratch / stores[-1], fitted(pa.table(values)), batch=1)
    return stores


def _plant_spool(folder: Path, text: str, token: int, sealer: Sealer) -> list[str]:
    writer = SpoolWriter(folder, sealer, 1 << 20)
    writer.append([Frame("probe", "items", 0, items=[f'{{"userId":"{text}","token":{token}}}'.encode()])])
    writer.close()
    return [folder.name]


def _plant_files(scratch: Path, text: str, token: int) -> list[str]:
    contents = {
        "raw": b"\x00" * 100 + text.encode() + token.to_bytes(8, "little", signed=True),
        "text": f"{text.upper()} {token & (1 << 64) - 1:016x}".encode(),
        "packed": gzip.compress(f"{text} {token}".encode()),
    }
    for name in PLAIN:
        (scratch / name).mkdir()
        (scratch / name / "file").write_bytes(contents[name])
    return list(PLAIN)


def _plant_databases(scratch: Path, text: str, token: int) -> list[str]:
    """Write a row in a page, one over many pages, one deleted, and one that only the write-ahead log has."""
    for name in PAGES:
        with closing(pysqlite3.connect(scratch / f"{name}.sqlite3", isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE probe (token INTEGER, value TEXT)")
            value = "x" * _SPILLED_BYTES + text + "x" * _SPILLED_BYTES if name == "spilled" else text
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("INSERT INTO probe VALUES (?, ?)", (token, value))
            if name == "freed":
                database.execute("PRAGMA secure_delete=OFF")
                database.execute("DELETE FROM probe")
            if name == "logged":  # as a crash leaves it: closing would bring the log into the file
                logged = {each: (scratch / each).read_bytes() for each in (f"{name}.sqlite3", f"{name}.sqlite3-wal")}
        if name == "logged":
            for each, content in logged.items():
                (scratch / each).write_bytes(content)
    return list(PAGES)
