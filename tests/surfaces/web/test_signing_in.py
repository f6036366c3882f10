"""Second factors, invitations, lost passwords and sessions, through the pages; mail by a real SMTP server."""

from __future__ import annotations

import base64
import dataclasses
import hmac
import re
import struct
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client, TestCase, override_settings

from sojourn.domains.access import actions, failures, queries
from sojourn.domains.access.contracts import SYSTEM, Person, Role, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.kit.errors import ConflictError, ForbiddenError
from surfaces.web.bank import free_port

pytestmark = pytest.mark.django_db
PASSWORD = "quiet harbour at dusk"


@pytest.fixture(autouse=True)
def unspent() -> None:
    cache.clear()


@pytest.fixture
def ana() -> Person:
    return actions.create_person(email="ana@example.com", role="analyst", password=PASSWORD, viewer=SYSTEM)


@pytest.fixture
def mails() -> Iterator[list[str]]:
    """A real SMTP server, and what it took."""
    taken: list[str] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            message = message_from_bytes(envelope.content, policy=default)
            taken.append(f"{envelope.rcpt_tos[0]}\n{message['subject']}\n{message.get_content()}")
            return "250 OK"

    port = free_port()
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    ours = dataclasses.replace(settings.SOJOURN, mail_host="127.0.0.1", mail_port=port, mail_security="none")
    with override_settings(
        SOJOURN=ours,
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
    ):
        yield taken
    controller.stop()


def sign_in(client: Client, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/account/login/", {"login": "ana@example.com", "password": password}, **more)


def again(client: Client) -> None:
    """Say that it is still oneself, as before each change of factors."""
    answer = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/factors/"})
    assert answer.status_code == 302


def code_of(secret: str) -> str:
    """Compute the code of an authenticator app (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def set_up_app(client: Client) -> str:
    again(client)
    page = client.get("/account/factors/app/").content.decode()
    secret = re.search(r'<code class="wraps">([A-Z2-7]+)<', page)
    assert secret
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post("/account/factors/app/", {"code": code_of(secret[1])}).status_code == 302
    return secret[1]


def entries() -> list[str]:
    return [each.what for each in queries.audit_log(viewer=SYSTEM)]


def link_in(mail: str) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", mail)
    assert found, mail
    return found[1]


def test_an_app_is_set_up_and_asked_for_and_its_secret_lies_sealed(ana: Person) -> None:
    client = Client()
    assert sign_in(client).url == "/"
    secret = set_up_app(client)
    kept = str([each.data for each in Authenticator.objects.all()])
    assert secret not in kept
    codes = re.findall(r"<li><code>(\w+)<", client.get("/account/factors/recovery/").content.decode())
    assert len(codes) == 10
    assert not any(code in kept for code in codes)
    client.post("/account/logout/")
    assert sign_in(client).url == "/account/factors/code/"
    assert client.get("/settings/plan/").status_code == 302, "half signed in opens nothing"
    wrong = client.post("/account/factors/code/", {"code": "000000"})
    assert wrong.status_code == 200 and "Incorrect code" in wrong.content.decode()
    assert client.post("/account/factors/code/", {"code": codes[0]}).url == "/"
    client.post("/account/logout/")
    sign_in(client)
    assert client.post("/account/factors/code/", {"code": codes[0]}).status_code == 200, "a code works once"
    assert client.post("/account/factors/code/", {"code": codes[1]}).url == "/"
    assert {"person.factor_add", "person.sign_in"} <= set(entries())


def test_an_administrator_takes_a_lost_factor_away_and_nobody_from_somebody_above(ana: Person) -> None:
    client = Client()
    sign_in(client)
    set_up_app(client)
    agent = Viewer(name="person:9", role=Role.AGENT)
    with pytest.raises(ForbiddenError):
        actions.reset_factors(person_id=ana.id, viewer=agent)
    assert actions.reset_factors(person_id=ana.id, viewer=SYSTEM) == 2
    assert "person.factor_reset" in entries()
    client.post("/account/logout/")
    assert sign_in(client).url == "/"


def test_a_role_that_needs_a_second_factor_opens_nothing_without(ana: Person) -> None:
    client = Client()
    with override_settings(SOJOURN=dataclasses.replace(settings.SOJOURN, second_factor_roles="analyst,administrator")):
        sign_in(client)
        assert client.get("/settings/plan/").url == "/account/factors/"  # type: ignore[attr-defined]
        assert "Your role needs a second factor" in client.get("/account/factors/").content.decode()
        assert client.get("/api/v1/plan").status_code == 403
        set_up_app(client)
        assert client.get("/settings/plan/").status_code == 200
        assert client.get("/api/v1/plan").status_code == 200
    with override_settings(SOJOURN=dataclasses.replace(settings.SOJOURN, second_factor_roles="administrator")):
        assert queries.must_have_factor(ana.id) is False


def test_guesses_are_counted_for_all_processes_and_the_right_password_waits_too(ana: Person) -> None:
    for _ in range(5):
        sign_in(Client(), "wrong password")
    answer = sign_in(Client())
    assert answer.status_code == 200 and "Too many failed login attempts" in answer.content.decode()
    assert list((settings.SOJOURN.cache / "throttle").glob("*.djcache")), "kept in files, not in one process"
    assert not any(b"ana@" in file.read_bytes() for file in (settings.SOJOURN.cache / "throttle").iterdir())


def test_an_invitation_comes_by_mail_lets_choose_a_password_once_and_ends(mails: list[str]) -> None:
    invited = actions.invite(email="bo@example.com", role="viewer", viewer=SYSTEM)
    assert (invited.is_mailed, invited.link) == (True, "")
    assert mails[0].startswith("bo@example.com\nSojourn: your invitation")
    link, client = link_in(mails[0]), Client()
    assert "Choose a password" in client.get(link).content.decode()
    weak = client.post(link, {"password": "short"})
    assert weak.status_code == 200 and "too short" in weak.content.decode()
    assert client.post(link, {"password": PASSWORD}).url == "/account/login/"
    assert client.get(link).status_code == 404
    signed_in = client.post("/account/login/", {"login": "bo@example.com", "password": PASSWORD})
    assert signed_in.url == "/"
    assert "bo@" not in str(queries.audit_log(viewer=SYSTEM))
    with override_settings(SOJOURN=dataclasses.replace(settings.SOJOURN, invitation_days=0)):
        actions.invite(email="cy@example.com", role="viewer", viewer=SYSTEM)
        assert client.get(link_in(mails[-1])).status_code == 404
    assert client.get("/account/invitation/made-up").status_code == 404


def test_a_new_invitation_goes_only_to_who_never_came(mails: list[str], ana: Person) -> None:
    actions.invite(email="bo@example.com", role="viewer", viewer=SYSTEM)
    actions.invite(email="bo@example.com", role="viewer", viewer=SYSTEM)
    assert len(mails) == 2
    with pytest.raises(ConflictError):
        actions.invite(email="ana@example.com", role="viewer", viewer=SYSTEM)


def test_a_mail_server_that_is_away_is_told(ana: Person) -> None:
    ours = dataclasses.replace(settings.SOJOURN, mail_host="127.0.0.1", mail_port=9)
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with (
        override_settings(SOJOURN=ours, EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9),
        pytest.raises(actions.MailError),
    ):
        actions.invite(email="bo@example.com", role="viewer", viewer=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_go_stops_nobody_who_sets_up_a_factor(ana: Person) -> None:
    ours = dataclasses.replace(settings.SOJOURN, mail_host="127.0.0.1", mail_port=9)
    backend, client = "django.core.mail.backends.smtp.EmailBackend", Client()
    sign_in(client)
    with override_settings(
        SOJOURN=ours, EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9, ACCOUNT_EMAIL_NOTIFICATIONS=True
    ):
        set_up_app(client)
        lost = Client().post("/account/password/lost/", {"email": "ana@example.com"})
    assert lost.url == "/account/password/lost/sent/"


def test_a_lost_password_is_replaced_by_a_mailed_link(mails: list[str], ana: Person) -> None:
    client = Client()
    page = client.get("/account/login/").content.decode()
    assert "Lost password?" in page and "Forgot" not in page
    for address in ("nobody@example.com", "ana@example.com"):
        asked = client.post("/account/password/lost/", {"email": address}, headers={"Host": "evil.example"})
        assert asked.url == "/account/password/lost/sent/"
    assert len(mails) == 1, "whether an address is known is not told, and strangers get no mail"
    assert "evil.example" not in mails[0]
    form = client.get(link_in(mails[0]), follow=True)
    assert "New password" in form.content.decode()
    target = form.request["PATH_INFO"]
    said = {"password1": "another quiet harbour", "password2": "another quiet harbour"}
    assert client.post(target, said).url == "/account/password/new/set/"
    assert sign_in(Client()).status_code == 200
    assert sign_in(Client(), "another quiet harbour").url == "/"
    assert "does not work any more" in Client().get(link_in(mails[0]), follow=True).content.decode()
    assert "person.password_lost" in entries()


def test_without_a_mail_server_there_is_no_lost_password_page_and_an_invitation_is_a_link() -> None:
    client = Client()
    assert client.get("/account/password/lost/").status_code == 404
    assert "/password/lost/" not in client.get("/account/login/").content.decode()
    invited = actions.invite(email="bo@example.com", role="viewer", viewer=SYSTEM)
    assert not invited.is_mailed
    assert client.get(link_in(invited.link)).status_code == 200


def test_other_sessions_are_seen_and_ended(ana: Person) -> None:
    here, there = Client(), Client(headers={"User-Agent": "Elsewhere/1.0"})
    sign_in(here)
    sign_in(there)
    here.get("/account/factors/")
    there.get("/account/factors/")
    page = here.get("/account/sessions/").content.decode()
    assert "Elsewhere/1.0" in page and "this session" in page
    assert here.post("/account/sessions/").status_code == 302
    assert there.get("/account/factors/").status_code == 302
    assert here.get("/account/factors/").status_code == 200


def test_a_new_browser_is_told_by_mail(mails: list[str], ana: Person) -> None:
    sign_in(Client(headers={"User-Agent": "Known/1.0"}))
    sign_in(Client(headers={"User-Agent": "Known/1.0"}))
    assert mails == []
    sign_in(Client(headers={"User-Agent": "Strange/2.0"}))
    assert len(mails) == 1 and "Strange/2.0" in mails[0]


def test_a_wrong_password_and_a_wrong_key_are_entries_without_the_address(ana: Person) -> None:
    failures.forget()
    page = Client()
    for address in ("ana@example.com", "nobody@example.com"):
        page.post("/account/login/", {"login": address, "password": "wrong"})
    Client(headers={"Authorization": "Bearer guessed"}).get("/api/v1/graph")
    entries = AuditRow.objects.filter(who="nobody").order_by("pk")
    known, unknown, key = [(each.what, each.object) for each in entries]
    assert known == ("sign_in.fail", f"person:{ana.id}")
    assert unknown[1].startswith("address:") and "@" not in unknown[1]
    assert key == ("key.fail", "key:unknown")
    failures.forget()
