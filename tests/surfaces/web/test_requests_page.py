"""The requests desk and the page on which customers ask, through their doors and without a script."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from domains.privacy.test_erasing import MAIL, ana
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.collection import actions as collection
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Channel, Contact, RequestKind, RequestState
from sojourn.domains.privacy.models import PackageRow, RequestRow
from sojourn.kit import jobs, sealing
from sojourn.kit.ids import short
from sojourn.surfaces.web.asking import A_MINUTE, TURNS

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    sealing.sealer(settings.SOJOURN)
    monkeypatch.setattr(jobs, "_queue", [])
    autodiscover_modules("plugins", "tasks")
    TURNS.clear()
    yield
    TURNS.clear()


@pytest.fixture
def officer(settings: Any) -> Client:
    made = access.create_person(email="officer@bank.example", role=Role.PRIVACY_OFFICER, viewer=SYSTEM)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=made.id), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_customer_asks_proves_who_they_are_and_fetches_their_data(officer: Client, settings: Any) -> None:
    person, _ = ana()
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, mail_host="mail.invalid")
    customer = Client()

    page = customer.get("/your-data/").content.decode()
    assert "<script" not in page and "style=" not in page
    sent = customer.post("/your-data/", {"kind": "access", "email": MAIL}, follow=True)
    code = re.search(r"\d{6}", mail.outbox[-1].body)
    assert code is not None
    address = sent.redirect_chain[-1][0]
    assert customer.post(address, {"code": "nonsense"}).status_code == 422
    assert "we know that it is you" in customer.post(address, {"code": code[0]}).content.decode()

    number = RequestRow.objects.get().pk
    assert RequestRow.objects.get().customer == person
    listed = officer.get("/privacy/requests/").content.decode()
    assert "to be worked on" in listed and MAIL not in listed
    assert MAIL in officer.get(f"/privacy/requests/{number}").content.decode()
    officer.post(f"/privacy/requests/{number}/change", {"what": "work"})
    done = officer.get(f"/privacy/requests/{number}").content.decode()
    link = re.search(r"/your-data/([0-9a-f]{64})", done)
    assert "done as asked" in done and link is not None
    assert "opens on this computer only" not in done
    inside = officer.get(f"/privacy/requests/{number}", SERVER_NAME="127.0.0.1").content.decode()
    assert "opens on this computer only" in inside
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, public_url="https://bank.example")
    outside = officer.get(f"/privacy/requests/{number}", SERVER_NAME="127.0.0.1").content.decode()
    assert "https://bank.example/your-data/" in outside and "opens on this computer only" not in outside
    assert re.search(r"http://[^/\s]+/your-data/", mail.outbox[-1].body)
    package = Client().get(link[0])
    assert package["Content-Type"] == "application/zip"
    assert PackageRow.objects.get().downloads == 1
    assert Client().get("/your-data/" + "0" * 64).status_code == 404


def test_who_reads_german_asks_and_is_answered_in_german(officer: Client, settings: Any) -> None:
    ana()
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, mail_host="mail.invalid")
    customer = Client(headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    page = customer.get("/your-data/").content.decode()
    assert '<html lang="de">' in page and "Alles löschen" in page and "E-Mail-Adresse" in page
    assert "damit wir antworten können" in customer.post("/your-data/", {"kind": "access"}).content.decode()
    sent = customer.post("/your-data/", {"kind": "access", "email": MAIL, "name": "Ana Berg"}, follow=True)
    assert "ist bei uns" in sent.content.decode()
    letter = mail.outbox[-1]
    assert letter.subject.endswith("Auskunft über Ihre Daten")
    assert "Guten Tag Ana Berg," in letter.body and "Mit freundlichen Grüßen" in letter.body
    assert "Links zu Ihren Daten enden" in customer.get("/your-data/" + "0" * 64).content.decode()
    assert "Erase everything" in customer.get("/your-data/?lang=en").content.decode()


def test_an_erasure_written_down_at_the_desk_ends_with_its_certificate(officer: Client) -> None:
    person, _ = ana()
    said = {"kind": "erasure", "email": MAIL, "regulation": "ccpa", "channel": "phone", "language": "en"}
    made = officer.post("/privacy/requests/new", said, follow=True)
    number = RequestRow.objects.get().pk
    assert "CCPA" in made.content.decode()
    refused = officer.post(
        f"/privacy/requests/{number}/change", {"what": "verify", "customer": "4711", "how": "document"}
    )
    assert refused.status_code == 422 and "no such customer" in refused.content.decode()
    officer.post(f"/privacy/requests/{number}/change", {"what": "verify", "customer": short(person), "how": "document"})
    assert queries.request(number, viewer=SYSTEM).customer == person
    paused = officer.post(f"/privacy/requests/{number}/change", {"what": "pause", "why": "identity"}, follow=True)
    assert "nothing stops the clock" in paused.content.decode()
    unsaid = officer.post(f"/privacy/requests/{number}/change", {"what": "work", "confirm": "x"}, follow=True)
    assert "Nothing is erased" in unsaid.content.decode()
    assert f"Type {short(person)} to erase" in unsaid.content.decode()
    officer.post(f"/privacy/requests/{number}/change", {"what": "work", "confirm": short(person)})
    collection.run_commands()
    actions.finish_erasures()
    found = queries.request(number, viewer=SYSTEM)
    assert found.state is RequestState.CLOSED
    page = officer.get(f"/privacy/erasures/{found.erasure}").content.decode()
    assert "genuine" in page and MAIL not in page
    assert "BEGIN:VCALENDAR" in officer.get("/privacy/requests/calendar.ics").content.decode()


def test_a_page_follows_its_request_only_while_it_is_worked_on(officer: Client) -> None:
    made = actions.open_request(
        kind=RequestKind.ACCESS, regulation="gdpr", channel=Channel.PHONE, contact=Contact(email=MAIL), by="system"
    )
    address = f"/privacy/requests/{made.id}"
    assert "hx-get" not in officer.get(address).content.decode()
    RequestRow.objects.filter(pk=made.id).update(state=RequestState.WORKING)
    followed = officer.get(address).content.decode()
    assert f'id="live" hx-get="{address}" hx-trigger="every 2s"' in followed
    assert 'id="chip"' in followed and 'id="told"' in followed and "htmx.min.js" in followed


def test_a_request_that_nobody_could_answer_is_refused_and_many_are_slowed_down() -> None:
    customer = Client()
    nothing = customer.post("/your-data/", {"kind": "access", "name": "Ana"})
    assert nothing.status_code == 422 and "so that we can answer" in nothing.content.decode()
    answers = [customer.post("/your-data/", {"kind": "access"}).status_code for _ in range(A_MINUTE)]
    assert answers[-1] == 429
    assert not RequestRow.objects.exists()


def test_a_deadline_skips_a_holiday_stands_in_the_calendar_and_alarms_when_it_has_passed(
    officer: Client, settings: Any
) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, mail_host="mail.invalid")
    place = settings.SOJOURN.data / "privacy"
    place.mkdir(exist_ok=True)
    (place / "holidays.yaml").write_text("calendar: DE-BE\n")
    made = actions.open_request(
        kind=RequestKind.ACCESS,
        regulation="gdpr",
        contact=Contact(email=MAIL),
        channel=Channel.PHONE,
        received_at=datetime(2024, 11, 25, 9, tzinfo=UTC),
        by="person:1",
    )
    assert made.due_on == date(2024, 12, 27), "both days of Christmas are left out"

    page = officer.get(f"/privacy/requests/{made.id}").content.decode()
    assert "moved from 2024-12-25" in page and "2024-12-26" in page
    calendar = officer.get("/privacy/requests/calendar.ics").content.decode()
    assert "DTSTART;VALUE=DATE:20241227" in calendar and f"UID:request-{made.id}@" in calendar
    assert MAIL not in calendar

    actions.keep_data_rights(now=datetime(2024, 12, 20, 8, tzinfo=UTC))
    assert not mail.outbox, "a week before nobody is told"
    actions.keep_data_rights(now=datetime(2024, 12, 24, 8, tzinfo=UTC))
    actions.keep_data_rights(now=datetime(2024, 12, 24, 20, tzinfo=UTC))
    actions.keep_data_rights(now=datetime(2024, 12, 28, 8, tzinfo=UTC))
    told = [each for each in mail.outbox if each.to == ["officer@bank.example"]]
    assert len(told) == 2, "three days before, and late: once a day"
    assert "due on 2024-12-27" in told[0].body and MAIL not in told[0].body
    assert "late" in officer.get("/privacy/requests/").content.decode()
    assert "late" in officer.get("/").content.decode()
    actions.refuse_request(number=made.id, reason="Taken back on the phone.", viewer=SYSTEM, withdrawn=True)
    actions.keep_data_rights(now=datetime(2024, 12, 29, 8, tzinfo=UTC))
    assert len([each for each in mail.outbox if each.to == ["officer@bank.example"]]) == 2
    assert "BEGIN:VEVENT" not in officer.get("/privacy/requests/calendar.ics").content.decode()


def test_a_pause_and_an_extension_stand_on_the_page_with_their_reasons(officer: Client) -> None:
    person, _ = ana()
    said = {"kind": "access", "email": MAIL, "regulation": "gdpr", "channel": "phone", "language": "de"}
    officer.post("/privacy/requests/new", said)
    number = RequestRow.objects.get().pk
    change = f"/privacy/requests/{number}/change"
    asked = "Which of your three accounts do you mean?"
    paused = officer.post(change, {"what": "pause", "why": "clarification", "reason": asked}, follow=True)
    text = paused.content.decode()
    assert "asked for what exactly they mean" in text
    assert text.count(asked) == 2, "on the clock and in the letter"
    RequestRow.objects.update(paused_at=timezone.now() - timedelta(days=3))
    assert "3 days, which are added" in officer.post(change, {"what": "resume"}, follow=True).content.decode()
    longer = officer.post(change, {"what": "extend", "reason": "Paper files of 1990 are to be read."}, follow=True)
    assert "Paper files of 1990 are to be read." in longer.content.decode()
    refused = officer.post(change, {"what": "extend", "reason": "Once more."}, follow=True)
    assert "a second time the law does not allow" in refused.content.decode()
    assert person
