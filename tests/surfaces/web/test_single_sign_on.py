"""Signing in through a real OpenID Connect provider on loopback: whose account it is, who gets one, which roles."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from domains.identity.claiming import said, stored
from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import SYSTEM, RoleGrant
from sojourn.kit.errors import NotFoundError
from sojourn.kit.settings import SettingError, Settings
from sojourn.surfaces.web.providers import providers

# What the provider's own libraries will drop one day is its matter.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
PASSWORD = "quiet harbour at dusk"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Run the provider and give its issuer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the provider's own: it imports what its libraries will drop
        import oidc_provider_mock

        with oidc_provider_mock.run_server_in_thread() as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def unspent() -> None:
    cache.clear()


@contextmanager
def set_up(issuer: str, **given: Any) -> Iterator[None]:
    ours = dataclasses.replace(
        settings.SOJOURN, oidc_url=issuer, oidc_client="sojourn", oidc_secret="secret", sso_name="Harbour ID", **given
    )
    with override_settings(SOJOURN=ours, SOCIALACCOUNT_PROVIDERS=providers(ours)):
        yield


def come(issuer: str, sub: str, client: Client | None = None, **claims: object) -> Any:
    """Sign in at the provider as somebody with these claims, and come back; give our last answer."""
    client = client or Client()
    assert httpx.put(f"{issuer}/users/{sub}", json=claims).is_success
    out = client.get("/account/oidc/sso/login/?next=/settings/plan/")
    assert out.status_code == 302, out.content
    assert parse_qs(urlsplit(out.url).query)["code_challenge_method"] == ["S256"]
    back = httpx.post(out.url, data={"sub": sub})
    return client.get(back.headers["location"].removeprefix("http://testserver"), follow=False)


def person(email: str) -> Any:
    return queries.person_by_email(email)


def test_who_has_an_account_comes_in_by_a_verified_address(provider: str) -> None:
    actions.create_person(email="ana@example.com", role="analyst", viewer=SYSTEM)
    with set_up(provider):
        assert "Harbour ID" in Client().get("/account/login/").content.decode()
        answer = come(provider, "a1", email="ana@example.com", email_verified=True, name="Ana Vale")
        assert (answer.status_code, answer.url) == (302, "/settings/plan/")
        assert come(provider, "a1", email="ana@elsewhere.example", email_verified=True).url == "/settings/plan/"
    kept = SocialAccount.objects.get()
    assert (kept.uid, kept.extra_data) == ("a1", {})
    latest = queries.audit_log(viewer=SYSTEM)[0]
    assert (latest.what, latest.detail) == ("person.sign_in", {"how": "socialaccount"})


@pytest.mark.parametrize("claims", [{"email_verified": False}, {}])
def test_an_address_that_is_not_verified_opens_nobodys_account(provider: str, claims: dict[str, object]) -> None:
    actions.create_person(email="ana@example.com", role="administrator", viewer=SYSTEM)
    with set_up(provider, sso_domains="example.com"):
        answer = come(provider, "mallory", email="ana@example.com", **claims)
        assert "There is no account for you here" in answer.content.decode()
    assert not SocialAccount.objects.exists()


def test_a_provider_that_is_trusted_need_not_say_that_addresses_are_verified(provider: str) -> None:
    actions.create_person(email="ana@example.com", role="analyst", viewer=SYSTEM)
    with set_up(provider, sso_trusts_mail=1):
        assert come(provider, "a2", email="ana@example.com").url == "/settings/plan/"


def test_a_new_account_needs_a_named_domain_and_a_named_group(provider: str) -> None:
    given = {"sso_domains": "example.com, harbour.example", "sso_groups": "cx,care", "sso_role": "analyst"}
    with set_up(provider, **given):
        for sub, mail, groups in (
            ("b1", "bo@elsewhere.example", ["cx"]),
            ("b2", "bo@sub.example.com", ["cx"]),
            ("b3", "bo@example.com", ["sales"]),
            ("b4", "bo@example.com", None),
        ):
            more = {"groups": groups} if groups else {}
            answer = come(provider, sub, email=mail, email_verified=True, **more)
            assert "There is no account for you here" in answer.content.decode(), mail
            with pytest.raises(NotFoundError):
                person(mail)
        assert come(provider, "b5", email="Bo@Harbour.example", email_verified=True, groups=["care"]).url
    made = person("bo@harbour.example")
    assert made.grants == (RoleGrant(role="analyst"),)
    noted = {each.what for each in queries.audit_log(viewer=SYSTEM) if each.object == f"person:{made.id}"}
    assert {"person.create", "person.sign_in"} <= noted


def test_groups_give_roles_at_each_sign_in_and_take_them_back(provider: str) -> None:
    actions.map_group(group="care", role="agent_manager", viewer=SYSTEM)
    with set_up(provider, sso_domains="example.com", sso_groups_claim="teams"):
        come(provider, "c1", email="cy@example.com", email_verified=True, teams=["care", "other"])
        assert "agent_manager" in {each.role for each in person("cy@example.com").grants}
        come(provider, "c1", email="cy@example.com", email_verified=True, teams=["other"])
        assert "agent_manager" not in {each.role for each in person("cy@example.com").grants}


@pytest.mark.django_db(databases="__all__")
def test_a_claim_says_which_employee_somebody_is(provider: str, tmp_path: Path) -> None:
    given = {"data": tmp_path, "sso_domains": "example.com"}
    with set_up(provider, **given, sso_employee_claim="staff_id"):
        seven, eight = (int(each) for each in stored(said(("u", None), ("u", None), agent=["E-7", "E-8"])).agent)

        def come_as(name: str, **claims: object) -> tuple[str, ...]:
            come(provider, name, email=f"{name}@example.com", email_verified=True, **claims)
            return tuple(person(f"{name}@example.com").employee_numbers)

        assert come_as("eve") == ()
        assert come_as("eve", staff_id="E-7") == (str(seven),)
        assert come_as("eve", staff_id=["E-8", "E-unknown"]) == (str(eight),)
        assert come_as("eve", staff_id="E-unknown") == (str(eight),), "what no event names says nothing"
        assert come_as("eve") == (str(eight),)
        assert come_as("mallory", staff_id="E-8") == (), "it is eve's"
        noted = [each.detail for each in queries.audit_log(viewer=SYSTEM) if each.what == "person.employee"]
        assert noted == [{"numbers": str(eight)}, {"numbers": str(seven)}]
    with set_up(provider, **given):
        assert come_as("eve", staff_id="E-7") == (str(eight),), "no claim is named"


def test_who_was_shut_out_stays_out(provider: str) -> None:
    made = actions.create_person(email="ana@example.com", role="analyst", viewer=SYSTEM)
    with set_up(provider, sso_domains="example.com"):
        come(provider, "d1", email="ana@example.com", email_verified=True)
        actions.deactivate(person_id=made.id, viewer=SYSTEM)
        client = Client()
        assert come(provider, "d1", client, email="ana@example.com", email_verified=True).url == "/account/inactive/"
        assert client.get("/settings/plan/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(provider: str) -> None:
    with set_up(provider):
        answer = Client().get("/account/oidc/sso/login/callback/?code=made-up&state=made-up")
    assert answer.status_code == 403
    assert "Signing in did not work" in answer.content.decode()


def test_without_a_provider_there_is_no_button_and_no_page() -> None:
    assert "/account/oidc/" not in Client().get("/account/login/").content.decode()
    assert Client().get("/account/oidc/sso/login/").status_code == 404


def test_a_provider_set_by_half_is_refused_at_start() -> None:
    with pytest.raises(SettingError, match="SOJOURN_OIDC_CLIENT"):
        providers(Settings(oidc_url="https://id.example.com"))
    with pytest.raises(SettingError, match="SOJOURN_SAML_ENTITY_ID"):
        providers(Settings(saml_metadata_url="https://id.example.com/metadata"))
