"""Whatever is sent, an item is either spooled in a form that the loader can read, or refused with a code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sojourn.surfaces.intake.bodies import envelope
from sojourn.surfaces.intake.items import OBJECTS, TYPES, Arrival, checked, instant_us
from sojourn.surfaces.intake.posthog import translated
from sojourn.surfaces.intake.refusals import ITEM_REASONS, REQUEST_REASONS, ItemRefusedError, RequestRefusedError

NOW = 1_790_000_000_000_000
ARRIVAL = Arrival("shop", NOW, None)

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
instants = st.sampled_from(
    ["2026-01-31T09:30:00Z", "2026-01-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(sorted(TYPES)) | values,
        "userId": values,
        "anonymousId": st.text(max_size=5) | values,
        "groupId": values,
        "previousId": values,
        "event": st.text(max_size=9) | values,
        "messageId": st.text(max_size=110) | values,
        "timestamp": instants | values,
        "sentAt": instants | values,
        **dict.fromkeys(OBJECTS, st.dictionaries(st.text(), values) | values),
    },
)


def check_spoolable(raw: bytes) -> None:
    event = json.loads(raw)
    assert event["type"] in TYPES
    assert 0 < len(event["messageId"]) <= 100
    for name in ("userId", "anonymousId", "groupId", "previousId"):
        assert event.get(name) is None or isinstance(event[name], str)
    assert event.get("userId") or event.get("anonymousId")
    assert "\0" not in json.dumps(event, ensure_ascii=False)


@settings(deadline=None)
@given(item=fields | values, kind=st.none() | st.sampled_from(sorted(TYPES)))
@example(item={"type": "track", "userId": "u", "event": "E", "timestamp": "0001-01-01T00:00:00+14:00"}, kind=None)
def test_any_json_is_taken_in_good_form_or_refused_by_code(item: Any, kind: str | None) -> None:
    try:
        check_spoolable(checked(json.dumps(item).encode(), kind, ARRIVAL, {}))
    except ItemRefusedError as refusal:
        assert refusal.reason_code in ITEM_REASONS


@settings(deadline=None)
@given(raw=st.binary())
@example(raw=b"[" * 100_000)
@example(raw=b'{"a":' * 100_000)
@example(raw=b'{"a":"' + b"\\" * 99_999)
def test_any_bytes_are_an_item_or_refused_by_code(raw: bytes) -> None:
    with pytest.raises(ItemRefusedError):
        checked(raw, "track", ARRIVAL, {})
    with pytest.raises(ItemRefusedError):
        checked(translated(raw), "track", ARRIVAL, {})


@settings(deadline=None)
@given(raw=st.binary() | values.map(lambda value: json.dumps(value).encode()), is_batch=st.booleans())
@example(raw=b'{"batch":' + b"[" * 100_000, is_batch=True)
def test_any_body_comes_apart_or_is_refused_by_code(raw: bytes, is_batch: bool) -> None:
    try:
        envelope(raw, is_batch=is_batch)
    except RequestRefusedError as refusal:
        assert refusal.reason_code in REQUEST_REASONS


@settings(deadline=None)
@given(item=fields)
def test_the_batch_of_another_library_is_translated_or_refused_by_code(item: dict[str, Any]) -> None:
    try:
        check_spoolable(checked(translated(json.dumps(item).encode()), None, ARRIVAL, {}))
    except ItemRefusedError as refusal:
        assert refusal.reason_code in ITEM_REASONS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00", 0),
        ("1970-01-02", 86_400_000_000),
        ("1970-01-01T00:00:00.123456789Z", 123_456),
        ("yesterday", None),
        ("", None),
        ("1970-13-01", None),
    ],
)
def test_an_instant_is_iso_8601_and_utc_without_a_zone(text: str, expected: int | None) -> None:
    assert instant_us(text) == expected
