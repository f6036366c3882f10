"""The requests desk and the page on which customers ask, through their doors and without a script."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils.module_loading import autodiscover_modules

from domains.privacy.test_erasing import MAIL, ana
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.collection import actions as collection
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import RequestState
from sojourn.domains.privacy.models import PackageRow, RequestRow
from sojourn.kit import jobs, sealing
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
    assert "/your-data/" in mail.outbox[-1].body
    package = Client().get(link[0])
    assert package["Content-Type"] == "application/zip"
    assert PackageRow.objects.get().downloads == 1
    assert Client().get("/your-data/" + "0" * 64).status_code == 404


def test_an_erasure_written_down_at_the_desk_ends_with_its_certificate(officer: Client) -> None:
    person, _ = ana()
    said = {"kind": "erasure", "email": MAIL, "regulation": "ccpa", "channel": "phone"}
    made = officer.post("/privacy/requests/new", said, follow=True)
    number = RequestRow.objects.get().pk
    assert "CCPA" in made.content.decode()
    refused = officer.post(
        f"/privacy/requests/{number}/change", {"what": "verify", "customer": "4711", "how": "document"}
    )
    assert refused.status_code == 422 and "no such customer" in refused.content.decode()
    officer.post(f"/privacy/requests/{number}/change", {"what": "verify", "customer": str(person), "how": "document"})
    paused = officer.post(f"/privacy/requests/{number}/change", {"what": "pause", "why": "identity"}, follow=True)
    assert "nothing stops the clock" in paused.content.decode()
    officer.post(f"/privacy/requests/{number}/change", {"what": "work"})
    collection.run_commands()
    actions.finish_erasures()
    found = queries.request(number, viewer=SYSTEM)
    assert found.state is RequestState.CLOSED
    page = officer.get(f"/privacy/erasures/{found.erasure}").content.decode()
    assert "genuine" in page and MAIL not in page
    assert "BEGIN:VCALENDAR" in officer.get("/privacy/requests/calendar.ics").content.decode()


def test_a_request_that_nobody_could_answer_is_refused_and_many_are_slowed_down() -> None:
    customer = Client()
    nothing = customer.post("/your-data/", {"kind": "access", "name": "Ana"})
    assert nothing.status_code == 422 and "so that we can answer" in nothing.content.decode()
    answers = [customer.post("/your-data/", {"kind": "access"}).status_code for _ in range(A_MINUTE)]
    assert answers[-1] == 429
    assert not RequestRow.objects.exists()
