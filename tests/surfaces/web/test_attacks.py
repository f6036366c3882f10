"""What somebody tries who wants in: fixed and stolen sessions, forged forms, links led away, huge requests."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter

from sojourn.domains.access import actions
from sojourn.domains.access.contracts import SYSTEM, Person, Role
from sojourn.surfaces.web.urls import urlpatterns

pytestmark = pytest.mark.django_db(databases="__all__")
PASSWORD = "quiet harbour at dusk"
PAGE, FOR_MANAGERS = "/account/factors/", "/settings/keys/"
# Pages that take a form without our token, by their module: nobody's cookie counts there.
WITHOUT_TOKEN = {
    "allauth.socialaccount.providers.saml.views": "the identity provider signs what it sends",
    "sojourn.surfaces.web.surveying": "answers of customers, whose link is the secret; embedded in sites of others",
}


@pytest.fixture(autouse=True)
def unspent() -> None:
    cache.clear()


@pytest.fixture
def ana() -> Person:
    return actions.create_person(email="ana@example.com", role="administrator", password=PASSWORD, viewer=SYSTEM)


def signed_in(**more: Any) -> Client:
    client = Client(**more)
    sign_in(client)
    return client


def sign_in(client: Client, **more: Any) -> Any:
    said = {"login": "ana@example.com", "password": PASSWORD, **more}
    if client.handler.enforce_csrf_checks:
        client.get("/account/login/")
        said["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    answer = client.post("/account/login/", said)
    assert answer.status_code == 302, answer.content
    return answer


def test_a_session_from_before_signing_in_is_nobodys_afterwards(ana: Person) -> None:
    victim = Client()
    session = victim.session
    session["planted"] = True
    session.save()
    planted = victim.cookies["sessionid"].value
    sign_in(victim)
    assert victim.cookies["sessionid"].value != planted
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get(PAGE).status_code == 302
    attacker.cookies["sessionid"] = "a" * 32
    sign_in(attacker)
    assert attacker.cookies["sessionid"].value != "a" * 32, "an id of one's own making is not taken over"


def test_a_stolen_session_ends_with_sign_out_a_new_password_and_access(ana: Person) -> None:
    for end in ("sign out", "password", "access"):
        owner = signed_in()
        thief = Client()
        thief.cookies["sessionid"] = owner.cookies["sessionid"].value
        assert thief.get(PAGE).status_code == 200
        if end == "sign out":
            owner.post("/account/logout/")
        elif end == "password":
            actions.set_password(person_id=ana.id, password=PASSWORD + "!", viewer=SYSTEM)
            actions.set_password(person_id=ana.id, password=PASSWORD, viewer=SYSTEM)
        else:
            actions.create_person(email="bo@example.com", role="administrator", password=PASSWORD, viewer=SYSTEM)
            actions.deactivate(person_id=ana.id, viewer=SYSTEM)
        assert thief.get(PAGE).status_code == 302, end
        assert thief.get("/api/v1/people").status_code == 401, end


def test_a_right_that_is_taken_away_is_gone_from_open_sessions(ana: Person) -> None:
    actions.create_person(email="bo@example.com", role="administrator", password=PASSWORD, viewer=SYSTEM)
    client = signed_in()
    assert client.get(FOR_MANAGERS).status_code == 200
    actions.change_role(person_id=ana.id, role=Role.VIEWER.value, viewer=SYSTEM)
    assert client.get(FOR_MANAGERS).status_code == 403
    assert client.get("/api/v1/keys").status_code == 403


def _filled(pattern: URLPattern) -> dict[str, object]:
    names = {**pattern.pattern.regex.groupindex, **pattern.pattern.converters}
    return {name: 1 if isinstance(each, IntConverter) else "a" for name, each in names.items()}


def test_no_page_takes_a_form_of_another_site(ana: Person) -> None:
    client = signed_in(enforce_csrf_checks=True)
    tried = 0
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if getattr(pattern.callback, "csrf_exempt", False):
            assert pattern.callback.__module__ in WITHOUT_TOKEN, pattern
            continue
        address = reverse(pattern.name or "", kwargs=_filled(pattern))
        answer = client.post(address, {"name": "x"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, (address, answer.status_code)
        tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    "place",
    ["https://evil.example", "//evil.example", "/\\evil.example", "https:evil.example", "///evil.example",
     "\t//evil.example", "http:///evil.example", "javascript:alert(1)", "\x00//evil.example"],
)  # fmt: skip
def test_nobody_is_led_away(place: str, ana: Person) -> None:
    client = Client()
    assert sign_in(client, next=place).url == "/"
    saved = client.post("/journeys/saved/nothing/pin", {"next": place})
    assert "evil" not in saved.headers.get("Location", "")
    again = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": place})
    assert "evil" not in again.headers.get("Location", "") and "alert" not in again.headers.get("Location", "")
    assert client.post("/account/logout/", {"next": place}).url == "/account/login/"


def test_a_host_that_is_claimed_stands_in_no_page_and_no_redirect(ana: Person) -> None:
    client = signed_in()
    for address in ("/account/login/", "/settings/people/new", "/settings/sources/", "/customers", "/nothing"):
        for claimed in (
            {"Host": "evil.example"},
            {"X-Forwarded-Host": "evil.example"},
            {"Forwarded": "host=evil.example"},
        ):
            answer = client.get(address, headers=claimed)
            assert b"evil.example" not in answer.content, (address, claimed)
            assert "evil.example" not in answer.headers.get("Location", ""), (address, claimed)


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("/journeys/explorer?" + "f=a&" * 2_000, {}),
        ("/api/v1/funnel?" + "step=a&" * 2_000, {}),
        ("/" + "a" * 100_000, {}),
        ("/api/v1/" + "a/" * 50_000, {}),
        ("/journeys/explorer?f=" + "a" * 100_000, {}),
        ("/account/login/", {"data": {f"a{n}": "b" for n in range(2_000)}}),
        ("/account/login/", {"data": {"login": "a" * 4_000_000}}),
        ("/api/v1/plan/check", {"data": "[" * 200_000 + "]" * 200_000, "content_type": "application/json"}),
        ("/api/v1/plan/check", {"data": '{"text":' * 200_000, "content_type": "application/json"}),
        ("/api/v1/plan/check", {"data": '{"text":"' + "- " * 200_000 + '"}', "content_type": "application/json"}),
    ],
)  # fmt: skip
def test_huge_requests_are_the_callers_fault_in_words(address: str, more: dict[str, Any], ana: Person) -> None:
    client = signed_in()
    answer = client.post(address, **more) if more else client.get(address)
    assert 200 <= answer.status_code < 500, answer.status_code
    assert b"Django" not in answer.content
    if answer.status_code == 400 and not address.startswith("/api/"):
        assert b"sojourn.css" in answer.content, "a page of ours"


class CountingHasher(MD5PasswordHasher):
    """Counts the passwords that it hashes."""

    algorithm = "counting"
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        """Count, and hash."""
        CountingHasher.hashed += 1
        return super().encode(password, salt)


@override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"])
def test_an_unknown_address_costs_as_much_time_as_a_wrong_password() -> None:
    actions.create_person(email="ana@example.com", role="analyst", password=PASSWORD, viewer=SYSTEM)
    costs = []
    for address in ("ana@example.com", "nobody@example.com"):
        CountingHasher.hashed = 0
        said = {"login": address, "password": "wrong and long enough"}
        assert Client().post("/account/login/", said).status_code == 200
        costs.append(CountingHasher.hashed)
    assert costs == [1, 1]


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "9" * 25, "-1", "1e9", "٣"])
def test_a_number_that_is_none_is_none_and_breaks_no_page(number: str, ana: Person) -> None:
    client = signed_in(raise_request_exception=False)
    for page, name in (
        ("imports", "before"),
        ("quarantine", "before"),
        ("flow", "hours"),
        ("audit", "before"),
        ("accounts", "from"),
        ("people-list", "from"),
        ("identity-review", "after"),
    ):
        assert client.get(reverse(page), {name: number}).status_code == 200, page
