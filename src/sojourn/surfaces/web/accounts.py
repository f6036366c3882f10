"""Sign-in: accounts are made by administrators or the command line, never by a visitor."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from sojourn.domains.access import actions, queries

logger = logging.getLogger("sojourn.web")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: an administrator makes accounts."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note it in the audit log, without the mail address."""
        actions.note_failed_sign_in(email=str(credentials.get("email") or ""))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: that one is signed in or out can be seen."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; one that the mail server does not take stops nobody, and does not tell who is known here."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.warning("the mail %s could not be sent: see the mail server and SOJOURN_MAIL_*", template_prefix)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Give the address in the mail about a lost password.

        It is made of our own address, not of what the request called us: who asks could name another host, and would
        be sent somebody's link.
        """
        return queries.address() + reverse("account_reset_password_from_key", args=key.split("-", 1))
