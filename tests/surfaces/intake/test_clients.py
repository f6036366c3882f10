"""Real clients are understood, and each of their events is spooled once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from surfaces.intake import clients
from surfaces.intake.running import KEY, RunningIntake

pytestmark = pytest.mark.sdk
TIMES = 60  # several batches of the library's 100


def check_all_there(events: list[dict[str, Any]], prefix: str) -> None:
    own = [event for event in events if str(event.get("userId", "")).startswith(prefix)]
    assert Counter(event["type"] for event in own) == dict.fromkeys(clients.KINDS, TIMES)
    assert len({event["messageId"] for event in own}) == len(own)
    assert {event["timestamp"][:19] for event in own} == {"2026-01-31T09:30:00"}


@pytest.mark.parametrize("use_gzip", [False, True], ids=["plain", "gzip"])
def test_segments_python_library_sends_every_event_once(data: Path, use_gzip: bool) -> None:
    intake = RunningIntake(data)
    clients.send_with_python(intake.url, KEY, TIMES, use_gzip=use_gzip)
    intake.stop()
    check_all_there(intake.events(), "python-")


def test_segments_node_library_sends_every_event_once(data: Path) -> None:
    intake = RunningIntake(data)
    clients.send_with_node(intake.url, KEY, TIMES)
    intake.stop()
    check_all_there(intake.events(), "node-")


def test_a_library_that_is_told_to_wait_sends_again(data: Path) -> None:
    intake = RunningIntake(data, rate_per_source=100)
    clients.send_with_python(intake.url, KEY, TIMES)
    assert 'sojourn_intake_requests_total{status="429"}' in httpx.get(f"{intake.url}/metrics").text
    intake.stop()
    check_all_there(intake.events(), "python-")


@pytest.mark.parametrize("capture", clients.CAPTURES, ids=lambda path: path.stem)
def test_what_a_library_sent_when_it_was_recorded_is_taken_whole(shared_intake: RunningIntake, capture: Path) -> None:
    requests = clients.recorded(capture, KEY)
    assert requests
    for request in requests:
        answer = clients.replay(shared_intake.url, request, KEY)
        assert answer.status_code == 200
        items = clients.items_of(request)
        if not items:
            assert answer.json()["integrations"]["Segment.io"]["apiKey"] == KEY
            continue
        assert answer.json() == {"success": True, "accepted": len(items), "refused": []}
        spooled = {event["messageId"]: event for event in shared_intake.events()}
        for item in items:
            event = spooled[item.get("messageId") or item["uuid"]]
            assert event["type"] == item.get("type", event["type"])
            assert event.get("event") == item.get("event") or "uuid" in item
