"""Invitations and notices by mail: a signed link that ends, and works once."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from sojourn.domains.access.models import Account
from sojourn.kit.errors import NotFoundError, SojournError

SALT = "sojourn.invitation"
DAY_S = 86_400


class MailError(SojournError):
    """The mail server did not take a mail."""

    code = "mail"
    status = 502


class InvitationError(NotFoundError):
    """The link of an invitation was used, is too old, or was never one."""

    code = "invitation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail to somebody who signs in: its template and what it says."""

    template: str
    subject: str
    said: dict[str, object]


def token(account: Account) -> str:
    """Sign an invitation of an account; it works until a password is set or somebody signs in."""
    return signing.dumps({"person": account.pk, "state": _state(account)}, salt=SALT)


def account_of(text: str) -> Account:
    """Give the account that a token invites; raise InvitationError."""
    try:
        said = signing.loads(text, salt=SALT, max_age=settings.SOJOURN.invitation_days * DAY_S)
        account = Account.objects.filter(pk=said["person"], is_active=True).first()
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        account = None
    if account is None or said["state"] != _state(account):
        raise InvitationError("This invitation was used already, or has ended. Ask for a new one.")
    return account


def address(text: str) -> str:
    """Give the address of an invitation's page."""
    return f"{base()}/account/invitation/{text}"


def base() -> str:
    """Give the address under which people reach the pages."""
    ours = settings.SOJOURN
    return (ours.public_url or f"http://{ours.host}:{ours.port}").rstrip("/")


def has_mail() -> bool:
    """Say whether a mail server is set."""
    return bool(settings.SOJOURN.mail_host)


def send(letter: Letter, *, to: str) -> None:
    """Send a letter; raise MailError when the mail server does not take it."""
    said = {**letter.said, "workspace": settings.SOJOURN.workspace, "base": base()}
    text = render_to_string(letter.template, said)
    try:
        send_mail(f"{settings.SOJOURN.workspace}: {letter.subject}", text, None, [to])
    except (OSError, smtplib.SMTPException):
        raise MailError("The mail server did not take the mail. Nothing else was changed back; try again.") from None


def _state(account: Account) -> str:
    """Digest what an invitation must find unchanged."""
    seen = account.last_login.isoformat() if account.last_login else ""
    return salted_hmac(SALT, f"{account.pk}|{account.password}|{seen}").hexdigest()[:32]
