"""Packed files are read piece by piece and within bounds."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from sojourn.engine.stream.files import unpacking
from sojourn.engine.stream.files.opening import open_file
from sojourn.engine.stream.files.rows import UnreadableFileError
from sojourn.engine.stream.files.unpacking import BombError, Source

ROWS = b"user_id,event,timestamp\n" + b"ana,Visit,2026-01-05\n" * 60_000


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz", "a.xes.gz"])
def test_a_packed_file_ends_at_its_bound(name: str, tmp_path: Path) -> None:
    content = {
        "a.csv.gz": ROWS,
        "a.jsonl.gz": b'{"user_id":"ana","event":"Visit","timestamp":"2026-01-05"}\n' * 30_000,
        "a.xes.gz": b"<log><trace>"
        + b'<event><string key="concept:name" value="x"/></event>' * 30_000
        + b"</trace></log>",
    }[name]
    path = tmp_path / name
    path.write_bytes(gzip.compress(content))
    with pytest.raises(BombError, match="unpacks to more than 1 MB"):
        list(open_file(path, unpacked_max=1 << 20).batches())
    assert sum(each.table.num_rows for each in open_file(path, unpacked_max=len(content)).batches()) >= 30_000


def test_a_file_that_unpacks_to_hundreds_of_times_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "RATIO_FREE", 1 << 20)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"user_id,event,timestamp\n" + bytes(8 << 20).replace(b"\x00", b"\n")))
    with pytest.raises(BombError, match="400 times its size"):
        list(open_file(path).batches())


def test_a_file_cut_anywhere_says_so(tmp_path: Path) -> None:
    packed = gzip.compress(ROWS)
    path = tmp_path / "a.csv.gz"
    for end in (11, len(packed) // 2, len(packed) - 1):
        path.write_bytes(packed[:end])
        with pytest.raises(UnreadableFileError, match="damaged or cut short"):
            list(open_file(path).batches())
    path.write_bytes(packed[:1_000] + b"\x00" * 40 + packed[1_040:])
    with pytest.raises(UnreadableFileError, match="damaged or cut short"):
        list(open_file(path).batches())


def test_bytes_done_are_those_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(ROWS))
    with Source(path, compressed=True) as file:
        while file.read(1 << 16):
            pass
        assert file.done == path.stat().st_size
