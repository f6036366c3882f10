"""What is noted about sign-ins and passwords, and the mail about a browser that somebody was never seen with."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.usersessions.models import UserSession
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from sojourn.domains.access import actions, queries
from sojourn.domains.access.actions import MailError

logger = logging.getLogger("sojourn.web")


@receiver(user_logged_in)
def note_sign_in(sender: Any, request: HttpRequest, user: Any, **given: Any) -> None:
    """Note in the audit log who signed in and how."""
    records = get_authentication_records(request, user)
    how = "+".join(dict.fromkeys(str(each.get("type") or each.get("method")) for each in records)) or "password"
    actions.audit(viewer=queries.viewer_of(user.pk), what="person.sign_in", on=f"person:{user.pk}", how=how)


@receiver(password_changed)
@receiver(password_reset)
def note_password(sender: Any, signal: Any, user: Any, **given: Any) -> None:
    """Note in the audit log that somebody changed their password, or replaced a lost one."""
    what = "person.password_lost" if signal is password_reset else "person.password"
    actions.audit_by(who=f"person:{user.pk}", what=what, on=f"person:{user.pk}")


@receiver(user_logged_in)
def tell_of_new_browser(sender: Any, request: HttpRequest, user: Any, **given: Any) -> None:
    """Tell them, unless it is their first sign-in or no mail server is set; a mail that cannot go stops nobody."""
    if not queries.has_mail():
        return
    browser = request.headers.get("User-Agent", "")[: UserSession._meta.get_field("user_agent").max_length]
    others = UserSession.objects.filter(user_id=user.pk).exclude(session_key=request.session.session_key or "")
    if not others.exists() or others.filter(user_agent=browser).exists():
        return
    try:
        actions.tell_of_new_browser(person_id=user.pk, browser=browser, at=timezone.now())
    except MailError:
        logger.warning("the mail about a new browser could not be sent")
