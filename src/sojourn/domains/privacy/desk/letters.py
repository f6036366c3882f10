"""What customers are told at each turn of their request, in their language; mailed where there is a mail server."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sojourn.domains.privacy.words.rights import AccountKind, Contact, KeptBack, Outcome, Request, RequestKind

KINDS: Final = {
    RequestKind.ACCESS: gettext_noop("access to your data"),
    RequestKind.PORTABILITY: gettext_noop("a copy of your data to take with you"),
    RequestKind.RECTIFICATION: gettext_noop("correction of your data"),
    RequestKind.RESTRICTION: gettext_noop("restriction of the use of your data"),
    RequestKind.OBJECTION: gettext_noop("objection to the use of your data"),
    RequestKind.ERASURE: gettext_noop("erasure of your data"),
    RequestKind.DO_NOT_SELL: gettext_noop("not selling or sharing your data"),
}

KEPT_ACCOUNTS: Final = {
    AccountKind.ACCOUNT: gettext_noop("It is a part of this which products you held with us."),
    AccountKind.HOUSEHOLD: gettext_noop("It is a part of this to which household you belonged."),
    AccountKind.COMPANY: gettext_noop("It is a part of this to which companies you belonged."),
}


class Occasion(StrEnum):
    """Why a customer is written to."""

    RECEIVED = "received"
    CODE = "code"
    ASKED = "asked"
    EXTENDED = "extended"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter as the customer reads it."""

    subject: str
    body: str


def letter(request: Request, contact: Contact, occasion: Occasion, **said: Any) -> Letter:
    """Write a letter in the customer's language: `code` for CODE, `link` and `kept` for CLOSED where there are some."""
    language = contact.language if translation.check_for_language(contact.language) else "en"
    with translation.override(language):
        subject = _("Your request %(number)s: %(kind)s") % {"number": request.id, "kind": _(KINDS[request.kind])}
        greeting = _("Dear %(name)s,") % {"name": contact.name} if contact.name else _("Good day,")
        paragraphs = [greeting, *_PARAGRAPHS[occasion](request, said), _company()]
    return Letter(subject=subject, body="\n\n".join(paragraphs) + "\n")


def send(request: Request, contact: Contact, occasion: Occasion, **said: Any) -> bool:
    """Mail a letter; say whether it went: without a mail server or address it is to be handed over otherwise."""
    if not settings.SOJOURN.mail_host or not contact.email:
        return False
    made = letter(request, contact, occasion, **said)
    try:
        return bool(send_mail(made.subject, made.body, None, [contact.email]))
    except (OSError, smtplib.SMTPException):
        return False  # the letter stays on the request's page, to be sent otherwise


def _received(request: Request, said: dict[str, Any]) -> list[str]:
    words = {"kind": _(KINDS[request.kind]), "received": _day(request.received_at), "due": _day(request.due_on)}
    return [
        _("we have received your request of %(received)s for %(kind)s.") % words,
        _("You will have our answer by %(due)s.") % words,
    ]


def _code(request: Request, said: dict[str, Any]) -> list[str]:
    return [
        _("to make sure that it is you who asks, please give us this code within half an hour: %(code)s")
        % {"code": said.get("code", "")},
        _("If you did not ask for anything, please ignore this message."),
    ]


def _asked(request: Request, said: dict[str, Any]) -> list[str]:
    if request.paused_for == "identity":
        told = [_("before we can answer, we have to make sure who you are. Please tell us how we can do so.")]
    else:
        told = [_("before we can answer, we have to know more precisely what your request is about. Please tell us.")]
    return [*told, request.paused_reason] if request.paused_reason else told


def _extended(request: Request, said: dict[str, Any]) -> list[str]:
    words = {"due": _day(request.due_on), "reason": request.extension_reason}
    return [
        _("we need more time for your request: you will have our answer by %(due)s.") % words,
        _("The reason is: %(reason)s") % words,
        _("You may complain about this to the data protection authority."),
    ]


def _closed(request: Request, said: dict[str, Any]) -> list[str]:
    if request.outcome in (Outcome.REFUSED, Outcome.WITHDRAWN):
        told = [_("we have closed your request: %(reason)s") % {"reason": request.reason}]
    else:
        told = [_(DONE[request.kind])]
    if said.get("link"):
        told.append(
            _("Your data lie here until %(until)s: %(link)s") % {"link": said["link"], "until": _day(said["until"])}
        )
    kept: tuple[KeptBack, ...] = said.get("kept", ())
    if kept:
        told.append(
            _("The law has us keep a part of your data. We read it for that duty only, and erase it by itself:")
        )
        told += [
            _("- %(title)s (%(law)s), until %(until)s")
            % {"title": each.title, "law": each.law, "until": _day(each.until)}
            for each in kept
        ]
        kinds = {kind for each in kept for kind in each.accounts}
        told += [_(said) for kind, said in KEPT_ACCOUNTS.items() if kind in kinds]
    if request.outcome in (Outcome.REFUSED, Outcome.IN_PART):
        told.append(_("You may complain about this to the data protection authority, and go to court."))
    return told


def _company() -> str:
    return _("Kind regards\n%(company)s") % {"company": settings.SOJOURN.workspace}


def _day(day: Any) -> str:
    # Django's English has the American order of month and day, which the rest of the world reads otherwise.
    return date_format(day, "j F Y" if (translation.get_language() or "en").startswith("en") else "DATE_FORMAT")


DONE: Final = {
    RequestKind.ACCESS: gettext_noop("we have gathered what we hold about you."),
    RequestKind.PORTABILITY: gettext_noop("we have gathered your data in files that other programs can read."),
    RequestKind.RECTIFICATION: gettext_noop("we have corrected your data as you told us."),
    RequestKind.RESTRICTION: gettext_noop("from now on your data are read for legal duties only."),
    RequestKind.OBJECTION: gettext_noop("from now on your data are no longer used for what you objected to."),
    RequestKind.ERASURE: gettext_noop("we have erased your data and made sure that nothing of them is left."),
    RequestKind.DO_NOT_SELL: gettext_noop("from now on your data are neither sold nor shared for advertising."),
}
_PARAGRAPHS: Final[dict[Occasion, Callable[[Request, dict[str, Any]], list[str]]]] = {
    Occasion.RECEIVED: _received,
    Occasion.CODE: _code,
    Occasion.ASKED: _asked,
    Occasion.EXTENDED: _extended,
    Occasion.CLOSED: _closed,
}
