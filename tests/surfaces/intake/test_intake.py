"""What intake takes, how it answers, and what then lies in the spool."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from surfaces.intake.running import KEY, SLOW_KEY, RunningIntake, publish

TRACK = {"userId": "u-1", "event": "Order Completed", "properties": {"revenue": 25}}


def spooled(intake: RunningIntake, message: str) -> list[dict[str, Any]]:
    return [event for event in intake.events() if event.get("messageId") == message]


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("track", {}),
        ("identify", {"traits": {"email": "ana@example.com"}}),
        ("page", {"name": "Pricing"}),
        ("screen", {"name": "Home"}),
        ("group", {"groupId": "g-1"}),
        ("alias", {"previousId": "anon-1"}),
    ],
)
def test_each_call_is_taken_at_its_long_and_short_address(
    shared_intake: RunningIntake, path: str, extra: dict[str, Any]
) -> None:
    for address in (path, path[0]):
        message = f"call-{address}"
        answer = shared_intake.post(f"/v1/{address}", TRACK | extra | {"messageId": message})
        assert (answer.status_code, answer.json()) == (200, {"success": True, "accepted": 1, "refused": []})
        assert [event["type"] for event in spooled(shared_intake, message)] == [path]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import", "/v1/batch/"])
def test_a_batch_is_one_frame_with_what_its_items_share(shared_intake: RunningIntake, path: str) -> None:
    items = [{**TRACK, "type": "track", "messageId": f"{path}-{n}"} for n in range(3)]
    body = {"batch": items, "sentAt": "2026-01-31T09:30:00.5Z", "context": {"locale": "es"}, "integrations": {}}
    assert shared_intake.post(path, body).json()["accepted"] == 3
    frame = next(f for f in shared_intake.frames() if f.items and json.loads(f.items[0])["messageId"] == f"{path}-0")
    assert (frame.source, frame.kind, frame.sent_at) == ("shop", "items", 1_769_851_800_500_000)
    assert (frame.context, frame.integrations) == (b'{"locale": "es"}'.replace(b" ", b""), b"{}")
    assert [json.loads(item) for item in frame.items] == items


def test_the_browsers_privacy_signal_goes_with_the_request(shared_intake: RunningIntake) -> None:
    for message, value in (("gpc-1", "1"), ("gpc-0", "0"), ("gpc-none", None)):
        headers = {} if value is None else {"Sec-GPC": value}
        shared_intake.post("/v1/track", {**TRACK, "messageId": message}, headers=headers)
    said = {json.loads(f.items[0]).get("messageId"): f.has_signal for f in shared_intake.frames() if f.items}
    assert [said["gpc-1"], said["gpc-0"], said["gpc-none"]] == [True, False, False]


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}, {}],
    ids=["text", "form", "none"],
)
def test_the_content_type_does_not_matter(shared_intake: RunningIntake, headers: dict[str, str]) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({**TRACK, "writeKey": KEY}).encode()
    assert httpx.post(f"{shared_intake.url}/v1/t", content=body, headers=headers).json()["accepted"] == 1


def test_a_gzip_body_is_unpacked(shared_intake: RunningIntake) -> None:
    body = gzip.compress(json.dumps({"batch": [{**TRACK, "type": "track"}], "writeKey": KEY}).encode())
    answer = httpx.post(f"{shared_intake.url}/v1/batch", content=body, headers={"Content-Encoding": "gzip"})
    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize("user", [f"{KEY}:", KEY], ids=["colon", "no colon"])
def test_the_write_key_may_come_as_basic_user(shared_intake: RunningIntake, user: str) -> None:
    import base64

    headers = {"Authorization": "basic " + base64.b64encode(user.encode()).decode()}
    answer = httpx.post(f"{shared_intake.url}/v1/track", json=TRACK, headers=headers)
    assert answer.status_code == 200


def test_numeric_ids_become_text_and_the_rest_stays_as_it_was_sent(shared_intake: RunningIntake) -> None:
    body = b'{"userId": 42, "event": "E", "messageId": "numeric", "properties": {"price": 12.50}, "type": "page"}'
    httpx.post(f"{shared_intake.url}/v1/track", content=body, auth=(KEY, ""))
    raw = next(item for frame in shared_intake.frames() for item in frame.items if b'"numeric"' in item)
    assert json.loads(raw)["userId"] == "42"
    assert json.loads(raw)["type"] == "track"  # the address says what it is
    assert b"12.50" in raw  # exact money survives


def test_half_a_character_does_not_cost_the_batch(shared_intake: RunningIntake) -> None:
    body = rb'{"type":"track","userId":"u","messageId":"half","event":"\ud83d \ud83d\ude00 \\ud83d"}'
    assert httpx.post(f"{shared_intake.url}/v1/track", content=body, auth=(KEY, "")).json()["accepted"] == 1
    assert [event["event"] for event in spooled(shared_intake, "half")] == ["\ufffd \U0001f600 \\ud83d"]


def test_an_event_sent_again_without_a_message_id_gets_the_same_one(shared_intake: RunningIntake) -> None:
    timed = {**TRACK, "type": "track", "event": "Timed", "timestamp": "2026-01-31T09:30:00Z"}
    for _ in range(2):
        shared_intake.post("/v1/batch", {"batch": [timed, timed]})
    ids = [event["messageId"] for event in shared_intake.events() if event.get("event") == "Timed"]
    assert len(ids) == 4
    assert ids[:2] == ids[2:]  # the retry
    assert ids[0] != ids[1]  # two events of one request


def test_an_event_without_any_time_is_always_a_new_one(shared_intake: RunningIntake) -> None:
    for _ in range(2):
        shared_intake.post("/v1/track", {**TRACK, "event": "Untimed"})
    ids = [event["messageId"] for event in shared_intake.events() if event.get("event") == "Untimed"]
    assert len(set(ids)) == 2


def test_a_wrong_clock_is_corrected_before_the_future_is_refused(shared_intake: RunningIntake) -> None:
    ahead = {**TRACK, "type": "track", "timestamp": "2099-01-01T00:00:00Z"}
    wrong = shared_intake.post("/v1/batch", {"batch": [ahead]}).json()
    skewed = shared_intake.post("/v1/batch", {"batch": [ahead], "sentAt": "2099-01-01T00:00:01Z"}).json()
    assert (wrong["accepted"], skewed["accepted"]) == (0, 1)


def test_refused_items_lie_in_the_spool_with_their_reason(data: Path) -> None:
    intake = RunningIntake(data)
    intake.post("/v1/batch", {"batch": [{**TRACK, "type": "x", "messageId": "bad", "note": "y" * 9_000}]})
    httpx.post(f"{intake.url}/v1/batch", content=b"not json", auth=(KEY, ""))
    item, request = [refused for frame in intake.frames() for refused in frame.refused]
    assert (item.index, item.message_id, item.code, len(item.raw)) == (0, "bad", "unknown_type", 4_096)
    assert (request.index, request.code, request.raw) == (-1, "not_json", b"not json")
    intake.stop()


def test_a_browser_may_send_from_any_site_and_learns_where_to(shared_intake: RunningIntake) -> None:
    preflight = httpx.options(f"{shared_intake.url}/v1/t", headers={"Origin": "https://shop.example"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in preflight.headers
    library = httpx.get(f"{shared_intake.url}/v1/projects/{KEY}/settings").json()["integrations"]["Segment.io"]
    assert library["apiHost"] == f"127.0.0.1:{shared_intake.port}/v1"
    assert library["protocol"] == "http"
    assert httpx.get(f"{shared_intake.url}/v1/projects/wk_nobody/settings").status_code == 404


def test_the_configured_address_wins_over_the_host_header(data: Path) -> None:
    intake = RunningIntake(data, public_intake_url="https://events.example.com/in")
    library = httpx.get(f"{intake.url}/v1/projects/{KEY}/settings").json()["integrations"]["Segment.io"]
    assert (library["apiHost"], library["protocol"]) == ("events.example.com/in/v1", "https")
    intake.stop()


def test_a_source_made_a_moment_ago_may_send(shared_intake: RunningIntake) -> None:
    import hashlib

    fresh = {"slug": "fresh", "key_sha256": hashlib.sha256(b"wk_fresh").hexdigest()}
    publish(shared_intake.data, fresh)
    assert shared_intake.post("/v1/track", TRACK, key="wk_fresh").status_code == 200


def test_a_source_over_its_rate_is_asked_to_wait(shared_intake: RunningIntake) -> None:
    batch = {"batch": [{**TRACK, "type": "track"}] * 500}
    assert shared_intake.post("/v1/batch", batch, key=SLOW_KEY).status_code == 200
    answer = shared_intake.post("/v1/batch", batch, key=SLOW_KEY)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 90 <= int(answer.headers["retry-after"]) <= 100
    assert answer.headers["x-ratelimit-reset"] == answer.headers["retry-after"]


def test_a_full_spool_and_a_full_disk_ask_clients_to_wait(data: Path) -> None:
    intake = RunningIntake(data, spool_max_bytes=1_048_576)
    event = {**TRACK, "type": "track", "properties": {"text": "x" * 30_000}}
    answers = [intake.post("/v1/batch", {"batch": [event] * 12}) for _ in range(3)]
    while answers[-1].status_code == 200:
        answers.append(intake.post("/v1/track", TRACK))
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "spool_full")
    assert int(answers[-1].headers["retry-after"]) > 0
    assert httpx.get(f"{intake.url}/healthz").json()["status"] == "spool_full"
    intake.stop()
    full = RunningIntake(data, disk_min_bytes=1 << 60)
    assert full.post("/v1/track", TRACK).json()["code"] == "disk_full"
    full.stop()


def test_bodies_beyond_the_memory_allowed_are_asked_to_wait(data: Path) -> None:
    intake = RunningIntake(data, intake_in_flight_bytes=1_048_576, body_max_bytes=4_000_000)
    answer = intake.post("/v1/track", TRACK | {"properties": {"text": "x" * 1_500_000}})
    assert (answer.status_code, answer.json()["code"]) == (429, "busy")
    assert intake.post("/v1/track", TRACK).status_code == 200
    assert "sojourn_intake_in_flight_bytes 0" in httpx.get(f"{intake.url}/metrics").text
    intake.stop()


def test_counts_are_told_without_naming_anybody(shared_intake: RunningIntake) -> None:
    shared_intake.post("/v1/track", {"event": "E"})
    text = httpx.get(f"{shared_intake.url}/metrics").text
    assert 'sojourn_intake_refused_total{code="no_identity"}' in text
    assert "sojourn_intake_sync_seconds_count" in text
    assert KEY not in text and "u-1" not in text


def test_neither_answers_nor_logs_repeat_what_was_sent(data: Path) -> None:
    intake = RunningIntake(data)
    marker = "ana.marker@example.com"
    bodies: list[object] = [
        {"batch": [{"type": marker, "userId": marker}, {"type": "track", "userId": {marker: marker}}]},
        {"batch": marker},
        {"batch": [], "context": marker, marker: 1},
    ]
    answers = [intake.post("/v1/batch", body).text for body in bodies]
    answers.append(httpx.post(f"{intake.url}/v1/{marker}", content=marker, auth=(marker, "")).text)
    intake.stop()
    assert marker not in "".join(answers)
    assert marker not in intake.log.read_text()
