"""Planted mails, phones, names and ids are found in no segment, decoded column by column; the rest stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from engine.stream.loading import Desk, Property, TestPlan, track
from sojourn.engine.stream.addresses import browser, clean_url
from sojourn.engine.stream.personal import is_personal_name, masked

MAIL, PHONE, NAME, CARD, IBAN = (
    "ana.silva@example.com",
    "+49 151 23456789",
    "Ana Silva-Oliveira",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
)
SECRETS = (
    MAIL,
    "ana.silva",
    "23456789",
    "Silva",
    "1111 1111",
    "0532 0130",
    "device-4711",
    "user-4711",
    "visitor-4711",
    "10.1.2.3",
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def decoded(desk: Desk) -> str:
    """Give every value of every column of every segment, whether a row group is referenced or not."""
    found = []
    for path in desk.folder.rglob("*.parquet"):
        for batch in pq.ParquetFile(path).iter_batches():
            found += [str(value) for column in batch.columns for value in column.to_pylist()]
    return "\n".join(found)


EVERYWHERE: list[dict[str, Any]] = [
    {"type": "identify", "traits": {"email": MAIL, "phone": PHONE, "name": NAME, "firstName": "Silva", "plan": "gold"}},
    {"type": "identify", "traits": {"first_name": "Silva", "address": {"street": "Silva Road 1"}, "plan": "gold"}},
    {"type": "identify", "context": {"traits": {"email": MAIL, "plan": "gold"}}},
    {"type": "track", "event": "A", "context": {"traits": {"email": MAIL, "nick": "Silva"}}},
    {"type": "track", "event": "A", "properties": {"email": MAIL, "customer_name": NAME, "mobile_number": PHONE}},
    {"type": "track", "event": "A", "properties": {"a": f"write to {MAIL}", "b": PHONE, "c": CARD, "d": IBAN}},
    {"type": "track", "event": "A", "properties": {"who": {"deep": [{"er": MAIL}]}, "list": [PHONE]}},
    {"type": "track", "event": "A", "properties": {"comment": f"I am {NAME}, call me"}},
    {"type": "track", "event": "A", "properties": {"story": f"{NAME} " + "wrote a long text " * 20}},
    {"type": "track", "event": "A", "properties": {MAIL: "x", "device_id": "device-4711", "userId": "user-4711"}},
    {"type": "track", "event": f"Mail to {MAIL}", "properties": {"channel": MAIL, "unit": PHONE, "product": MAIL}},
    {"type": "track", "event": "A", "properties": {"agent": NAME, "case_id": f"case of {NAME}"}},
    {"type": "page", "name": f"Mails of {MAIL}", "properties": {"url": f"https://a.example/u/{MAIL}?q={MAIL}#{MAIL}"}},
    {"type": "page", "context": {"page": {"url": "https://ana.silva:x@a.example/user-4711/1?m=ana.silva%40example.com"}}},
    {"type": "page", "context": {"page": {"referrer": f"https://a.example/?utm_source={MAIL}", "path": f"/{MAIL}"}}},
    {"type": "page", "properties": {"referrer": f"mailto:{MAIL}", "search": f"?mail={MAIL}", "path": f"/k/{MAIL}"}},
    {"type": "track", "event": "A", "context": {"ip": "10.1.2.3", "device": {"id": "device-4711"}}},
    {"type": "track", "event": "A", "context": {"campaign": {"name": MAIL}}},
    {"type": "group", "groupId": "user-4711", "traits": {"name": NAME, "size": 5}},
    {"type": "alias", "previousId": "visitor-4711"},
]  # fmt: skip


def test_nothing_planted_is_found_in_a_segment_and_all_of_it_is_kept_aside(desk: Desk) -> None:
    for number, item in enumerate(EVERYWHERE):
        desk.load({"userId": "user-4711", "anonymousId": "visitor-4711", "messageId": f"m{number}", **item})
    found = decoded(desk)
    assert "gold" in found
    for secret in SECRETS:
        assert secret not in found, secret
    assert len(desk.rows()) == len(EVERYWHERE)
    aside = json.dumps([[str(each.value) for each in (*claims.traits, *claims.texts)] for claims in desk.claims])
    for kept in (MAIL, PHONE, NAME):
        assert kept in aside


def test_a_text_set_aside_is_led_to_by_its_id(desk: Desk) -> None:
    desk.load(track(properties={"comment": "Great!", "score": 9, "survey": "nps"}))
    text = desk.claims[0].texts[0]
    assert desk.rows()[0]["properties"] == {"score": 9, "survey": "nps", "comment_id": f"{text.id:016x}"}
    assert json.loads(text.value) == {"comment": "Great!"}


def test_the_plan_decides_what_is_personal_and_what_is_not(tmp_path: Path) -> None:
    declared = {"nick": Property(personal=True), "note": Property(), "reference": Property()}
    desk = Desk(tmp_path, TestPlan(events={"Bought": declared}))
    desk.load(track(properties={"nick": "Annie", "note": "gift wrap", "reference": "0301234567890"}))
    properties = desk.rows()[0]["properties"]
    assert properties.pop("nick_id")
    assert properties == {"note": "gift wrap", "reference": "0301234567890"}


def test_harmless_values_stay_as_they_are(desk: Desk) -> None:
    properties = {
        "order_id": "100234567", "sku": "4006381333931", "date": "2026-01-31", "when": "2026-01-31T10:11:12.123Z",
        "german_date": "31.01.2026", "slashed": "04/12/2026", "version": "10.0.19045.3086", "handle": "@sojourn",
        "uuid": "0b5f2a3e-7f6d-4c1e-9a0b-1c2d3e4f5a6b", "ms": "1790000000000", "price": "0.12345678", "none": None,
        "email_campaign": "spring", "phone_model": "X 12", "size": "40x60", "nested": {"a": [1, {"b": "c"}]},
        "name": "Blue shirt",
    }  # fmt: skip
    desk.load(track(properties=properties))
    assert desk.rows()[0]["properties"] == properties


def test_traits_are_kept_under_one_name_whichever_way_they_are_written(desk: Desk) -> None:
    desk.load(
        {"type": "identify", "userId": "ana", "traits": {"firstName": "Ana", "last_name": "Silva", "createdAt": "2020"}}
    )
    assert sorted(each.name for each in desk.claims[0].traits) == ["created_at", "first_name", "last_name"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ana@example.com", ":mail"),
        ("ana%40example.com", ":mail"),
        ("jürgen@müller.de", ":mail"),
        ("0151/2345678", ":phone"),
        ("0049 30 1234567", ":phone"),
        ("(030) 1234-5678", ":phone"),
        ("555-123-4567", ":phone"),
        ("+1 (555) 123-4567", ":phone"),
        ("4111111111111111", ":card"),
        ("GB82 WEST 1234 5698 7654 32", ":iban"),
        ("4111111111111112", "4111111111111112"),
        ("04/12/2026", "04/12/2026"),
    ],
)
def test_values_that_look_personal_are_known(text: str, seen: str) -> None:
    assert masked(text) == seen


@pytest.mark.parametrize(
    "name", ["e-mail", "Email", "customer_email", "shippingAddress", "dateOfBirth", "user_id", "IP"]
)
def test_names_that_are_personal_are_known(name: str) -> None:
    assert is_personal_name(name)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://shop.example/a/b?utm_campaign=x&gclid=1#y", "https://shop.example/a/b?utm_campaign=x"),
        ("https://shop.example/orders/ORD-48213", "https://shop.example/orders/:id"),
        ("https://shop.example/u/550e8400-e29b-41d4-a716-446655440000/", "https://shop.example/u/:id/"),
        ("https://shop.example:8443/blog/why-nps-matters-2024", "https://shop.example:8443/blog/why-nps-matters-2024"),
        ("/relative/12", "/relative/:id"),
        ("http://[bad", ":url"),
        ("tel:+491511234", "tel::id"),
    ],
)
def test_addresses_lose_what_leads_to_a_person(url: str, clean: str) -> None:
    assert clean_url(url) == clean


def test_of_a_user_agent_family_and_major_version_stay() -> None:
    safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"
    edge = "Mozilla/5.0 (Windows) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.1"
    assert (browser(safari), browser(edge), browser("analytics-python/2.4")) == (
        ("Safari", "17"),
        ("Edge", "126"),
        None,
    )
