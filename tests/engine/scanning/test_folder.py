"""What lies in a folder's files is found: in pages, rows, columns, dictionaries, archives, names of files."""

from __future__ import annotations

import gzip
import lzma
import zipfile
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pysqlite3
import pytest

from sojourn.engine.scanning.folder import scan_folder
from sojourn.engine.scanning.probing import probe
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Needles, StoreScan
from sojourn.kit.sealing import Sealer

SEALER = Sealer(bytes(32))
MAIL = "ana.silva@example.com"
TOKEN = 1_234_567_890_123_456_789
SEARCHER = Searcher(Needles(texts=(MAIL,), tokens=(TOKEN,)))


def looked(folder: Path) -> dict[str, StoreScan]:
    return scan_folder(folder, SEARCHER, SEALER)


def test_markers_are_found_in_a_store_of_each_kind(tmp_path: Path) -> None:
    assert probe(tmp_path, SEALER) == {"segments", "spool", "database", "files"}


def test_a_value_over_the_border_of_two_pages_is_found(tmp_path: Path) -> None:
    with closing(pysqlite3.connect(tmp_path / "state.sqlite3", isolation_level=None)) as database:
        database.execute("CREATE TABLE notes (text TEXT)")
        before = 4_096 * 3 - 40
        database.executemany("INSERT INTO notes VALUES (?)", [("x" * (before + at) + MAIL,) for at in range(0, 80, 4)])
    assert looked(tmp_path)["state"].found[0] >= 20


def test_a_token_as_a_number_in_a_row_is_found_and_one_in_the_log_too(tmp_path: Path) -> None:
    with closing(pysqlite3.connect(tmp_path / "state.sqlite3", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE links (person INTEGER)")
        database.execute("INSERT INTO links VALUES (?)", [TOKEN])
        assert looked(tmp_path)["state"].found == {1: 1}, "in the log only"


def test_what_a_foreign_parquet_file_holds_is_found_whatever_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "deep": [[{"mail": MAIL}]],
            "sure": pa.array([MAIL]).dictionary_encode(),
            "raw": pa.array([MAIL.encode()]),
            "person": [TOKEN],
        }
    )
    (tmp_path / "segments").mkdir()
    pq.write_table(table, tmp_path / "segments" / "a.parquet", compression="zstd")
    found = looked(tmp_path)["segments"]
    assert found.found[0] >= 3
    assert found.found[1] >= 1
    assert found.rows == 1


def test_archives_and_names_of_files_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "deliveries").mkdir()
    with zipfile.ZipFile(tmp_path / "deliveries" / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<c>{MAIL}</c>" * 50)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"answer of {MAIL}").write_text("")
    found = looked(tmp_path)
    assert found["deliveries"].found[0] == 50
    assert found["cache"].found == {0: 1}


def test_a_file_that_cannot_be_read_is_told_and_never_clean(tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "torn.parquet").write_bytes(b"PAR1 and nothing more")
    found = looked(tmp_path)["segments"]
    found.is_probed = True
    assert found.unread
    assert not found.is_clean


@pytest.mark.parametrize("name", ["torn.gz", "torn.xz", "odd.zip", "locked.zip"])
def test_a_packed_file_that_does_not_unpack_is_told_too(name: str, tmp_path: Path) -> None:
    (tmp_path / "incoming").mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", MAIL)
    made = bytearray((tmp_path / "a.zip").read_bytes())
    (tmp_path / "a.zip").unlink()
    packed = {"torn.gz": gzip.compress(b"a" * 9_999 + MAIL.encode()), "torn.xz": lzma.compress(MAIL.encode() * 99)}
    raw = bytearray(packed.get(name, made))
    entry = raw.find(b"PK\x01\x02")  # the archive's list of what is in it, which is what counts
    if name == "odd.zip":
        raw[entry + 10] = 99  # a way of packing that does not exist
    elif name == "locked.zip":
        raw[6] = raw[entry + 8] = 1  # wants a password
    else:
        raw[12:20] = b"\xff" * 8
    (tmp_path / "incoming" / name).write_bytes(raw)
    assert looked(tmp_path)["incoming"].unread


def test_the_key_is_left_out_and_so_is_what_is_named(tmp_path: Path) -> None:
    for name in ("keys", "backups", "cache"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(MAIL)
    assert set(scan_folder(tmp_path, SEARCHER, SEALER, without=("backups",))) == {"cache"}
