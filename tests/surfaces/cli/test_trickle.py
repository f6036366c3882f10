"""The living trickle sends what happens at the bank to a real intake, each event once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import pytest

from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.sending import trickle
from sojourn.engine.simulation.words import DAY, HOUR
from sojourn.surfaces.cli.companies import BANK, DemoState, document, read_state, write_state
from sojourn.surfaces.cli.documents import sources
from sojourn.surfaces.cli.trickling import SPAN_US, Sender, advance
from surfaces.intake.running import RunningIntake, publish

ANCHOR = 20_500 * DAY
KEYS = {each["slug"]: f"wk_{each['slug']}" for each in sources(document(BANK, "sources.yaml"))}


@pytest.fixture
def intake(tmp_path: Path) -> RunningIntake:
    running = RunningIntake(tmp_path / "data")
    publish(
        tmp_path / "data",
        *(
            {"slug": slug, "key_sha256": hashlib.sha256(key.encode()).hexdigest(), "strict": True, "active": True,
             "channel": "", "rate": 0}
            for slug, key in KEYS.items()
        ),
    )  # fmt: skip
    yield running
    running.stop()


def test_each_event_arrives_once_under_its_channels_source(intake: RunningIntake, tmp_path: Path) -> None:
    bank = Bank(seed=3, size=2_000, anchor=ANCHOR)
    state = DemoState(company="bank", size=2_000, seed=3, anchor=ANCHOR, loaded_until=ANCHOR + 9 * HOUR)
    write_state(tmp_path, state)
    with httpx.Client(base_url=intake.url) as client:
        sender = Sender(client, KEYS)
        first = advance(bank, sender, tmp_path, state, now=ANCHOR + 10 * HOUR)
        assert advance(bank, sender, tmp_path, state, now=ANCHOR + 10 * HOUR) == 0
        second = advance(bank, sender, tmp_path, state, now=ANCHOR + 13 * HOUR)
    expected = {each["messageId"] for each in trickle(bank, ANCHOR + 9 * HOUR, ANCHOR + 13 * HOUR)}
    arrived = [each["messageId"] for each in intake.events()]
    assert first + second == len(arrived) == len(expected) > 10
    assert set(arrived) == expected
    assert {frame.source for frame in intake.frames()} >= {"website", "mobile-app"}
    remembered = read_state(tmp_path)
    assert remembered is not None and remembered.sent_until == ANCHOR + 13 * HOUR


def test_a_long_pause_is_caught_up_piece_by_piece(tmp_path: Path) -> None:
    state = DemoState(company="bank", anchor=ANCHOR, loaded_until=ANCHOR)

    class Nobody(Sender):
        def send(self, messages: object) -> int:
            return 0

    bank = Bank(seed=3, size=50, anchor=ANCHOR)
    with httpx.Client() as client:
        advance(bank, Nobody(client, KEYS), tmp_path, state, now=ANCHOR + 3 * DAY)
    assert state.sent_until == ANCHOR + SPAN_US


def test_an_intake_that_is_away_moves_nothing_forward(tmp_path: Path) -> None:
    state = DemoState(company="bank", anchor=ANCHOR, loaded_until=ANCHOR + 9 * HOUR)
    bank = Bank(seed=3, size=2_000, anchor=ANCHOR)
    with httpx.Client(base_url="http://127.0.0.1:9") as client, pytest.raises(httpx.HTTPError):
        advance(bank, Sender(client, KEYS), tmp_path, state, now=ANCHOR + 12 * HOUR)
    assert state.sent_until == 0
