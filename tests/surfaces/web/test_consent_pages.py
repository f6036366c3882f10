"""Privacy > Consents and Purposes, and the consents of one customer."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from domains.privacy.bank import event, load
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.privacy import queries
from sojourn.kit import sealing

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    sealing.sealer(settings.SOJOURN)
    load([event(7, "Opened", 0, unit="north"), event(8, "Opened", 0)])


def as_role(role: Role) -> Client:
    who = access.create_person(email=f"{role.value}@example.com", role=role.value, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


def test_an_agent_notes_what_a_customer_told_them_and_sees_the_proof() -> None:
    client = as_role(Role.AGENT)
    before = client.get("/privacy/consents/7").content.decode()
    assert "They said nothing yet" in before
    said = {"what": "note", "purpose": "marketing", "choice": "yes"}
    page = client.post("/privacy/consents/7/change", said, follow=True).content.decode()
    assert "told to us, agent@example.com" in page
    assert client.get("/privacy/consents/99").status_code == 404
    assert client.get(f"/privacy/consents/{1 << 70}").status_code == 404


def test_an_agent_makes_a_link_that_opens() -> None:
    client = as_role(Role.AGENT)
    page = client.post("/privacy/consents/7/change", {"what": "link"}).content.decode()
    address = page.split("/preferences/")[1][:32]
    assert Client().get(f"/preferences/{address}").status_code == 200


def test_the_privacy_officer_makes_a_purpose_and_publishes_its_notice() -> None:
    client = as_role(Role.PRIVACY_OFFICER)
    given = {"name": "raffle", "title": "Raffle", "basis": "opt_in", "categories": "Games, fun", "is_active": "on"}
    page = client.post("/privacy/purposes/new", given, follow=True).content.decode()
    assert "The purpose is there" in page and "No notice yet" in page
    assert queries.purpose("raffle").categories == ("fun", "games")
    notice = {"what": "notice", "language": "de", "title": "Verlosung", "text": "Wir losen aus.", "opens_earlier": "on"}
    page = client.post("/privacy/purposes/raffle", notice, follow=True).content.decode()
    assert "Wir losen aus." in page
    wrong = client.post("/privacy/purposes/raffle", {**given, "what": "change", "tcf": "x"}).content.decode()
    assert "Give numbers with commas between." in wrong
    changed = {**given, "what": "change", "expires_months": "6", "tcf": "1, 3"}
    client.post("/privacy/purposes/raffle", changed)
    terms = queries.purpose("raffle")
    assert (terms.expires_months, terms.tcf) == (6, (1, 3))


def test_an_auditor_reads_and_changes_nothing() -> None:
    client = as_role(Role.AUDITOR)
    assert "n = 2 customers" in client.get("/privacy/consents/").content.decode()
    assert "Publish the next version" not in client.get("/privacy/purposes/marketing").content.decode()
    assert client.post("/privacy/purposes/marketing", {"what": "notice"}).status_code == 403
    assert client.post("/privacy/consents/7/change", {"what": "link"}).status_code == 403
    assert client.get("/privacy/purposes/nothing").status_code == 404
