"""Verbs of webhooks: make, change, rotate, test, replay, delete."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.door import bound
from sojourn.domains.privacy.models import WebhookMessage, WebhookRow
from sojourn.domains.privacy.standing import purposes
from sojourn.domains.privacy.webhooks import signing
from sojourn.domains.privacy.webhooks.addresses import check_url
from sojourn.domains.privacy.webhooks.reading import held, told
from sojourn.domains.privacy.webhooks.sending import SEALED_FOR
from sojourn.domains.privacy.words.webhooks import (
    EVERY_EVENT,
    Message,
    MessageState,
    NewSecret,
    Replay,
    Webhook,
    WebhookTerms,
)
from sojourn.kit import sealing
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
WEBHOOKS_MAX: Final = 50
EVENTS_MAX: Final = 200
EVENT_CHARACTERS_MAX: Final = 200
OLD_SECRET_HOURS: Final = 24


def make_webhook(terms: WebhookTerms, *, viewer: Viewer, now: datetime | None = None) -> NewSecret:
    """Make a webhook for events that come in from now on, and give its secret, this once.

    It sends what its maker may see under events.export when it is sent. Raise ForbiddenError, InvalidError (a term),
    ConflictError (the name is taken, or there are too many).
    """
    viewer.require(Right.WEBHOOKS_MANAGE)
    viewer.require(Right.EVENTS_EXPORT)
    _check(terms, viewer)
    if WebhookRow.objects.count() >= WEBHOOKS_MAX:
        raise ConflictError(f"There are {WEBHOOKS_MAX} webhooks; delete one first.")
    secret, units = signing.new_secret(), viewer.units_for(Right.EVENTS_EXPORT)
    try:
        with _together():
            row = WebhookRow.objects.create(
                name=terms.name,
                url=terms.url,
                events=sorted(set(terms.events)),
                purpose=terms.purpose,
                secret=_sealed(secret),
                made_by=viewer.name,
                made_at=now or timezone.now(),
                units=None if units is None else sorted(units),
                after_batch=collection.newest_batch(),
            )
            access.audit(viewer=viewer, what="webhook.create", on=f"webhook:{row.pk}", purpose=terms.purpose)
    except IntegrityError:
        raise ConflictError("name: there is a webhook of this name.") from None
    return NewSecret(webhook=told(row), secret=secret)


def change_webhook(
    name: str,
    *,
    url: str | None = None,
    events: tuple[str, ...] | None = None,
    is_active: bool | None = None,
    viewer: Viewer,
) -> Webhook:
    """Change where a webhook leads, what it asks for, or switch it on or off; None leaves a thing as it is.

    While it is off nothing new is noted, and what waits stays. Raise ForbiddenError, NotFoundError, InvalidError.
    """
    row = held(name, viewer)
    changes: dict[str, Any] = {}
    if url is not None:
        check_url(url, private=bool(settings.SOJOURN.webhooks_private))
        changes["url"] = url
    if events is not None:
        _check_events(events)
        changes["events"] = sorted(set(events))
    if is_active is not None and is_active != row.is_active:
        changes |= {"is_active": is_active, "message": "", "rests_until": None}
        if is_active:
            changes["after_batch"] = collection.newest_batch()
    if changes:
        with _together():
            WebhookRow.objects.filter(pk=row.pk).update(**changes)
            said = ",".join(sorted(set(changes) & {"url", "events", "is_active"}))
            access.audit(viewer=viewer, what="webhook.change", on=f"webhook:{row.pk}", changed=said)
        row.refresh_from_db()
    return told(row)


def rotate_webhook(name: str, *, viewer: Viewer, now: datetime | None = None) -> NewSecret:
    """Give a webhook a new secret; for a day the old one signs too. Raise ForbiddenError, NotFoundError."""
    row = held(name, viewer)
    secret = signing.new_secret()
    with _together():
        until = (now or timezone.now()) + timedelta(hours=OLD_SECRET_HOURS)
        WebhookRow.objects.filter(pk=row.pk).update(
            secret=_sealed(secret), old_secret=bytes(row.secret), old_until=until
        )
        access.audit(viewer=viewer, what="webhook.rotate", on=f"webhook:{row.pk}")
    row.refresh_from_db()
    return NewSecret(webhook=told(row), secret=secret)


def try_webhook(name: str, *, viewer: Viewer, now: datetime | None = None) -> Message:
    """Have a test message sent, which holds no event; raise ForbiddenError, NotFoundError, ConflictError when off."""
    row = held(name, viewer)
    if not row.is_active:
        raise ConflictError("This webhook is off; switch it on first.")
    at = now or timezone.now()
    with _together():
        made = WebhookMessage.objects.create(webhook=row, occurred_at=at, received_at=at, next_at=at)
        WebhookRow.objects.filter(pk=row.pk).update(rests_until=None)
        access.audit(viewer=viewer, what="webhook.test", on=f"webhook:{row.pk}")
    return made.contract()


def replay_webhook(name: str, asked: Replay = Replay(), *, viewer: Viewer, now: datetime | None = None) -> int:  # noqa: B008
    """Send messages again, under the ids that they had, and give how many.

    Raise ForbiddenError, NotFoundError (also for a message that is not there), InvalidError for a period without both
    ends, and ConflictError for a message that still waits.
    """
    row = held(name, viewer)
    some = WebhookMessage.objects.filter(webhook=row)
    if asked.message is not None:
        some = some.filter(pk=asked.message)
        if not some.exists():
            raise NotFoundError("There is no such message.")
    elif asked.since is not None or asked.until is not None:
        if asked.since is None or asked.until is None or asked.since >= asked.until:
            raise InvalidError("since: give since and until, the later one last.")
        some = some.filter(received_at__gte=asked.since, received_at__lt=asked.until)
    else:
        some = some.filter(state=MessageState.DEAD.value)
    with _together():
        replayed = some.exclude(state=MessageState.WAITING.value).update(
            state=MessageState.WAITING.value, attempts=0, next_at=now or timezone.now(), said="", status=None
        )
        if asked.message is not None and not replayed:
            raise ConflictError("This message still waits to be sent.")
        WebhookRow.objects.filter(pk=row.pk).update(rests_until=None)
        access.audit(viewer=viewer, what="webhook.replay", on=f"webhook:{row.pk}", messages=str(replayed))
    return replayed


def delete_webhook(name: str, *, viewer: Viewer) -> None:
    """Delete a webhook, its secret and its list of messages; raise ForbiddenError, NotFoundError."""
    row = held(name, viewer)
    with _together():
        access.audit(viewer=viewer, what="webhook.delete", on=f"webhook:{row.pk}", purpose=row.purpose)
        row.delete()


def _together() -> transaction.Atomic:
    return transaction.atomic(using=router.db_for_write(WebhookRow))


def _sealed(secret: str) -> bytes:
    return sealing.sealer(settings.SOJOURN).seal(secret.encode(), use=SEALED_FOR)


def _check(terms: WebhookTerms, viewer: Viewer) -> None:
    if not NAME.fullmatch(terms.name):
        raise InvalidError("name: a small letter, then small letters, digits, - and _; at most 63.")
    known = {each.name for each in purposes.known().asked} | {Purpose.SERVICE.value}
    if terms.purpose not in known:
        raise InvalidError(f"purpose: one of {', '.join(sorted(known))}.")
    bound.require(Purpose(terms.purpose), viewer)
    check_url(terms.url, private=bool(settings.SOJOURN.webhooks_private))
    _check_events(terms.events)


def _check_events(events: tuple[str, ...]) -> None:
    if not 1 <= len(events) <= EVENTS_MAX:
        raise InvalidError(f"events: name from 1 to {EVENTS_MAX}, or {EVERY_EVENT} for all.")
    if any(not 1 <= len(each) <= EVENT_CHARACTERS_MAX or not each.isprintable() for each in events):
        raise InvalidError(f"events: each has from 1 to {EVENT_CHARACTERS_MAX} printable characters.")
