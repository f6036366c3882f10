"""The spool keeps what it acknowledged, through cuts at any byte."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.engine.stream import spool
from sojourn.engine.stream.spool import Frame, Position, Refused, SpoolError, SpoolReader, SpoolWriter, spool_bytes
from sojourn.kit.sealing import Sealer, SealingError

SEALER = Sealer(bytes(range(32)))
START = Position()


def frame(*items: bytes, source: str = "web") -> Frame:
    return Frame(source=source, kind="items", received_at=1_700_000_000_000_000, items=list(items))


def written(folder: Path, *frames: Frame, segment_bytes: int = 1 << 20) -> Position:
    writer = SpoolWriter(folder, SEALER, segment_bytes)
    position = writer.append(list(frames))
    writer.close()
    return position


def everything(folder: Path, after: Position = START) -> list[bytes]:
    return [item for _, each in SpoolReader(folder, SEALER).read(after, 1 << 30) for item in each.items]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def test_frames_come_back_as_they_were_written(folder: Path) -> None:
    full = Frame(
        source="shop", kind="refused", received_at=5, sent_at=4, user_agent="curl", context=b"{}", integrations=b"{}",
        refused=[Refused(3, "m1", "no_event", "A track call needs an event.", b'{"type":"track"}')],
    )  # fmt: skip
    written(folder, frame(b"1", b"2"), full)
    assert [each for _, each in SpoolReader(folder, SEALER).read(START, 100)] == [frame(b"1", b"2"), full]


def test_a_position_leads_to_the_next_frame_and_counts_items(folder: Path) -> None:
    end = written(folder, frame(b"1", b"2"), frame(b"3"))
    found = SpoolReader(folder, SEALER).read(START, 100)
    assert [position.ordinal for position, _ in found] == [2, 3]
    assert found[-1][0] == end
    assert everything(folder, found[0][0]) == [b"3"]
    assert everything(folder, end) == []


def test_a_reader_stops_at_about_the_items_asked_for(folder: Path) -> None:
    written(folder, *(frame(b"%d" % n) for n in range(10)))
    assert len(SpoolReader(folder, SEALER).read(START, 4)) == 4
    assert len(SpoolReader(folder, SEALER).read(START, 0)) == 0


def test_every_start_begins_a_new_file_even_after_all_files_were_deleted(folder: Path) -> None:
    first = written(folder, frame(b"1"))
    second = written(folder, frame(b"2"))
    assert second.segment == first.segment + 1
    for path in folder.glob("*.spool"):
        path.unlink()
    assert written(folder, frame(b"3")).segment == second.segment + 1


def test_a_lost_number_file_never_leads_back_to_numbers_already_given(folder: Path) -> None:
    before = written(folder, frame(b"1"))
    shutil.rmtree(folder)
    folder.mkdir()
    after = written(folder, frame(b"2"))
    assert after.segment > before.segment
    assert everything(folder, before) == [b"2"]


def test_files_roll_at_their_size_and_closed_ones_are_deleted_once_read(folder: Path) -> None:
    writer = SpoolWriter(folder, SEALER, 200)
    for number in range(6):
        writer.append([frame(b"%d" % number * 50)])
    reader = SpoolReader(folder, SEALER)
    found = reader.read(START, 1 << 30)
    assert len(found) == 6
    assert reader.delete(found[3][0]) == 2
    assert [each for _, each in reader.read(found[3][0], 100)] == [each for _, each in found[4:]]
    assert reader.delete(found[-1][0]) == 0
    assert spool_bytes(folder) > 0  # the open file stays
    writer.roll()
    reader.delete(found[-1][0])
    assert everything(folder) == []
    writer.append([frame(b"late")])
    assert everything(folder, found[-1][0]) == [b"late"]
    writer.close()


def test_an_open_file_with_unread_frames_is_never_deleted(folder: Path) -> None:
    writer = SpoolWriter(folder, SEALER, 1 << 20)
    middle = writer.append([frame(b"1")])
    writer.append([frame(b"2")])
    reader = SpoolReader(folder, SEALER)
    assert reader.delete(middle) == 0
    writer.roll()
    assert reader.delete(middle) == 0
    assert everything(folder, middle) == [b"2"]
    writer.close()


def test_rolling_an_empty_file_does_nothing(folder: Path) -> None:
    writer = SpoolWriter(folder, SEALER, 1 << 20)
    before = writer.position
    writer.roll()
    assert writer.position == before
    writer.close()


def test_a_tail_cut_at_any_byte_costs_no_earlier_frame(folder: Path, tmp_path: Path) -> None:
    writer = SpoolWriter(folder, SEALER, 1 << 20)
    ends = [writer.append([frame(b"first")]).offset, writer.append([frame(b"second", b"third")]).offset]
    number = writer.position.segment
    writer.close()
    whole = (folder / f"{number:010d}.spool").read_bytes()
    for cut in range(len(whole)):
        path = tmp_path / "cut" / f"{number:010d}.spool"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole[:cut])
        reader = SpoolReader(path.parent, SEALER)
        expected = sum(cut >= end for end in ends)
        assert len(reader.read(START, 100)) == expected
        assert reader.damaged == []


def test_after_a_cut_tail_the_next_file_is_read_and_the_cut_one_goes(folder: Path) -> None:
    writer = SpoolWriter(folder, SEALER, 1 << 20)
    kept = writer.append([frame(b"kept")])
    writer.append([frame(b"torn")])
    writer.close()
    os.truncate(folder / f"{kept.segment:010d}.spool", kept.offset + 11)
    written(folder, frame(b"next"))
    reader = SpoolReader(folder, SEALER)
    assert everything(folder) == [b"kept", b"next"]
    assert reader.delete(kept) == 1
    assert everything(folder, kept) == [b"next"]


def test_a_damaged_record_in_the_middle_is_reported_and_the_rest_is_read(folder: Path) -> None:
    writer = SpoolWriter(folder, SEALER, 1 << 20)
    first = writer.append([frame(b"1")])
    writer.append([frame(b"2", b"2b")])
    writer.append([frame(b"3")])
    writer.close()
    path = folder / f"{first.segment:010d}.spool"
    raw = bytearray(path.read_bytes())
    raw[first.offset + 20] ^= 1
    path.write_bytes(raw)
    reader = SpoolReader(folder, SEALER)
    found = reader.read(START, 100)
    assert [each.items for _, each in found] == [[b"1"], [b"3"]]
    assert found[-1][0].ordinal == 4  # ids of later events do not move
    assert reader.damaged == [first]


def test_nothing_readable_stands_in_a_file(folder: Path) -> None:
    written(folder, frame(b'{"email":"ana@example.com"}', source="secret-source"))
    raw = b"".join(path.read_bytes() for path in folder.glob("*.spool"))
    assert b"ana@example.com" not in raw and b"secret-source" not in raw
    with pytest.raises(SealingError, match="put it back"):
        SpoolReader(folder, Sealer(bytes(32))).read(START, 10)


def test_a_second_writer_is_refused_by_name_of_the_folder(folder: Path) -> None:
    writer = SpoolWriter(folder, SEALER, 1 << 20)
    with pytest.raises(SpoolError, match="Another intake"):
        SpoolWriter(folder, SEALER, 1 << 20)
    writer.close()
    written(folder, frame(b"1"))


def test_a_failed_sync_breaks_the_writer_for_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SpoolWriter(folder, SEALER, 1 << 20)

    def fails(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(spool.os, "fdatasync", fails)
    with pytest.raises(SpoolError, match="Input/output error"):
        writer.append([frame(b"1")])
    monkeypatch.undo()
    with pytest.raises(SpoolError, match="restart intake"):
        writer.append([frame(b"2")])
    writer.close()


def test_a_missing_folder_is_an_empty_spool(folder: Path) -> None:
    assert spool_bytes(folder) == 0
    assert everything(folder) == []


steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.lists(st.lists(st.binary(max_size=60), max_size=4), min_size=1, max_size=3)),
        st.tuples(st.just("roll"), st.none()),
        st.tuples(st.just("restart"), st.none()),
        st.tuples(st.just("crash"), st.integers(1, 40)),
        st.tuples(st.just("load"), st.integers(1, 5)),
        st.tuples(st.just("delete"), st.none()),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_each_acknowledged_item_is_read_once_in_order(steps: list[tuple[str, object]], tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    shutil.rmtree(folder, ignore_errors=True)
    writer, reader = SpoolWriter(folder, SEALER, 300), SpoolReader(folder, SEALER)
    done, sent, loaded, places = START, [], [], []

    def load(max_items: int) -> None:
        nonlocal done
        for position, each in reader.read(done, max_items):
            loaded.extend(each.items)
            places.extend((position.segment, position.ordinal - each.size + n) for n in range(each.size))
            done = position

    for verb, argument in steps:
        if verb == "append":
            assert isinstance(argument, list)
            writer.append([frame(*items) for items in argument])
            sent += [item for items in argument for item in items]
        elif verb == "roll":
            writer.roll()
        elif verb == "restart":
            writer.close()
            writer = SpoolWriter(folder, SEALER, 300)
        elif verb == "crash":
            assert isinstance(argument, int)
            place = writer.position
            writer.close()
            with (folder / f"{place.segment:010d}.spool").open("ab") as file:
                file.write(os.urandom(argument))  # a frame that was being written
            writer = SpoolWriter(folder, SEALER, 300)
        elif verb == "load":
            assert isinstance(argument, int)
            load(argument)
        else:
            reader.delete(done)
    load(1 << 30)
    writer.close()
    assert loaded == sent
    assert len(set(places)) == len(places)
    assert reader.damaged == []
