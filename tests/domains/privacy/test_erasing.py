"""An erasure reaches every store, keeps its customer from coming back, and proves that nothing is left."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import connections, router, transaction

from domains.identity.test_resolving import said
from domains.privacy.bank import ask_erasure, event, load
from sojourn.domains.access import actions as audit
from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import queries as manifest
from sojourn.domains.collection.contracts import Refusal
from sojourn.domains.collection.models import RefusedItem, RemovalRow
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.models import Identifier
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import ErasureState
from sojourn.domains.privacy.models import ErasureRow
from sojourn.engine.stream.claims import Text, Trait
from sojourn.engine.stream.spool import HEADER, Frame, SpoolWriter
from sojourn.kit import durable, sealing
from sojourn.kit.errors import ConflictError, ForbiddenError
from sojourn.surfaces.intake.commit import GroupCommit
from sojourn.surfaces.intake.health import Health
from sojourn.surfaces.worker.intake import Feed

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
MAIL, PHONE, NAME, USER, CASE = "ana.erased@example.com", "+49 151 2345678", "Ana Erasedova", "user-77031", "APP-000931"


def trait(name: str, value: str) -> Trait:
    return Trait(0, name, json.dumps(value).encode(), 1)


def ana(**more: Any) -> tuple[int, int]:
    """Let Ana be known by everything that a person can be known by; give her person and her case."""
    claims = said(
        (USER, None),
        case=[CASE],
        traits=[trait("email", MAIL), trait("phone", PHONE), trait("name", NAME)],
        texts=[Text(99, 0, "comment", json.dumps(f"Call me at {PHONE}").encode())],
        **more,
    )
    with collection.writing():
        resolved = identity.resolve(claims)
        with transaction.atomic(using=router.db_for_write(Identifier)):
            resolved.write()
    return int(resolved.person[0]), int(resolved.case[0])


def refuse(payload: bytes) -> None:
    """Put an item into the quarantine."""
    with collection.writing() as batch:
        item = Refusal(
            source="web", origin="intake", place="0", code="bad", reason="bad", received_us=1, payload=payload
        )
        collection.commit(collection.Load(batch=batch, refused=[item]))


def erased(person: int) -> int:
    """Ask for an erasure and let the work process do it; give its number."""
    number = ask_erasure(person)
    collection.run_commands()
    actions.finish_erasures()
    return number


def test_an_erasure_reaches_every_store_and_ends_with_a_certificate(place: Path) -> None:
    person, case = ana()
    load([event(person, "Opened", 1, case=case), event(5, "Opened", 2)])
    refuse(json.dumps({"userId": USER.upper()}).encode())
    refuse(b'{"userId":"somebody-else"}')

    number = erased(person)

    found = queries.erasure(number)
    assert (found.state, found.rows, found.message) == (ErasureState.PROVEN, 1, "")
    assert found.tombstones == 3
    assert RefusedItem.objects.count() == 1
    assert not Identifier.objects.exists(), "neither the customer's nor the case's"
    assert not RemovalRow.objects.exists()
    told = queries.erasure_certificate(number, viewer=SYSTEM)
    assert told.is_genuine
    assert told.content["removed"] == {"events": 1, "refused_items": 1, "original_files": 0}
    scanned = {each["store"]: each for each in told.content["scan"]["stores"]}  # type: ignore[index]
    assert {"segments", "timeline"} <= scanned.keys()
    assert all(each["planted_marker_found"] and not each["found"] for each in scanned.values())
    assert told.content["scan"]["looked_for"]["texts"] == 6  # type: ignore[index]
    written = json.dumps(told.content)
    assert not any(text in written for text in (MAIL, PHONE, NAME, USER, str(person), str(case)))
    assert ErasureRow.objects.get().marks is None


def test_events_that_wait_in_the_spool_are_dropped_and_counted(place: Path) -> None:
    person, _ = ana()
    load([event(person, "Opened", 1)])
    writer = SpoolWriter(settings.SOJOURN.spool, sealing.sealer(settings.SOJOURN), 1 << 20)
    items = [{"type": "track", "event": "Late", "userId": each, "messageId": each} for each in (USER, "somebody")]
    now = time.time_ns() // 1_000
    writer.append([Frame("web", "items", now, items=[json.dumps(each).encode() for each in items])])
    writer.roll()

    number = erased(person)

    assert queries.erasure(number).state is ErasureState.REMOVED
    assert "spool" in queries.erasure(number).message, "it says what is in the way"
    with pytest.raises(ConflictError, match="spool"):
        queries.erasure_certificate(number, viewer=SYSTEM)
    feed = Feed(settings.SOJOURN)
    while feed.step() is not None:
        pass
    writer.close()
    actions.finish_erasures()
    assert queries.erasure(number).state is ErasureState.PROVEN
    assert [row.name for row in queries.events(viewer=SYSTEM).rows] == ["Late"]
    assert [(each.source, each.code, each.count) for each in manifest.refused_counts()] == [("web", "erased_before", 1)]
    assert not RefusedItem.objects.exists(), "what an erased person sends is kept nowhere"


def test_the_open_spool_file_goes_too_whether_intake_runs_or_not(place: Path) -> None:
    async def take(then: Callable[[], int]) -> int:
        writer = SpoolWriter(settings.SOJOURN.spool, sealing.sealer(settings.SOJOURN), 1 << 20)
        intake = GroupCommit(writer, Health(), lambda error: None)
        item = json.dumps({"type": "track", "event": "Late", "userId": USER, "messageId": "m"}).encode()
        await intake.put([Frame("web", "items", time.time_ns() // 1_000, items=[item])])
        try:
            return await asyncio.to_thread(then)
        finally:
            intake.stop()

    def forget() -> int:
        while Feed(settings.SOJOURN).step() is not None:
            pass
        number = erased(person)
        connections.close_all()
        return number

    person, _ = ana()
    while_it_runs = asyncio.run(take(forget))
    assert queries.erasure(while_it_runs).state is ErasureState.PROVEN, queries.erasure(while_it_runs).message
    assert [path.stat().st_size for path in settings.SOJOURN.spool.glob("*.spool")] == [HEADER.size]
    identity.lift_tombstone(kind="user", value=USER)
    person = asyncio.run(take(lambda: 0)) or ana()[0]
    while_it_is_down = forget()
    assert queries.erasure(while_it_is_down).state is ErasureState.PROVEN, queries.erasure(while_it_is_down).message
    assert not list(settings.SOJOURN.spool.glob("*.spool"))
    writer = SpoolWriter(settings.SOJOURN.spool, sealing.sealer(settings.SOJOURN), 1 << 20)
    assert writer.position.segment > 2, "no number is given twice"
    writer.close()


def test_a_reader_that_holds_old_files_delays_the_proof_and_not_the_removal(place: Path) -> None:
    person, _ = ana()
    load([event(person, "Opened", 1), event(5, "Opened", 2)])
    with manifest.lease("spark", 3_600):
        number = erased(person)
        assert queries.erasure(number).state is ErasureState.REMOVED
        assert "lease" in queries.erasure(number).message
        assert len(queries.events(viewer=SYSTEM).rows) == 1
    actions.finish_erasures()
    assert queries.erasure(number).state is ErasureState.PROVEN


@pytest.mark.parametrize(
    "place_of_fault",
    ["erasure.buried", "erase.written", "erase.segment", "commit.inside", "erase.after", "erasure.erased"],
)
def test_an_erasure_that_broke_off_anywhere_is_finished_by_doing_it_again(
    place: Path, place_of_fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _ = ana()
    load([event(person, "Opened", 1), event(5, "Opened", 2)])
    number = ask_erasure(person)

    class BrokenOffError(Exception):
        pass

    def reach(name: str) -> None:
        if name == place_of_fault:
            raise BrokenOffError

    with monkeypatch.context() as broken:
        broken.setattr(durable, "reach", reach)
        with pytest.raises(BrokenOffError):
            collection.run_commands()

    collection.run_commands()
    actions.finish_erasures()
    assert queries.erasure(number).state is ErasureState.PROVEN
    assert queries.erasure(number).tombstones == 3
    assert [row.customer for row in queries.events(viewer=SYSTEM).rows] == [5]


def test_a_certificate_that_was_changed_is_not_genuine(place: Path) -> None:
    person, _ = ana()
    load([event(person, "Opened", 1)])
    number = erased(person)
    row = ErasureRow.objects.get()
    row.certificate["removed"]["events"] = 0
    row.save()
    assert not queries.erasure_certificate(number, viewer=SYSTEM).is_genuine


def test_the_audit_log_may_go_on_naming_the_random_number(place: Path) -> None:
    person, _ = ana()
    load([event(person, "Opened", 1)])
    with transaction.atomic():
        audit.audit(viewer=SYSTEM, what="customer.read", on=f"customer:{person}")
    assert access.named_in_audit([person, 4]) == {person}

    assert queries.erasure(erased(person)).state is ErasureState.PROVEN


def test_a_file_that_still_names_the_customer_stops_the_proof_until_it_is_gone(place: Path) -> None:
    person, _ = ana()
    load([event(person, "Opened", 1)])
    left = place / "incoming" / "crm" / "done" / "customers.csv"
    left.parent.mkdir(parents=True)
    left.write_text(f"mail\n{MAIL.upper()}\n")

    number = erased(person)

    assert queries.erasure(number).state is ErasureState.REMOVED
    assert "watched folder" in queries.erasure(number).message
    left.unlink()
    actions.finish_erasures()
    assert queries.erasure(number).state is ErasureState.PROVEN


def drop(place: Path, name: str, data: bytes, source: str = "crm") -> Path:
    """Put a file into the watched folder and let it be loaded; give where it rests."""
    path = place / "incoming" / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.with_name(name + ".done").touch()
    collection.take_incoming()
    collection.take_incoming()
    return path.parent / "done" / name


def test_an_erasure_deletes_the_originals_that_name_its_customer_and_no_others(place: Path) -> None:
    person, _ = ana()
    rows = f"user_id,email,event,timestamp\n{USER},{MAIL.upper()},Visit,2026-01-05\n"
    named = drop(place, "visits.csv", rows.encode())
    packed = drop(place, "more.csv.gz", gzip.compress(rows.replace("Visit", "Call").encode()))
    table = pa.table({"user_id": [USER], "event": ["Opened"], "timestamp": ["2026-01-06"]})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    typed = drop(place, "opened.parquet", sink.getvalue().to_pybytes())
    wide = drop(place, "wide.csv", rows.replace("Visit", "Chat").encode("utf-16"))
    titled = drop(place, f"{USER}.csv", b"user_id,event,timestamp\nsomebody-else,Visit,2026-01-05\n")
    other = drop(place, "others.csv", b"user_id,event,timestamp\nbeatrice-90,Visit,2026-01-05\n")
    assert all(each.exists() for each in (named, packed, typed, wide, titled, other))

    number = erased(person)

    assert queries.erasure(number).state is ErasureState.PROVEN
    assert not any(each.exists() for each in (named, packed, typed, wide, titled))
    left = sorted(each.name for each in other.parent.iterdir())
    reports = [f"{each.name}.report.json" for each in (packed, typed, wide, other, named)]
    assert left == sorted(["others.csv", *reports])  # the one that bears the number as its name went, too
    told = queries.erasure_certificate(number, viewer=SYSTEM)
    assert told.is_genuine
    assert told.content["removed"]["original_files"] == 6


def test_a_proof_that_was_interrupted_counts_the_originals_that_it_had_deleted(place: Path) -> None:
    person, _ = ana()
    original = drop(place, "visits.csv", f"user_id,event,timestamp\n{USER},Visit,2026-01-05\n".encode())
    failed = place / "incoming" / "crm" / "failed" / "old.csv"
    failed.parent.mkdir()
    failed.write_text(f"who\n{USER}\n")
    number = erased(person)
    assert not original.exists()
    assert "not loaded" in queries.erasure(number).message
    failed.unlink()
    actions.finish_erasures()
    assert queries.erasure_certificate(number, viewer=SYSTEM).content["removed"]["original_files"] == 1


def test_who_may_not_handle_requests_sees_no_erasure(place: Path) -> None:
    with pytest.raises(ForbiddenError):
        queries.erasures(viewer=Viewer(name="person:3", role=Role.ANALYST, scopes=SYSTEM.scopes))
