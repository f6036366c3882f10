"""Items become rows as Segment's rules say, once each, and refusals are kept."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.stream.loading import RECEIVED, Desk, Property, TestPlan, track
from sojourn.engine.stream.dedupe import Known, halves_of_hex
from sojourn.engine.stream.spool import Refused
from sojourn.kit.ids import digest
from sojourn.kit.period import instant


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"type": "track", "event": "Bought"}, "Bought"),
        ({"type": "page", "name": "Home"}, "Page Viewed"),
        ({"type": "screen", "name": "Home"}, "Screen Viewed"),
        ({"type": "identify"}, "Identified"),
        ({"type": "group", "groupId": "acme"}, "Grouped"),
        ({"type": "alias", "previousId": "old"}, "Aliased"),
    ],
)
def test_each_call_has_its_event_name(desk: Desk, item: dict[str, Any], name: str) -> None:
    desk.load({"userId": "ana", **item})
    row = desk.rows()[0]
    assert (row["name"], row["kind"]) == (name, item["type"])
    if "name" in item:
        assert row["properties"]["$name"] == "Home"


def test_columns_are_lifted_and_the_rest_stays(desk: Desk) -> None:
    properties = {
        "channel": "app", "touchpoint": "cart", "unit": "b1", "agent": "a7", "product": "4006381333931", "case_id": 12,
        "revenue": 19.99, "total": 25, "currency": "EUR", "step": 2, "ok": True,
    }  # fmt: skip
    desk.load(track(properties=properties))
    row = desk.rows()[0]
    assert (row["channel"], row["touchpoint"], row["unit"], row["product"]) == ("app", "cart", "b1", "4006381333931")
    assert (row["value"], row["currency"]) == (Decimal("19.9900"), "EUR")
    assert (row["agent"], row["case"]) == (desk.tokens["agent", "a7"], desk.tokens["case", "12"])
    assert row["properties"] == {"total": 25, "step": 2, "ok": True}


def test_a_source_s_channel_stands_where_an_event_names_none(desk: Desk) -> None:
    desk.load(track())
    assert desk.rows()[0]["channel"] == "site"


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (1, "1"),
        (0.1, "0.1"),
        (19.99, "19.99"),
        ("12.5", "12.5"),
        (-3.5, "-3.5"),
        (1e12, "1e12"),
        (922337203685.4775, "922337203685.4775"),
    ],
)
def test_amounts_are_exact(desk: Desk, value: object, amount: str) -> None:
    desk.load(track(properties={"value": value}))
    assert desk.rows()[0]["value"] == Decimal(amount)


@pytest.mark.parametrize("value", [1e300, "much"])
def test_an_amount_that_is_none_leaves_the_column_empty(desk: Desk, value: object) -> None:
    desk.load(track(properties={"value": value}))
    assert desk.rows()[0]["value"] is None


def test_a_wrong_clock_is_corrected_by_how_wrong_it_was_when_it_sent(desk: Desk) -> None:
    sent = "1990-01-01T00:00:10Z"
    desk.load(track(originalTimestamp="1990-01-01T00:00:00Z", sentAt=sent))
    assert desk.rows()[0]["occurred_at"] == instant(RECEIVED - 10_000_000).replace(tzinfo=None)


def test_a_request_s_sent_at_corrects_all_its_items(desk: Desk) -> None:
    desk.load(track(timestamp="2026-01-01T00:00:00Z"), sent_at=1_767_225_605_000_000)
    assert desk.rows()[0]["occurred_at"] == instant(RECEIVED - 5_000_000).replace(tzinfo=None)


def test_without_sent_at_the_sender_s_time_is_taken(desk: Desk) -> None:
    desk.load(track(timestamp="2020-05-06T07:08:09.123456+02:00"))
    assert desk.rows()[0]["occurred_at"] == at("2020-05-06T05:08:09.123456")


def test_without_a_time_the_arrival_counts(desk: Desk) -> None:
    desk.load(track())
    assert desk.rows()[0]["occurred_at"] == desk.rows()[0]["received_at"] == instant(RECEIVED).replace(tzinfo=None)


def test_a_message_comes_in_once_within_a_frame_across_batches_and_after_a_restart(desk: Desk, tmp_path: Path) -> None:
    assert desk.load(track(), track()).flow[RECEIVED // 60_000_000, "web"].duplicates == 1
    desk.load(track(), track(messageId="m2"))
    assert len(desk.rows()) == 2
    later = Desk(tmp_path)
    later.stream = {bytes.fromhex(row["message"]) for row in desk.rows()}
    later.loader.known.warm(halves_of_hex("".join(row["message"] for row in desk.rows()).encode()))
    later.load(track(), track(messageId="m3"))
    assert len(later.rows()) == 1


def test_the_message_is_the_digest_of_source_and_message_id(desk: Desk) -> None:
    desk.load(track(), track(messageId=77))
    assert [row["message"] for row in desk.rows()] == [digest("web", "m1"), digest("web", "77")]


def test_the_same_message_id_of_another_source_is_another_message(desk: Desk) -> None:
    desk.load(track())
    desk.load(track(), source="app")
    assert len(desk.rows()) == 2


def test_a_hash_that_meets_by_chance_is_not_a_duplicate() -> None:
    known = Known(confirm=lambda asked: set())
    known.add([b"a" * 8 + b"1" * 8])
    known._recent.clear()
    assert known.is_new([b"a" * 8 + b"2" * 8]).tolist() == [True]


def test_replayed_frames_mint_the_same_ids(tmp_path: Path) -> None:
    first, second = Desk(tmp_path / "a"), Desk(tmp_path / "b")
    for desk in (first, second):
        desk.load(track(), track(messageId="m2"))
    assert [row["event_id"] for row in first.rows()] == [row["event_id"] for row in second.rows()]


def test_what_intake_refused_and_what_cannot_be_a_row_lie_in_the_quarantine(desk: Desk) -> None:
    refused = [Refused(index=3, message_id="m", code="too_large", reason="Too large.", raw=b"{...")]
    loaded = desk.load(
        b"{not json",
        {"type": "track", "userId": "ana"},
        {"type": "track", "event": "X"},
        track(timestamp="soon"),
        track(),
        refused=refused,
    )
    assert [each.code for each in loaded.rejected] == [
        "too_large",
        "bad_item",
        "no_event",
        "no_identity",
        "bad_timestamp",
    ]
    assert [each.place for each in loaded.rejected] == ["3", "0", "1", "2", "3"]
    assert len(desk.rows()) == 1


def test_details_of_a_wrong_type_do_not_cost_the_event(desk: Desk) -> None:
    context = {"app": "v1", "os": {"name": 7}, "page": [], "locale": 5, "campaign": "x", "device": {"type": "phone"}}
    desk.load(track(context=context, integrations="all", userId=42))
    assert desk.rows()[0]["properties"] == {"$device": "phone"}
    assert ("user", "42") in desk.tokens


def test_the_request_s_context_completes_the_item_s(desk: Desk) -> None:
    whole = b'{"app": {"version": "1"}, "locale": "de-DE", "os": {"name": "iOS"}}'
    desk.load(track(context={"app": {"version": "2"}}), track(messageId="m2"), context=whole)
    assert desk.rows()[0]["properties"] == {"$app_version": "2", "$os": "iOS", "$locale": "de-DE"}
    assert desk.rows()[1]["properties"] == {"$app_version": "1", "$os": "iOS", "$locale": "de-DE"}


def test_what_was_seen_and_what_breaks_the_plan_is_counted(tmp_path: Path) -> None:
    declared = {"size": Property(allowed=("S", "M")), "n": Property(type="integer", required=True)}
    desk = Desk(tmp_path, TestPlan(closed=True, events={"Bought": declared}))
    desk.load(
        track(properties={"size": "XL", "n": 1}),
        track(messageId="m2", properties={"size": "S", "n": "one", "colour": "red", "channel": "app", "value": 2}),
        track(messageId="m3"),
        track(messageId="m4", event="Sold"),
    )
    seen = desk.committed[0].sightings
    assert {key: value.count for key, value in seen.events.items()} == {("Bought", "web"): 3, ("Sold", "web"): 1}
    assert seen.properties["Bought", "n", "integer"].count == seen.properties["Bought", "n", "string"].count == 1
    assert {key: value.count for key, value in seen.breaches.items()} == {
        ("Bought", "size", "not_allowed"): 1,
        ("Bought", "n", "wrong_type"): 1,
        ("Bought", "colour", "undeclared_property"): 1,
        ("Bought", "n", "missing_property"): 1,
        ("Sold", "", "undeclared_event"): 1,
    }


def test_a_new_plan_counts_from_the_next_batch(desk: Desk) -> None:
    desk.load(track(properties={"nick": "Annie"}))
    desk.plan = TestPlan(version=2, personal=frozenset({"nick"}))
    desk.load(track(messageId="m2", properties={"nick": "Annie"}))
    first, second = (row["properties"] for row in desk.rows())
    assert first == {"nick": "Annie"}
    assert list(second) == ["nick_id"]
