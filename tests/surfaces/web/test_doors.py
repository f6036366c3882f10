"""Every address is closed unless it says to whom it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from django.urls import URLPattern, reverse

from sojourn.domains.access.contracts import RIGHTS, Right, Role
from sojourn.surfaces.web.doors import OWN_DOORS
from sojourn.surfaces.web.urls import urlpatterns
from surfaces.web.bank import Served

ARGUMENTS = {
    "kind": "sftp",
    "slug": "website",
    "person_id": 1,
    "key_id": 999_999,
    "number": 999_999,
    "kpi_id": "nps",
    "question": "nothing",
    "saved": "nothing",
    "name": "marketing",
    "note": 1,
    "file_format": "csv",
    "link": 999_999,
    "verb": "accept",
}
ROLES = (None, *(role.value for role in Role))
# Pages that open to every role are slow; three roles try them.
SAMPLED = frozenset({Right.FIGURES_READ})
SAME_AS_OTHERS = {role.value for role in Role} - {"viewer", "analyst", "administrator"}


def guarded() -> Iterator[tuple[str, tuple[Right, ...]]]:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view = pattern.callback
        if hasattr(view, "opens_to"):
            names, (right, _) = pattern.pattern.converters, view.opens_to
            rights = (right,) if view.masked_for is None else (right, view.masked_for)
            yield reverse(pattern.name or "", kwargs={name: ARGUMENTS[name] for name in names}), rights


@pytest.fixture(scope="module")
def clients(served: Served) -> Iterator[dict[str | None, httpx.Client]]:
    with ExitStack() as stack:
        yield {role: stack.enter_context(served.client(role)) for role in ROLES}


def test_every_view_says_to_whom_it_opens() -> None:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        where = f"{pattern.callback.__module__}."
        assert hasattr(pattern.callback, "opens_to") or where.startswith(OWN_DOORS), pattern


@pytest.mark.parametrize(("address", "rights"), sorted(guarded()))
def test_an_address_opens_to_the_roles_with_its_right(
    address: str, rights: tuple[Right, ...], clients: dict[str | None, httpx.Client]
) -> None:
    for who, client in clients.items():
        if who in SAME_AS_OTHERS and not SAMPLED.isdisjoint(rights):
            continue
        answer = client.get(address)
        if who is None:
            assert answer.status_code == 302
            assert answer.headers["location"].startswith("/account/login/")
        elif RIGHTS[Role(who)].isdisjoint(rights):
            assert answer.status_code == 403, (who, address)
        else:
            assert answer.status_code in (200, 404, 405), (who, address, answer.status_code)


def test_a_viewer_cannot_change_by_posting(clients: dict[str | None, httpx.Client]) -> None:
    client = clients["viewer"]
    token = client.cookies["csrftoken"]
    for address in (
        "/settings/sources/new",
        "/settings/people/new",
        "/settings/keys/",
        "/journeys/new",
        "/journeys/saved/new",
    ):
        answer = client.post(address, data={"csrfmiddlewaretoken": token, "name": "x"})
        assert answer.status_code == 403, address


def test_a_post_without_its_token_is_refused(clients: dict[str | None, httpx.Client]) -> None:
    assert clients["administrator"].post("/settings/keys/", data={"name": "x"}).status_code == 403


def test_nobody_can_sign_up(served: Served) -> None:
    with served.client(None) as client:
        assert client.get("/account/signup/").status_code == 404


def test_guessing_passwords_is_slowed_down(served: Served) -> None:
    with served.client(None) as client:
        token = csrf_of(client)
        for _ in range(7):
            guess = {"login": "nobody@example.com", "password": "wrong", "csrfmiddlewaretoken": token}
            answer = client.post("/account/login/", data=guess)
    assert "Too many failed login attempts" in answer.text


def test_pages_forbid_other_hosts_and_inline_scripts(served: Served) -> None:
    with served.client(None) as client:
        policy = client.get("/account/login/").headers["content-security-policy"]
    directives = {each.strip() for each in policy.split(";")}
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= directives
    assert "http" not in policy


def csrf_of(client: httpx.Client) -> str:
    client.get("/account/login/")
    return client.cookies["csrftoken"]
