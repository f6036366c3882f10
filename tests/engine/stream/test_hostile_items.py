"""What a hostile sender writes neither stops the loader nor reaches what is not its own."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.stream.loading import Desk, track
from sojourn.engine.stream.addresses import clean_url
from sojourn.engine.stream.personal import is_personal_name, masked, without_mail
from sojourn.engine.stream.rows import Rows, units
from sojourn.engine.stream.spool import Frame


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("said", ["1e999999999", "1e99999999", "-1e99999999", "NaN", "Infinity", "sNaN", "9" * 30_000])
def test_an_absurd_amount_is_none(said: str) -> None:
    assert units(said, {}) is None


@pytest.mark.parametrize(("said", "scaled"), [("12.50", 125_000), ("1e-999999999", 0), ("1e3", 10_000_000)])
def test_an_amount_in_text_is_read(said: str, scaled: int) -> None:
    assert units(said, {}) == scaled


def test_a_sender_cannot_name_the_person(desk: Desk) -> None:
    desk.load(track(person=5), track(messageId="m2", person=-(2**70)))
    assert [claims.given for claims in desk.claims] == [{}]


def test_an_event_recorded_inside_names_the_person(desk: Desk) -> None:
    raw = json.dumps({"type": "track", "event": "Answered", "messageId": "a", "person": 5}).encode()
    desk.loader.load([], outbox=[(1, Frame(source="survey", kind="items", received_at=1, items=[raw]))])
    assert desk.claims[0].given == {0: 5}


def test_an_item_that_the_loader_fails_at_holds_nothing_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Rows._whole

    def failing(rows: Rows, item: Any, *rest: Any) -> bytes | None:
        if item.event == "Broken":
            raise RuntimeError
        return whole(rows, item, *rest)

    monkeypatch.setattr(Rows, "_whole", failing)
    broken = track(event="Broken", messageId="m1", properties={"email": "ana@example.com", "$x": 1})
    loaded = desk.load(broken, track(messageId="m2", properties={"colour": "blue"}))
    assert [each.code for each in loaded.rejected] == ["bad_item"]
    assert [row["properties"] for row in desk.rows()] == [{"colour": "blue"}]
    assert not desk.claims[0].texts


@pytest.mark.parametrize("more", [{"sentAt": "soon"}, {"timestamp": ""}, {"originalTimestamp": "", "timestamp": ""}])
def test_times_that_intake_takes_for_absent_are_absent(desk: Desk, more: dict[str, Any]) -> None:
    assert not desk.load(track(**{"timestamp": "2026-01-31T09:30:00Z", **more})).rejected


@pytest.fixture
def four_seconds_of_work() -> Iterator[None]:
    """End a test that computes for seconds where it should for milliseconds."""

    def ended(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, ended)
    signal.setitimer(signal.ITIMER_VIRTUAL, 4)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.usefixtures("four_seconds_of_work")
@pytest.mark.parametrize("text", ["a" * 31_000, "%40" * 10_000, "@a." * 10_000, "a%40" * 3_000 + "." * 19_000])
def test_long_texts_are_looked_through_in_linear_time(text: str) -> None:
    assert masked(text)


@pytest.mark.parametrize(
    "url", ["https://shop.example/?utm_ana@example.com=1", "https://ana%40example.com/x", "//ana%2540example.com/x"]
)
def test_no_mail_hides_in_the_key_of_a_parameter_or_in_a_host(url: str) -> None:
    assert "ana" not in clean_url(url)


def test_a_phone_number_is_no_article_number() -> None:
    assert (without_mail("+4915123456789"), without_mail("4006381333931")) == (":phone", "4006381333931")


@pytest.mark.parametrize("name", ["vorname", "Nachname", "geburtsdatum", "Straße", "telefon", "prénom", "apellido"])
def test_names_of_personal_properties_are_known_in_other_languages(name: str) -> None:
    assert is_personal_name(name)
