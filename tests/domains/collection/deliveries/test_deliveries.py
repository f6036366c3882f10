"""Files become events: every row once, corrected ones in place of their predecessors, refused ones with a reason."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from domains.collection.deliveries.handing import deliver, stream
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import DeliveryStatus
from sojourn.domains.collection.models import DeliveryRow
from sojourn.domains.identity.models import Identifier, Text, Trait
from sojourn.engine.stream.files.mapping import MappingError
from sojourn.kit.errors import ConflictError, ForbiddenError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

Write = Callable[[str, str | bytes], Path]

VISITS = """user_id,event,timestamp,channel,value,currency,page
ana,Page Viewed,2026-01-05 09:00:00,web,,,home
ana,Order Completed,2026-01-05 09:10:00,web,19.90,EUR,cart
ben,Page Viewed,2026-01-06 10:00:00,app,,,home
ben,Page Viewed,2026-01-06 10:00:00,app,,,home
"""


def test_rows_become_events_and_identical_ones_are_all_kept(write: Write) -> None:
    done = deliver(write("visits.csv", VISITS))
    assert (done.status, done.rows_good, done.rows_known, done.rows_refused) == (DeliveryStatus.DONE, 4, 0, 0)
    assert done.value_total == Decimal("19.9000")
    rows = stream().to_pylist()
    assert [row["name"] for row in rows] == ["Page Viewed", "Order Completed", "Page Viewed", "Page Viewed"]
    assert len({row["message"] for row in rows}) == 4
    assert len({row["person"] for row in rows}) == 2
    assert {row["batch"] for row in rows} == {done.batch}
    assert rows[1]["value"] == Decimal("19.9000")
    assert json.loads(rows[1]["properties"]) == {"page": "cart"}
    assert rows[0]["source"] == "shop"


def test_the_same_file_again_adds_nothing(write: Write) -> None:
    deliver(write("visits.csv", VISITS))
    again = deliver(write("visits.csv", VISITS))
    assert (again.rows_good, again.rows_known, again.replaces) == (0, 4, None)
    assert again.message == "Every row was there already; nothing was added."
    assert stream().num_rows == 4


def test_rows_that_another_file_brought_are_known(write: Write) -> None:
    deliver(write("monday.csv", VISITS))
    more = deliver(write("tuesday.csv", VISITS + "ben,Page Viewed,2026-01-06 10:00:00,app,,,home\n"))
    assert (more.rows_good, more.rows_known) == (1, 4)
    assert stream().num_rows == 5


def test_equal_rows_of_two_sources_are_two_events(write: Write) -> None:
    from sojourn.domains.catalogue import actions as catalogue

    catalogue.create_source(slug="other", viewer=SYSTEM)
    deliver(write("visits.csv", VISITS))
    assert deliver(write("visits.csv", VISITS), source="other").rows_good == 4


def test_a_new_empty_column_and_another_order_leave_rows_known(write: Write) -> None:
    deliver(write("a.csv", "user_id,event,timestamp,channel\nana,Visit,2026-01-05 09:00,web\n"))
    again = deliver(write("b.csv", "event,user_id,timestamp,channel,unit\nVisit,ana,2026-01-05 09:00,web,\n"))
    assert (again.rows_good, again.rows_known) == (0, 1)


def test_a_corrected_delivery_replaces_its_predecessor_in_one_commit(write: Write) -> None:
    first = deliver(write("visits.csv", VISITS))
    before = queries.newest_batch()
    second = deliver(write("visits.csv", VISITS.replace("19.90", "29.90")))
    assert second.replaces == first.id
    assert queries.delivery(first.id).status is DeliveryStatus.REPLACED
    assert queries.newest_batch() == before + 1
    rows = stream().to_pylist()
    assert len(rows) == 4
    assert {row["batch"] for row in rows} == {second.batch}
    assert sum(row["value"] or 0 for row in rows) == Decimal("29.9000")
    (removal,) = queries.withdrawn(after_batch=before)
    assert removal.batch == second.batch
    assert removal.rows == 4


def test_a_correction_of_a_correction_leaves_only_the_last(write: Write) -> None:
    for value in ("1.00", "2.00", "3.00"):
        deliver(write("visits.csv", VISITS.replace("19.90", value)))
    assert stream().num_rows == 4
    assert [each.status for each in queries.deliveries()] == [
        DeliveryStatus.DONE,
        DeliveryStatus.REPLACED,
        DeliveryStatus.REPLACED,
    ]


def test_a_given_message_id_takes_precedence(write: Write) -> None:
    from sojourn.kit.ids import digest

    rows = "m1,ana,Visit,2026-01-05\nm1,ana,Visit again,2026-01-06\nm2,ana,Visit,2026-01-05\n"
    text = "message_id,user_id,event,timestamp\n" + rows
    done = deliver(write("a.csv", text))
    assert (done.rows_good, done.rows_known) == (2, 1)
    assert stream()["message"].to_pylist() == [digest("shop", "m1"), digest("shop", "m2")]


def test_refused_rows_are_told_with_line_and_reason_and_the_good_ones_enter(write: Write) -> None:
    text = VISITS + ",Page Viewed,2026-01-05,web,,,home\nana,,2026-01-05,web,,,x\nana,Visit,soon,web,,,x\nana,Visit\n"
    done = deliver(write("visits.csv", text))
    assert (done.rows_good, done.rows_refused) == (4, 4)
    assert done.refused_by_code == {
        "missing_identity": 1,
        "missing_event": 1,
        "bad_timestamp": 1,
        "column_count": 1,
    }
    told = [(each.place, each.code) for each in queries.refused_rows(done.id)]
    assert sorted(told) == [
        ("6", "missing_identity"),
        ("7", "missing_event"),
        ("8", "bad_timestamp"),
        ("9", "column_count"),
    ]


def test_the_quarantine_of_a_delivery_is_bounded_and_the_rest_counted(write: Write) -> None:
    done = deliver(write("visits.csv", VISITS + "ana,Visit,never,web,,,\n" * 1_500))
    assert done.rows_refused == 1_500
    assert len(queries.refused_rows(done.id, limit=5_000)) == 1_000


def test_a_file_of_which_every_row_is_refused_says_so(write: Write) -> None:
    done = deliver(write("visits.csv", "user_id,event,timestamp\nana,Visit,never\n"))
    assert done.message == "Every row was refused; see the reasons."
    assert stream().num_rows == 0


def test_personal_columns_go_to_encrypted_traits_and_texts(write: Write) -> None:
    text = (
        "user_id,event,timestamp,email,first_name,comment,topic\n"
        "ana,Called,2026-01-05,ana@example.com,Ana,please call +49 151 2345678,card\n"
        "ana,Called,2026-01-06,ana@example.com,Ana,,mail ana@example.com\n"
    )
    done = deliver(write("calls.csv", text))
    assert any("encrypted traits: email, first_name" in each for each in done.warnings)
    assert sorted(Trait.objects.values_list("name", flat=True)) == ["email", "first_name"]
    assert Text.objects.count() == 2
    rows = stream().to_pylist()
    ids = {f"{each:016x}" for each in Text.objects.values_list("id", flat=True)}
    first, second = (json.loads(row["properties"]) for row in rows)
    assert set(first) == {"comment_id", "topic"}
    assert set(second) == {"topic_id"}
    assert {first["comment_id"], second["topic_id"]} == ids
    raw = b"".join(path.read_bytes() for path in Path(stream_folder()).rglob("*.parquet"))
    assert b"ana@example.com" not in raw
    assert b"151 2345678" not in raw


def stream_folder() -> Path:
    from django.conf import settings

    return Path(settings.SOJOURN.segments)


def test_user_and_anonymous_id_of_a_row_become_one_customer(write: Write) -> None:
    from sojourn.domains.identity import queries as identity

    text = "user_id,anonymous_id,event,timestamp\n,cookie,Visit,2026-01-05\nana,cookie,Signed In,2026-01-06\n"
    deliver(write("a.csv", text))
    anonymous, user = stream()["person"].to_pylist()
    held = identity.person_map()
    assert dict(zip(held.person.tolist(), held.customer.tolist(), strict=True)) == {anonymous: user}


def test_identifiers_are_the_same_customer_as_those_of_another_delivery(write: Write) -> None:
    deliver(write("a.csv", VISITS))
    deliver(write("b.csv", "user_id,event,timestamp\nana,Called,2026-02-01\n"))
    assert Identifier.objects.filter(kind="user").count() == 2
    assert len(set(stream()["person"].to_pylist())) == 2


def test_a_mapping_of_ones_own_is_followed(write: Write) -> None:
    text = "Kunde;Was;Wann;Betrag;Notiz\nana;Kauf;31.12.2025 23:30;1.234,50;eilig\n"
    mapping = {
        "user_id": "Kunde",
        "event": {"column": "Was", "starts_with": {"Kauf": "Order Completed"}},
        "timestamp": "Wann",
        "value": "Betrag",
        "currency": {"constant": "eur"},
        "time_zone": "Europe/Berlin",
        "personal": ["Notiz"],
    }
    done = deliver(write("kauf.csv", text), mapping=mapping)
    (row,) = stream().to_pylist()
    assert (row["name"], row["value"], row["currency"]) == ("Order Completed", Decimal("1234.5000"), "EUR")
    assert row["occurred_at"].isoformat() == "2025-12-31T22:30:00"
    assert set(json.loads(row["properties"])) == {"Notiz_id"}
    assert done.mapping["personal"] == ["Notiz"]


def test_a_preset_that_does_not_fit_fails_the_delivery_with_a_sentence(write: Write) -> None:
    done = deliver(write("a.csv", VISITS), mapping="xes")
    assert done.status is DeliveryStatus.FAILED
    assert "needs time:timestamp" in done.message
    assert stream().num_rows == 0


def test_a_preview_shows_what_would_become_and_stores_nothing(write: Write) -> None:
    taken = actions.begin(source="shop", name="visits.csv", file=write("visits.csv", VISITS), viewer=SYSTEM)
    shown = queries.preview(taken.id)
    assert (shown.format, shown.encoding, shown.delimiter, shown.preset) == ("csv", "utf-8", ",", "sojourn")
    assert (shown.rows, shown.is_whole, shown.rows_good) == (4, True, 4)
    assert shown.event_names[0] == ("Page Viewed", 3)
    assert shown.events[0]["user_id"] == "ana"
    assert shown.properties == ("page",)
    assert stream().num_rows == 0
    assert queries.delivery(taken.id).status is DeliveryStatus.WAITING
    assert not queries.has_queued_deliveries()


def test_a_delivery_can_be_called_off_before_it_runs(write: Write) -> None:
    taken = actions.begin(source="shop", name="visits.csv", file=write("visits.csv", VISITS), viewer=SYSTEM)
    assert actions.cancel(delivery=taken.id, viewer=SYSTEM).status is DeliveryStatus.CANCELLED
    with pytest.raises(ConflictError):
        actions.start(delivery=taken.id, viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        queries.preview(taken.id)


def test_a_delivery_can_be_called_off_while_it_runs(write: Write, place: Path) -> None:
    taken = actions.begin(source="shop", name="visits.csv", file=write("visits.csv", VISITS), viewer=SYSTEM)
    begun = {"status": DeliveryStatus.RUNNING, "is_queued": True, "attempts": 1}
    DeliveryRow.objects.filter(pk=taken.id).update(**begun)
    assert actions.cancel(delivery=taken.id, viewer=SYSTEM).status is DeliveryStatus.RUNNING
    assert actions.run_deliveries() == 1
    ended = queries.delivery(taken.id)
    assert (ended.status, ended.message) == (DeliveryStatus.CANCELLED, "Called off; nothing of it entered.")
    assert stream().num_rows == 0
    assert [each.name for each in (place / "data" / "deliveries").iterdir()] == ["lock"]
    assert deliver(write("visits.csv", VISITS)).rows_good == 4


def test_small_files_are_loaded_apart_from_large_ones_in_their_order(write: Write) -> None:
    queued = {"is_queued": True}
    small, large = (
        actions.begin(source="shop", name=name, file=write(name, VISITS), viewer=SYSTEM).id
        for name in ("a.csv", "b.csv")
    )
    DeliveryRow.objects.filter(pk=small).update(**queued)
    DeliveryRow.objects.filter(pk=large).update(bytes_total=1 << 30, **queued)
    assert queries.is_small_delivery_next()
    assert actions.run_deliveries(only_small=True) == 1
    assert not queries.is_small_delivery_next()
    assert actions.run_deliveries(only_small=True) == 0
    assert actions.run_deliveries() == 1
    assert queries.delivery(large).rows_known == 4


def test_nobody_hands_in_what_nobody_may_or_knows(write: Write) -> None:
    path = write("visits.csv", VISITS)
    viewer = Viewer(name="person:1", role=Role.VIEWER)
    with pytest.raises(ForbiddenError):
        actions.begin(source="shop", name="visits.csv", file=path, viewer=viewer)
    with pytest.raises(NotFoundError):
        actions.begin(source="nowhere", name="visits.csv", file=path, viewer=SYSTEM)
    with pytest.raises(MappingError):
        actions.begin(source="shop", name="visits.csv", file=path, viewer=SYSTEM, mapping="excel")
    assert queries.deliveries() == ()


def test_an_upload_may_come_as_a_stream(write: Write) -> None:
    taken = actions.begin(source="shop", name="visits.csv", file=io.BytesIO(VISITS.encode()), viewer=SYSTEM)
    assert taken.bytes_total == len(VISITS)
    assert actions.start(delivery=taken.id, viewer=SYSTEM).rows_good == 4


def test_the_catalogue_hears_of_events_and_properties(write: Write) -> None:
    from sojourn.domains.catalogue import queries as catalogue

    deliver(write("visits.csv", VISITS))
    actions.pass_on_observations()
    found = {each.name: each for each in catalogue.discovered()}
    assert found["Page Viewed"].count == 3
    assert found["Order Completed"].properties[0].name == "page"


def test_files_of_ended_deliveries_do_not_stay(write: Write, place: Path) -> None:
    deliver(write("visits.csv", VISITS))
    deliver(write("broken.csv", "a,b\n1,2\n"))
    assert [each.name for each in (place / "data" / "deliveries").iterdir()] == ["lock"]


def test_the_native_form_carries_everything(write: Write, tmp_path: Path) -> None:
    import pyarrow as pa

    from sojourn.engine.stream.files.presets import NATIVE_SCHEMA

    at = 1_767_600_000_000_000
    rows = [
        {
            "message_id": "1",
            "user_id": "ana",
            "type": "identify",
            "timestamp": at,
            "traits": '{"email": "a@b.example"}',
        },
        {
            "message_id": "2",
            "user_id": "ana",
            "event": "Order Completed",
            "timestamp": at + 1,
            "channel": "web",
            "unit": "B01",
            "agent": "agent-7",
            "case": "C-1",
            "value": Decimal("9.5000"),
            "currency": "EUR",
            "properties": '{"$app_version": "4.2", "comment": "my phone is 0151 23456789", "plan": "gold"}',
        },
        {"message_id": "3", "user_id": "ana", "type": "page", "event": "Home", "timestamp": at + 2},
    ]
    path = tmp_path / "native.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=NATIVE_SCHEMA), path)
    done = deliver(path)
    assert (done.preset, done.rows_good, done.rows_refused) == ("sojourn", 3, 0)
    identified, order, page = stream().to_pylist()
    assert (identified["name"], identified["kind"], identified["properties"]) == ("Identified", "identify", None)
    assert order["unit"] == "B01"
    assert order["case"]
    assert order["agent"]
    properties = json.loads(order["properties"])
    assert properties.keys() == {"$app_version", "plan", "comment_id"}
    assert (page["name"], json.loads(page["properties"])) == ("Page Viewed", {"$name": "Home"})
    assert Trait.objects.get().name == "email"
