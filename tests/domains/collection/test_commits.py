"""A batch is in as a whole or not at all; what is taken out is taken out for every reader."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings

from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import Flow, Refusal, TailBatch
from sojourn.domains.collection.models import ConsumerCursor, SegmentRow
from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id
from sojourn.kit.errors import ConflictError

pytestmark = pytest.mark.django_db(databases="__all__")


def table(delivery: int, persons: list[int]) -> pa.Table:
    """Make rows of a delivery, one a person."""
    count = len(persons)
    instants = pa.array([1_000_000 * at for at in range(count)], pa.timestamp("us"))
    return pa.table(
        {
            "event_id": [event_id(ORIGIN_DELIVERY, delivery, at) for at in range(count)],
            "message": [f"{delivery:016x}{at:016x}" for at in range(count)],
            "person": persons,
            "name": ["Bought"] * count,
            "kind": ["track"] * count,
            "occurred_at": instants,
            "received_at": instants,
        }
    )


def held() -> list[tuple[int, int, int]]:
    """Read (event id, person, batch) of all live rows."""
    with queries.sql() as sql:
        return [
            tuple(row) for row in sql.sql("SELECT event_id, person, batch FROM events ORDER BY event_id").fetchall()
        ]


def files() -> list[Path]:
    """List the segment files on disk."""
    return sorted(settings.SOJOURN.segments.rglob("*.parquet"))


def test_a_batch_is_numbered_and_listed() -> None:
    assert queries.newest_batch() == 0
    assert actions.commit_tables(tables=[table(1, [5, 6])], source="shop", delivery=1) == 1
    assert actions.commit_tables(tables=[table(2, [7])], source="shop", delivery=2) == 2
    assert [each.rows for each in queries.segments()] == [2, 1]
    assert [each.delivery for each in queries.segments(after_batch=1)] == [2]
    assert [row[1:] for row in held()] == [(5, 1), (6, 1), (7, 2)]


def test_a_commit_that_fails_leaves_neither_row_nor_file() -> None:
    def broken() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        actions.commit_tables(tables=[table(1, [5])], source="shop", also=[broken])
    assert queries.newest_batch() == 0
    assert files() == []
    assert queries.segments() == ()


def test_a_commit_without_the_lock_or_with_a_wrong_number_is_refused() -> None:
    with pytest.raises(ConflictError):
        actions.commit(actions.Load(batch=1))
    with actions.writing() as batch, pytest.raises(ConflictError):
        actions.commit(actions.Load(batch=batch + 1))


def test_a_corrected_delivery_replaces_its_predecessor_in_one_commit() -> None:
    actions.commit_tables(tables=[table(1, [5, 6])], source="shop", delivery=1)
    actions.commit_tables(tables=[table(2, [9])], source="shop", delivery=2)
    batch = actions.commit_tables(tables=[table(3, [5])], source="shop", delivery=3, replaces=1)
    assert [row[1] for row in held()] == [9, 5]
    removal = queries.withdrawn()[0]
    assert (removal.batch, removal.rows) == (batch, 2)
    assert removal.low_event_id == event_id(ORIGIN_DELIVERY, 1, 0)


def test_a_delivery_can_be_replaced_after_its_rows_were_merged_with_others() -> None:
    actions.commit_tables(tables=[table(1, [5, 6])], source="shop", delivery=1)
    actions.commit_tables(tables=[table(2, [5])], source="shop", delivery=2)
    assert actions.compact(fresh_min=1) == 1
    actions.commit_tables(tables=[table(3, [6])], source="shop", delivery=3, replaces=1)
    assert [row[1:] for row in held()] == [(5, 2), (6, 3)]


def test_compaction_sorts_by_person_into_buckets_and_keeps_each_row_s_batch() -> None:
    for number in range(1, 4):
        actions.commit_tables(tables=[table(number, [9, 5, 8, 5])], source="shop", delivery=number)
    before = held()
    assert actions.compact(fresh_min=1) == 1
    assert held() == before
    segments = queries.segments()
    assert {each.bucket for each in segments} == {5 % 4, 8 % 4}
    assert queries.newest_batch() == 3
    assert len(files()) == 3 + len(segments)
    assert actions.delete_retired(grace_seconds=0) == 3
    assert len(files()) == len(segments)


def test_a_lease_keeps_replaced_files_until_it_ends() -> None:
    actions.commit_tables(tables=[table(1, [5])], source="shop", delivery=1)
    with queries.lease("export", 60):
        actions.compact(fresh_min=1)
        assert actions.delete_retired(grace_seconds=0) == 0
        with queries.lease("later", 60):
            pass
    assert actions.delete_retired(grace_seconds=0) == 1


def test_a_lease_taken_after_the_merge_holds_nothing_back() -> None:
    actions.commit_tables(tables=[table(1, [5])], source="shop", delivery=1)
    actions.compact(fresh_min=1)
    with queries.lease("export", 60):
        assert actions.delete_retired(grace_seconds=0) == 1


def test_short_readers_have_a_grace() -> None:
    actions.commit_tables(tables=[table(1, [5])], source="shop", delivery=1)
    actions.compact(fresh_min=1)
    assert actions.delete_retired(grace_seconds=3_600) == 0


def test_erasure_takes_a_person_out_of_every_segment_and_tells_the_readers() -> None:
    actions.commit_tables(tables=[table(1, [5, 6, 5])], source="shop", delivery=1)
    actions.compact(fresh_min=1)
    actions.commit_tables(tables=[table(2, [5])], source="shop", delivery=2)
    assert actions.erase(persons=[5]) == 3
    assert [row[1] for row in held()] == [6]
    assert [(each.person, each.rows) for each in queries.withdrawn()] == [(5, 3)]
    assert queries.newest_batch() == 3
    assert len(files()) == 1


def test_an_erasure_that_was_asked_for_is_done_by_the_next_run_of_commands() -> None:
    actions.commit_tables(tables=[table(1, [5, 6])], source="shop", delivery=1)
    actions.request_erasure(persons=[6])
    assert actions.run_commands() == 1
    assert actions.run_commands() == 0
    assert [row[1] for row in held()] == [5]


def follow(seen: list[TailBatch]) -> Callable[[TailBatch], Callable[[], None]]:
    """Make a consumer that notes what it was given, once its write is made."""
    return lambda batch: lambda: seen.append(batch)


def test_the_tail_gives_each_batch_once_though_compaction_rewrites_it() -> None:
    seen: list[TailBatch] = []
    actions.commit_tables(tables=[table(1, [5, 6])], source="shop", delivery=1)
    assert actions.follow(consumer="test", handle=follow(seen))
    actions.commit_tables(tables=[table(2, [5])], source="shop", delivery=2)
    actions.compact(fresh_min=1)
    assert actions.follow(consumer="test", handle=follow(seen))
    assert not actions.follow(consumer="test", handle=follow(seen))
    given = [
        [row for part in actions.new_rows(each, ["event_id"]) for row in part.column(0).to_pylist()] for each in seen
    ]
    assert given[1] == [event_id(ORIGIN_DELIVERY, 2, 0)]


def test_the_tail_gives_the_removal_beside_the_rows_that_replace() -> None:
    seen: list[TailBatch] = []
    actions.commit_tables(tables=[table(1, [5, 6])], source="shop", delivery=1)
    actions.follow(consumer="test", handle=follow(seen))
    actions.commit_tables(tables=[table(2, [5])], source="shop", delivery=2, replaces=1)
    actions.follow(consumer="test", handle=follow(seen))
    assert [each.rows for each in seen[1].removals] == [2]
    assert sum(part.num_rows for part in actions.new_rows(seen[1], ["event_id"])) == 1


def test_a_consumer_that_fails_gets_the_same_again() -> None:
    def broken(batch: TailBatch) -> Callable[[], None]:
        raise RuntimeError("no")

    actions.commit_tables(tables=[table(1, [5])], source="shop", delivery=1)
    with pytest.raises(RuntimeError, match="no"):
        actions.follow(consumer="test", handle=broken)
    assert not ConsumerCursor.objects.filter(consumer="test", batch__gt=0).exists()


def test_the_quarantine_and_the_flow_are_counted_with_the_batch() -> None:
    refusal = Refusal(
        source="shop",
        origin="a.csv",
        place="7",
        code="bad_date",
        reason="No date.",
        received_us=60_000_000,
        payload=b"x,y",
    )
    flow = [Flow(minute=1, source="shop", accepted=1, refused=1)]
    for number in (1, 2):
        actions.commit_tables(tables=[table(number, [5])], source="shop", delivery=number, refused=[refusal], flow=flow)
    rows = queries.refused()
    assert [(each.place, each.code) for each in rows] == [("7", "bad_date")] * 2
    assert queries.refused_payload(rows[0].id)[1] == b"x,y"
    assert [(each.code, each.count) for each in queries.refused_counts()] == [("bad_date", 2)]
    point = queries.flow(since=datetime(1970, 1, 1, tzinfo=UTC), until=datetime(1970, 1, 2, tzinfo=UTC))[0]
    assert (point.accepted, point.refused) == (2, 2)


def test_the_doctor_finds_a_segment_that_was_emptied_and_one_that_is_gone() -> None:
    for number in (1, 2):
        actions.commit_tables(tables=[table(number, [5])], source="shop", delivery=number)
    first, second = (settings.SOJOURN.segments / row.path for row in SegmentRow.objects.order_by("pk"))
    first.write_bytes(b"")
    second.unlink()
    sick = {each.name for each in queries.doctor() if not each.ok}
    assert {"manifest", "segments"} <= sick


def test_a_file_that_a_crash_left_is_named_by_the_doctor_and_removed_at_the_start() -> None:
    lost = settings.SOJOURN.segments / "000000" / "lost.parquet"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"half")
    assert any(each.name == "orphans" and not each.ok for each in queries.doctor())
    assert actions.tidy() == 1
    assert not lost.exists()


def test_the_quarantine_keeps_the_newest_and_counts_them_all(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, quarantine_max_items=3)
    refused = [
        Refusal(source="shop", origin="intake", place=str(at), code="bad", reason="", received_us=1, payload=b"")
        for at in range(5)
    ]
    actions.commit_tables(tables=[table(1, [5])], source="shop", refused=refused)
    assert actions.trim_quarantine() == 2
    assert [each.place for each in queries.refused()] == ["4", "3", "2"]
    assert queries.refused_counts()[0].count == 5
