"""Telling those who handle requests what is late or soon will be: once a day, by mail where there is a mail server."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import send_mail

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Right
from sojourn.domains.privacy.tables.rights import RequestRow
from sojourn.domains.privacy.words.rights import RequestState

SOON: Final = timedelta(days=3)


def warn_overdue(*, now: datetime) -> int:
    """Mail the requests that are late or due within three days, each once a day; give how many were told."""
    today = now.date()
    rows = list(
        RequestRow.objects.exclude(state=RequestState.CLOSED)
        .exclude(warned_on=today)
        .filter(paused_at=None, due_on__lte=today + SOON)
        .order_by("due_on", "pk")
    )
    if not rows or not settings.SOJOURN.mail_host:
        return 0
    lines = [f"Request {row.pk} ({row.kind}, {row.regulation}): due on {row.due_on.isoformat()}" for row in rows]
    people = [each.email for each in access.people(viewer=SYSTEM) if each.is_active and _handles(each.id)]
    if not people:
        return 0
    body = "\n".join([*lines, "", f"{access.address()}/privacy/requests"])
    try:
        send_mail(f"{len(rows)} requests are late or soon due", body, None, people)
    except (OSError, smtplib.SMTPException):
        return 0  # tomorrow again; the desk and Home show them all the time
    RequestRow.objects.filter(pk__in=[row.pk for row in rows]).update(warned_on=today)
    return len(rows)


def _handles(person: int) -> bool:
    return access.viewer_of(person).can(Right.REQUESTS_HANDLE)
