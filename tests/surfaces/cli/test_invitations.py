"""People are invited, and rid of lost factors, from the command line."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator

from sojourn.domains.access import actions, queries
from surfaces.cli.conftest import Command

pytestmark = pytest.mark.django_db(databases="__all__")


def test_who_is_invited_chooses_a_password_by_the_printed_link(sojourn: Command) -> None:
    done = sojourn("user", "invite", "Bo@Example.com", "--role", "analyst", "--json")
    made = json.loads(done.out)
    assert (done.code, made["is_mailed"], made["person"]["email"]) == (0, False, "bo@example.com")
    token = urlsplit(made["link"]).path.removeprefix("/account/invitation/")
    actions.accept_invitation(token=token, password="quiet harbour at dusk")
    assert "already" in sojourn("user", "invite", "bo@example.com").err


def test_a_lost_factor_is_taken_away(sojourn: Command) -> None:
    person = json.loads(sojourn("user", "invite", "bo@example.com", "--json").out)["person"]
    Authenticator.objects.create(user_id=person["id"], type="totp", data={"secret": "x"})
    assert queries.has_factor(person["id"])
    assert sojourn("user", "reset-factor", "bo@example.com").code == 0
    assert not queries.has_factor(person["id"])
