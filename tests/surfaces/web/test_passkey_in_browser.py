"""Passkeys in a real browser: added, asked for beside the password, and enough alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from surfaces.web.bank import Served
from surfaces.web.browsing import violations, visiting

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
BUTTON = "main form:first-of-type button[type=submit]"


def test_a_passkey_is_added_and_signs_in_beside_the_password_and_alone(served: Served, tmp_path: Path) -> None:
    mail, password = served.sign_ins["marketer"]
    url = served.url.replace("127.0.0.1", "localhost")  # keys belong to names, not to addresses
    with visiting(url, tmp_path / "profile") as visitor:
        visitor.sign_in(mail, password)
        tab = visitor.page()
        session = visitor.context.new_cdp_session(tab)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        tab.goto(f"{url}/account/factors/passkeys/new/")
        assert "/account/reauthenticate/" in tab.url
        assert violations(tab) == []
        tab.fill("[name=password]", password)
        tab.click(BUTTON)
        assert violations(tab) == []
        tab.fill("[name=name]", "Laptop")
        tab.check("[name=passwordless]")
        tab.click(BUTTON)
        tab.wait_for_url("**/account/factors/recovery/")
        assert violations(tab) == []
        tab.goto(f"{url}/account/factors/passkeys/")
        assert tab.locator("th", has_text="Laptop").count() == 1
        assert violations(tab) == []

        tab.goto(f"{url}/account/logout/")
        tab.click(BUTTON)
        tab.fill("[name=login]", mail)
        tab.fill("[name=password]", password)
        tab.click(BUTTON)
        assert tab.url.endswith("/account/factors/code/")
        assert violations(tab) == []
        tab.get_by_role("button", name="Use a passkey or security key").click()
        tab.wait_for_url(f"{url}/")

        tab.goto(f"{url}/account/logout/")
        tab.click(BUTTON)
        tab.get_by_role("button", name="Sign in with a passkey").click()
        tab.wait_for_url(f"{url}/")
        assert visitor.complaints == []
