"""Pickups: new files of a place are fetched by schedule, once, and with what their sender announced."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from domains.collection.deliveries.handing import stream
from engine.stream.places.servers import PASSWORD, USER, Sftp, by_number
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions, pickups, queries
from sojourn.domains.collection.contracts import DeliveryStatus, PickupKind, PickupTerms
from sojourn.domains.collection.models import PickupRow
from sojourn.engine.stream.places.sftp import fingerprint
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

TEXT = "user_id,event,timestamp,value\nana,Visit,2026-01-05,1.50\n"
BUCKET = {"bucket": "b", "access_key": "a"}
QUESTION = {"host": "h", "database": "d", "user": "u", "query": "SELECT 1"}
NAMED = QUESTION | {"name": "a.csv"}


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Sftp]:
    """Serve an empty folder."""
    folder = tmp_path / "served"
    folder.mkdir()
    with Sftp(folder).serving() as server:
        yield server


def _terms(server: Sftp, **other: Any) -> PickupTerms:
    where = {"host": "127.0.0.1", "port": server.port, "user": USER, "host_key": fingerprint(server.key)}
    said = PickupTerms(
        name="branches", kind=PickupKind.SFTP, source="shop", where=where, pattern="*.csv", every_minutes=60
    )
    return dataclasses.replace(said, **other)


def _round(name: str = "branches") -> Any:
    return actions.ask_pickup(name, viewer=SYSTEM)


def test_a_round_hands_in_what_is_new_and_only_that(sftp: Sftp) -> None:
    (sftp.folder / "monday.csv").write_text(TEXT)
    (sftp.folder / "notes.txt").write_text("not ours")
    (sftp.folder / "tuesday.csv.part").write_text(TEXT)
    actions.make_pickup(_terms(sftp), secret=PASSWORD, viewer=SYSTEM)
    assert {each.name: each.what for each in queries.look("branches", viewer=SYSTEM)} == {
        "monday.csv": "new",
        "notes.txt": "aside",
        "tuesday.csv.part": "aside",
    }
    done = _round()
    assert (done.files, done.message, done.failures) == (1, "", 0)
    assert stream()["source"].to_pylist() == ["shop"]
    _round()
    assert len(queries.deliveries()) == 1


def test_a_corrected_file_replaces_the_first(sftp: Sftp) -> None:
    file = sftp.folder / "monday.csv"
    file.write_text(TEXT)
    actions.make_pickup(_terms(sftp), secret=PASSWORD, viewer=SYSTEM)
    _round()
    file.write_text(TEXT + "bob,Visit,2026-01-06,2\n")
    os.utime(file, (1_800_000_000, 1_800_000_000))
    _round()
    newest, first = queries.deliveries()
    assert (newest.replaces, newest.rows_good, first.status) == (first.id, 2, DeliveryStatus.REPLACED)
    assert len(stream()) == 2


def test_with_control_files_a_file_waits_for_its_own_and_must_be_what_it_says(sftp: Sftp) -> None:
    (sftp.folder / "monday.csv").write_text(TEXT)
    actions.make_pickup(_terms(sftp, has_control=True), secret=PASSWORD, viewer=SYSTEM)
    assert [each.what for each in queries.look("branches", viewer=SYSTEM)] == ["no_control"]
    _round()
    assert queries.deliveries() == ()
    (sftp.folder / "monday.csv.control").write_text("rows=2")
    _round()
    (delivery,) = queries.deliveries()
    assert delivery.message == "Control totals: 2 rows were announced, the file has 1."
    (sftp.folder / "monday.csv.control").write_text("rows=1")
    actions.ask_pickup("branches", again="monday.csv", viewer=SYSTEM)
    assert queries.deliveries()[0].status == DeliveryStatus.DONE


def test_a_round_that_fails_says_why_and_is_tried_again_sooner(sftp: Sftp) -> None:
    actions.make_pickup(_terms(sftp), secret="a wrong one", viewer=SYSTEM)
    failed = _round()
    assert "does not let branch in" in failed.message
    assert (failed.next_at - failed.last_at).total_seconds() < 400
    for _ in range(2):
        _round()
    (check,) = (each for each in queries.doctor() if each.name == "pickups")
    assert not check.ok
    assert "branches" in check.detail
    actions.change_pickup("branches", changes={}, secret=PASSWORD, viewer=SYSTEM)
    mended = _round()
    assert (mended.message, mended.failures) == ("", 0)


def test_one_bad_file_does_not_hold_up_the_others(sftp: Sftp, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, pickup_max_bytes=1_000)
    (sftp.folder / "a-large.csv").write_text(TEXT * 100)
    (sftp.folder / "b-small.csv").write_text(TEXT)
    actions.make_pickup(_terms(sftp), secret=PASSWORD, viewer=SYSTEM)
    done = _round()
    assert (done.files, done.failures) == (1, 1)
    assert done.message.startswith("a-large.csv is larger than")


def test_the_secret_lies_sealed_and_goes_with_the_pickup(sftp: Sftp) -> None:
    made = actions.make_pickup(_terms(sftp), secret=PASSWORD, viewer=SYSTEM)
    assert PASSWORD.encode() not in bytes(PickupRow.objects.get().secret)
    assert PASSWORD not in repr(made)
    actions.delete_pickup("branches", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        queries.pickup("branches", viewer=SYSTEM)


def test_a_pickup_that_is_off_does_no_rounds(sftp: Sftp) -> None:
    actions.make_pickup(_terms(sftp), secret=PASSWORD, viewer=SYSTEM)
    actions.change_pickup("branches", changes={}, is_active=False, viewer=SYSTEM)
    PickupRow.objects.update(next_us=0)
    assert not actions.is_pickup_due()
    with pytest.raises(ConflictError, match="off"):
        _round()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"name": "Branches"}, "name: "),
        ({"pattern": "out/*.csv"}, "pattern: "),
        ({"every_minutes": None}, "every_minutes: give this or a time of day"),
        ({"every_minutes": 1}, "every_minutes: from 5"),
        ({"every_minutes": None, "daily_at": "25:00"}, "daily_at: "),
        ({"zone": "Europe/Nowhere"}, "zone: "),
        ({"where": {"host": "h"}}, "user: must be given"),
        ({"where": {"host": "h", "user": "u", "password": "p"}}, "password: sftp has no such field"),
        ({"where": {"host": "h", "user": "u", "port": "x"}}, "port: "),
        ({"where": {"host": "169.254.169.254", "user": "u"}}, "host: leads to services"),
        ({"kind": PickupKind.DATABASE, "where": {**NAMED, "host": "/run/postgresql"}}, "host: one name"),
        ({"kind": PickupKind.DATABASE, "where": {**NAMED, "host": "@socket"}}, "host: one name"),
        ({"kind": PickupKind.DATABASE, "where": {**NAMED, "host": "a,b"}}, "host: one name"),
        ({"kind": PickupKind.OBJECTS, "where": {**BUCKET, "endpoint": "http://[fd00:ec2::254]"}}, "endpoint: leads"),
        ({"kind": PickupKind.OBJECTS, "where": {**BUCKET, "endpoint": "http://[fd00"}}, "endpoint: such as"),
        ({"kind": PickupKind.OBJECTS, "where": {**BUCKET, "region": "x.example.com/"}}, "region: "),
        ({"kind": PickupKind.OBJECTS, "where": {**BUCKET, "endpoint": "file:///"}}, "endpoint: "),
        ({"kind": PickupKind.DATABASE, "where": {**QUESTION, "name": "x"}}, "name: of the file"),
        ({"preset": "nothing"}, "preset"),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused_by_name(sftp: Sftp, other: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        actions.make_pickup(_terms(sftp, **other), secret=PASSWORD, viewer=SYSTEM)


def test_a_daily_round_keeps_its_hour_over_the_change_of_clocks(sftp: Sftp) -> None:
    terms = _terms(sftp, every_minutes=None, daily_at="02:30", zone="Europe/Berlin")
    at = datetime(2026, 3, 27, 12, tzinfo=UTC)
    rounds = []
    for _ in range(4):
        at = pickups.following(terms, after=at)
        rounds.append(at.strftime("%d %H:%M"))
    assert rounds == ["28 01:30", "29 01:30", "30 00:30", "31 00:30"]


@pytest.fixture
def database() -> Iterator[dict[str, Any]]:
    """Say where the database of this test listens; one on a socket is given a port, as pickups know no sockets."""
    said = connection.get_connection_params()
    where = {"host": str(said.get("host")), "port": said.get("port") or 5432}
    if not where["host"].startswith("/"):
        yield where
        return
    with by_number(f"{where['host']}/.s.PGSQL.{where['port']}") as port:
        yield {"host": "127.0.0.1", "port": port}


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs a PostgreSQL server; test_on_postgres has one")
def test_a_question_to_a_database_becomes_a_file_of_what_is_new(database: dict[str, Any]) -> None:
    said = connection.get_connection_params()
    query = (
        "SELECT 'c' || i AS user_id, 'Paid' AS event, %(since)s::timestamptz + i * interval '1 h' AS timestamp, "
        "i + 0.5 AS value FROM generate_series(1, 3) AS i WHERE %(until)s::timestamptz > '2026-01-01'"
    )
    where = {
        **database,
        "user": str(said["user"]),
        "database": str(said["dbname"]),
        "query": query,
        "name": "paid.csv",
        "is_encrypted": False,
    }
    terms = PickupTerms(name="ledger", kind=PickupKind.DATABASE, source="shop", where=where, daily_at="02:00")
    actions.make_pickup(terms, secret=str(said.get("password") or "none"), viewer=SYSTEM)
    assert _round("ledger").message == ""
    (delivery,) = queries.deliveries()
    assert re.fullmatch(r"paid-\d{8}T\d{6}\.csv", delivery.name)
    assert (delivery.rows_good, str(delivery.value_total)) == (3, "7.5000")
    everything = {**where, "query": query.replace("%(since)s", "'2026-01-01'")}
    for _ in range(2):
        actions.change_pickup("ledger", changes={"where": everything}, viewer=SYSTEM)
        assert _round("ledger").message == ""
    assert {each.name for each in queries.deliveries()[:2]} == {"paid.csv"}
    for query, refused in (
        ("SELECT nothing FROM nowhere", "relation"),
        ("SELECT 1; DROP TABLE x", "multiple commands|syntax"),
        ("SELECT 'Ana'::int", "22P02"),
    ):
        changed = actions.change_pickup("ledger", changes={"where": {**where, "query": query}}, viewer=SYSTEM)
        assert changed.failures == 0
        assert re.search(refused, _round("ledger").message)
