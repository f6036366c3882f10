"""Retention rules, statutory duties and legal holds on pages: written by the privacy officer, read by the auditor."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from domains.privacy.bank import event, load
from domains.privacy.test_erasing import MAIL, ana
from sojourn.domains.access import actions as access
from sojourn.domains.access import queries as known
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.privacy import queries
from sojourn.domains.privacy.contracts import AccountKind
from sojourn.kit import sealing
from sojourn.kit.ids import short

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
RULE = {"name": "page-views", "title": "Page views", "events": "Page Viewed\nPage Viewed", "field": "", "days": "30"}
DUTY = {
    "name": "bank-records",
    "title": "Records of a bank",
    "law": "AMLD art. 40",
    "events": "Page Viewed",
    "traits": "name",
    "ends": "Account Closed",
    "months": "60",
    "is_active": "on",
}


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    sealing.sealer(settings.SOJOURN)
    autodiscover_modules("plugins", "tasks")
    yield


@pytest.fixture
def officer(settings: Any) -> Client:
    return signed_in(Role.PRIVACY_OFFICER, settings)


@pytest.fixture
def auditor(settings: Any) -> Client:
    return signed_in(Role.AUDITOR, settings)


def signed_in(role: Role, settings: Any) -> Client:
    made = access.create_person(email=f"{role.value}@bank.example", role=role, viewer=SYSTEM)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=made.id), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def undo(page: Any) -> str:
    found = re.search(r'name="signed" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def test_a_rule_is_previewed_saved_deleted_and_brought_back(officer: Client, auditor: Client) -> None:
    person, _ = ana()
    load([event(person, "Page Viewed", 1), event(5, "Page Viewed", 3)])
    assert "Everything is kept" in text_of(officer.get("/privacy/retention/"))

    shown = text_of(officer.post("/privacy/retention/new", RULE | {"what": "preview"}))
    assert "Events that go 2 Customers 2" in shown
    assert not queries.retention_rules(viewer=SYSTEM), "a preview saves nothing"
    saved = officer.post("/privacy/retention/new", RULE | {"what": "save"}, follow=True)
    assert "works from" in text_of(saved)
    assert queries.retention_rules(viewer=SYSTEM)[0].events == ("Page Viewed",)
    assert "Page views" in text_of(auditor.get("/privacy/retention/"))

    changed = officer.post("/privacy/retention/of/page-views", RULE | {"days": "60", "name": "x", "what": "save"})
    assert changed.status_code == 302
    assert [(each.name, each.days) for each in queries.retention_rules(viewer=SYSTEM)] == [("page-views", 60)]

    gone = officer.post("/privacy/retention/of/page-views/delete", follow=True)
    assert "is deleted" in text_of(gone)
    officer.post("/privacy/retention/restore", {"signed": undo(gone)})
    assert queries.retention_rules(viewer=SYSTEM)[0].days == 60
    told = {each.what for each in known.audit_log(viewer=SYSTEM)}
    assert {"retention.save", "retention.delete"} <= told


def test_a_preview_names_the_duty_that_the_rule_would_break(officer: Client) -> None:
    officer.post("/privacy/duties/new", DUTY)
    shown = text_of(officer.post("/privacy/retention/new", RULE | {"what": "preview"}))
    assert "The duty Records of a bank keeps events that this rule takes" in shown


@pytest.mark.parametrize(
    ("address", "given", "said"),
    [
        ("/privacy/retention/new", RULE | {"name": "Page Views"}, "Small letters, digits and hyphens"),
        ("/privacy/retention/new", RULE | {"days": "0"}, "greater than or equal to 1"),
        ("/privacy/retention/new", RULE | {"field": "a'; DROP"}, "The name of a property"),
        ("/privacy/duties/new", DUTY | {"events": "", "traits": ""}, "Name what is kept"),
        ("/privacy/duties/new", DUTY | {"law": ""}, "required"),
        ("/privacy/holds/", {"customer": "4711", "reason": "Case", "until": "2090-01-01"}, "no such customer"),
        ("/privacy/holds/", {"customer": "x", "reason": "Case", "until": "2090-01-01"}, "no such customer"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(officer: Client, address: str, given: Any, said: str) -> None:
    answer = officer.post(address, {**given, "what": "save"})
    assert answer.status_code in (200, 422)
    assert said in text_of(answer)


def test_a_duty_is_saved_deleted_and_brought_back(officer: Client, auditor: Client) -> None:
    assert "An erasure takes everything" in text_of(officer.get("/privacy/duties/"))
    officer.post("/privacy/duties/new", DUTY)
    (saved,) = queries.duties(viewer=SYSTEM)
    assert (saved.traits, saved.ends, saved.months) == (("name",), ("Account Closed",), 60)
    assert "AMLD art. 40" in text_of(auditor.get("/privacy/duties/"))
    officer.post("/privacy/duties/of/bank-records", DUTY | {"is_active": "", "accounts": ["account", "household"]})
    assert "products held, households" in text_of(auditor.get("/privacy/duties/"))
    assert 'value="household" id="id_accounts_1" checked' in officer.get("/privacy/duties/of/bank-records").text
    assert "retired" in text_of(officer.get("/privacy/duties/"))
    gone = officer.post("/privacy/duties/of/bank-records/delete", follow=True)
    officer.post("/privacy/retention/restore", {"signed": undo(gone)})
    (back,) = queries.duties(viewer=SYSTEM)
    assert (back.is_active, back.accounts) == (False, (AccountKind.ACCOUNT, AccountKind.HOUSEHOLD))
    assert officer.post("/privacy/retention/restore", {"signed": "nonsense"}).status_code == 422


def test_a_hold_is_placed_and_released_with_a_reason_and_names_nobody(officer: Client, auditor: Client) -> None:
    person, _ = ana()
    assert "No hold is in force" in text_of(officer.get("/privacy/holds/"))
    until = (timezone.now() + timedelta(90)).date().isoformat()
    said = {"customer": short(person), "reason": "Case 7 O 31/26", "until": until}
    assert "names of people" in text_of(officer.get("/privacy/holds/"))
    refused = officer.post("/privacy/holds/", said | {"reason": f"Dispute of {MAIL}"})
    assert "Looks like a mail address" in text_of(refused)

    placed = officer.post("/privacy/holds/", said, follow=True)

    assert f"keeps everything until {until}" in text_of(placed)
    number = queries.holds(viewer=SYSTEM)[0].id
    read = auditor.get("/privacy/holds/")
    assert str(person) in text_of(read)
    assert MAIL not in read.content.decode() and "Place a hold" not in read.content.decode()
    assert officer.post(f"/privacy/holds/{number}", {"reason": ""}).status_code == 200
    released = officer.post(f"/privacy/holds/{number}", {"reason": "Settled out of court"}, follow=True)
    assert "Settled out of court" in text_of(released)
    assert officer.get(f"/privacy/holds/{number}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/privacy/retention/new",
        "/privacy/retention/of/page-views/delete",
        "/privacy/retention/restore",
        "/privacy/duties/new",
        "/privacy/duties/of/bank-records/delete",
        "/privacy/holds/",
        "/privacy/holds/1",
    ],
)
def test_an_auditor_changes_nothing(auditor: Client, address: str) -> None:
    assert auditor.post(address, {"name": "x"}).status_code == 403
