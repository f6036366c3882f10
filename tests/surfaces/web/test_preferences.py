"""The preference centre: a secret link, choices with their proof, and nothing for who guesses."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from domains.privacy.bank import event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import How, Purpose
from sojourn.domains.privacy.models import ConsentWord, PreferenceLinkRow
from sojourn.kit import sealing
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError
from sojourn.surfaces.web.public import A_MINUTE, TURNS

pytestmark = pytest.mark.django_db(databases="__all__")
AGENT = Viewer(name="person:4", role=Role.AGENT, scopes=frozenset(Scope))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    sealing.sealer(settings.SOJOURN)
    TURNS.clear()
    load([event(7, "Opened", 0, unit="north"), event(8, "Opened", 0)])
    yield
    TURNS.clear()


@pytest.fixture
def address() -> str:
    return actions.make_preference_link(customer=7, viewer=AGENT).address


def stands(customer: int, purpose: str) -> tuple[bool, bool | None]:
    found = next(each for each in queries.standings_of(customer) if each.purpose == purpose)
    return found.allowed, found.said


def form_of(page: str) -> dict[str, str]:
    """Fill the form in as it is shown, without any script."""
    inputs = re.findall(r"<input[^>]+>", page)
    found = {}
    for each in inputs:
        name, value = re.search(r'name="([^"]+)"', each), re.search(r'value="([^"]*)"', each)
        if name and value and ('type="radio"' not in each or "checked" in each):
            found[name[1]] = value[1]
    return found


def test_a_link_shows_each_purpose_in_plain_words_without_script_or_account(address: str) -> None:
    page = Client().get(address, headers={"Accept-Language": "de-AT,en;q=0.5"})
    text = page.content.decode()
    assert page.status_code == 200
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    assert "no-store" in page["Cache-Control"]
    assert 'lang="de"' in text and "Neuigkeiten und Angebote" in text
    assert "Wofür dürfen wir Ihre Daten nutzen?" in text
    assert "<script" not in text and "style=" not in text
    assert "What may we use your data for?" in Client().get(address, headers={"Accept-Language": "pl"}).content.decode()
    assert "News and offers" in Client().get(address + "?lang=en", headers={"Accept-Language": "de"}).content.decode()
    assert "service" not in form_of(text), "what rests on contract is no choice"


def test_choices_are_saved_with_what_was_shown_and_count_on_the_next_read(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    filled = form_of(client.get(address, headers={"Accept-Language": "de"}).content.decode())
    assert (filled["for-analytics"], filled["for-marketing"]) == ("yes", "no")
    chosen = {**filled, "for-marketing": "yes", "for-analytics": "no", "what": "save"}
    done = client.post(address, chosen, headers={"Accept-Language": "de"}, follow=True)
    assert "Ihre Auswahl ist gespeichert" in done.content.decode()
    assert stands(7, "marketing") == (True, True)
    assert stands(7, "analytics") == (False, False)
    assert stands(7, "research") == (True, None), "what was left as it was is not taken for a consent"
    words = queries.words_of_customer(7)
    assert {(word.purpose, word.how, word.notice, word.language) for word in words} == {
        ("marketing", How.PREFERENCE_CENTRE, 1, "de"),
        ("analytics", How.PREFERENCE_CENTRE, 1, "de"),
    }
    assert not queries.reachable([7], purpose=Purpose.ANALYTICS, viewer=SYSTEM)[0]
    entry = AuditRow.objects.get(what="consent.record")
    assert (entry.who, entry.object) == ("customer", "customer:7")


@pytest.mark.parametrize("page", ["preferences", "your-data"])
def test_a_browser_may_send_a_customers_form_back(page: str, address: str) -> None:
    client, place = Client(enforce_csrf_checks=True), address if page == "preferences" else "/your-data/"
    shown = client.get(place)
    text = shown.content.decode()
    policies = {shown["Referrer-Policy"], *re.findall(r'<meta name="referrer" content="([^"]+)"', text)}
    origin = "null" if "no-referrer" in policies else "http://testserver"  # as the Fetch standard has it (3.2)
    sent = client.post(place, form_of(text), headers={"Origin": origin})
    assert sent.status_code in (200, 302, 422)  # 403: refused as forged


def test_one_click_refuses_everything(address: str) -> None:
    client = Client()
    filled = form_of(client.get(address).content.decode())
    client.post(address, {**filled, "what": "save", "for-marketing": "yes"})
    filled = form_of(client.get(address).content.decode())
    done = client.post(address, {**filled, "what": "withdraw"}, follow=True)
    assert "everything is refused" in done.content.decode()
    assert not any(each.allowed for each in queries.standings_of(7) if each.basis in ("opt_in", "opt_out"))
    assert "Refuse everything" not in done.content.decode()


def test_a_form_that_was_tampered_with_changes_nothing_it_should_not(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    filled = form_of(client.get(address).content.decode())
    assert client.post(address, {k: v for k, v in filled.items() if k != "csrfmiddlewaretoken"}).status_code == 403
    bad = client.post(address, {**filled, "what": "save", "for-service": "no"})
    assert (bad.status_code, "no such choice" in bad.content.decode()) == (422, True)
    client.post(address, {**filled, "what": "save", "for-research": "no", "shown-research": "99.xx"})
    assert [(word.notice, word.language) for word in queries.words_of_customer(7)] == [(None, "")]


def test_a_link_that_is_guessed_old_or_forgotten_opens_nothing(address: str) -> None:
    client = Client()
    for wrong in ("x", "A" * 32, address[len("/preferences/") : -1] + ("A" if address[-1] != "A" else "B"), "é" * 32):
        assert client.get(f"/preferences/{wrong}").status_code == 404
    PreferenceLinkRow.objects.update(expires_us=1)
    page = client.get(address)
    assert (page.status_code, "does not open any more" in page.content.decode()) == (404, True)
    actions.notice_expired()
    assert not PreferenceLinkRow.objects.exists()


def test_links_are_kept_as_digests_and_hold_nothing_of_the_customer(address: str) -> None:
    secret = address.removeprefix("/preferences/")
    assert len(secret) == 32
    row = PreferenceLinkRow.objects.get()
    assert secret not in row.digest
    until = timezone.now() + timedelta(days=30, minutes=1)
    assert row.expires_us < until.timestamp() * 1e6
    actions.forget_consents(persons=[7])
    assert Client().get(address).status_code == 404


def test_guessing_is_slowed_down(address: str) -> None:
    client = Client()
    answers = [client.get(f"/preferences/{number:032d}").status_code for number in range(A_MINUTE + 1)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert client.get(address).status_code == 200, "who has a link is not held up by who has none"
    assert [client.get(address).status_code for _ in range(A_MINUTE)][-1] == 429


def test_who_makes_a_link_needs_the_right_and_must_reach_the_customer() -> None:
    with pytest.raises(ForbiddenError):
        actions.make_preference_link(customer=7, viewer=Viewer(name="person:5", role=Role.ANALYST))
    south = Viewer(name="person:6", role=Role.AGENT, scopes=frozenset(Scope), units=frozenset({"south"}))
    with pytest.raises(NotFoundError):
        actions.make_preference_link(customer=7, viewer=south)
    with pytest.raises(InvalidError, match="days"):
        actions.make_preference_link(customer=7, viewer=AGENT, days=0)


def test_a_link_leads_to_who_the_customer_is_today(address: str) -> None:
    link([(8, 7)])
    actions.refresh_timeline()
    client = Client()
    client.post(address, {**form_of(client.get(address).content.decode()), "what": "save", "for-research": "no"})
    assert ConsentWord.objects.filter(person=8, purpose="research", allowed=False).exists()
    assert stands(8, "research") == (False, False)


def test_the_site_says_that_it_honours_the_browsers_signal() -> None:
    answer = Client().get("/.well-known/gpc.json")
    assert answer.json() == {"gpc": True, "lastUpdate": "2026-01-01"}
