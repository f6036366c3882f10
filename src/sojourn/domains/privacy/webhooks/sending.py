"""Messages on their way out: read through the door, signed, posted, and what came of it noted.

An answer is noted after it came: who is killed in between sends the same again under the same id (at least once).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final

import msgspec
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access import queries as viewers
from sojourn.domains.access.contracts import SYSTEM, Right, Viewer
from sojourn.domains.privacy.contracts import EventRow, Purpose
from sojourn.domains.privacy.door import statements
from sojourn.domains.privacy.door.listed import row_of
from sojourn.domains.privacy.door.stream import opened
from sojourn.domains.privacy.models import WebhookMessage, WebhookRow
from sojourn.domains.privacy.webhooks import signing
from sojourn.domains.privacy.webhooks.posting import Answer, Post, post_all
from sojourn.domains.privacy.words.webhooks import PING, MessageState
from sojourn.kit import durable, sealing
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.period import Period

SEALED_FOR: Final = "webhook"
AT_ONCE: Final = 50  # messages of one webhook that are read and sent together
# Until the next attempt, as Standard Webhooks recommends ("Retry schedule"); after the last there is none.
DELAYS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=each) for each in (2, 5, 10, 14, 20, 24)),
)
JITTER: Final = 0.1  # of a delay, at most, is added
REST: Final = timedelta(seconds=30)  # for a receiver that did not answer at all
LONGEST_REST: Final = timedelta(hours=24)
GONE, BUSY = 410, (429, 503)
KEPT_DAYS: Final = 30
MOMENT: Final = timedelta(microseconds=1)

_DUE: Final = {"state": MessageState.WAITING.value}


def due_webhooks(*, now: datetime | None = None) -> tuple[int, ...]:
    """List the webhooks that have something to send now."""
    at = now or timezone.now()
    awake = Q(rests_until=None) | Q(rests_until__lte=at)
    waiting = WebhookMessage.objects.filter(**_DUE, next_at__lte=at).values("webhook")
    return tuple(WebhookRow.objects.filter(awake, is_active=True, pk__in=waiting).values_list("pk", flat=True))


def send_webhook(webhook: int, *, now: datetime | None = None, draw: Callable[[], float] = random.random) -> int:
    """Send what is due of a webhook, a few messages; give how many are settled or tried.

    `draw` gives numbers from 0 to 1 for the jitter. A webhook whose maker may no longer read its events is switched
    off.
    """
    at = now or timezone.now()
    if webhook not in due_webhooks(now=at):
        return 0
    row = WebhookRow.objects.get(pk=webhook)
    due = list(WebhookMessage.objects.filter(**_DUE, webhook=row, next_at__lte=at).order_by("next_at", "pk")[:AT_ONCE])
    try:
        events = _read(row, [each for each in due if each.event_id is not None])
    except (ForbiddenError, InvalidError) as refusal:
        _switch_off(row, refusal.message, why="maker")
        return 0
    withheld = [each.pk for each in due if each.event_id is not None and each.event_id not in events]
    WebhookMessage.objects.filter(**_DUE, pk__in=withheld).update(
        state=MessageState.WITHHELD.value, next_at=None, tried_at=at, said="The purpose does not let this event out."
    )
    sent = [each for each in due if each.pk not in set(withheld)]
    posts = _posts(row, sent, events, at)
    answers = post_all(row.url, posts, private=bool(settings.SOJOURN.webhooks_private)) if posts else []
    durable.reach("webhook.sent")
    for message, answer in zip(sent, answers, strict=True):
        _note(row, message, answer, at, draw)
    return len(due)


def sweep(*, now: datetime | None = None) -> int:
    """Delete messages that were settled long ago; give how many."""
    before = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    over = WebhookMessage.objects.exclude(**_DUE).filter(tried_at__lt=before)
    return over.delete()[0]


def written(row: EventRow) -> dict[str, object]:
    """Write an event as the API lists it: numbers that JavaScript cannot hold are texts."""
    values = {name: getattr(row, name) for name in EventRow.__slots__}
    return {**values, "event_id": str(row.event_id), "customer": str(row.customer)}


def maker(row: WebhookRow) -> Viewer:
    """Give who made the webhook as they may see today, never more than when they made it; raise ForbiddenError."""
    try:
        viewer = viewers.viewer_called(row.made_by)
    except NotFoundError:
        raise ForbiddenError("Who made this webhook is no longer here; make it anew.") from None
    viewer.require(Right.WEBHOOKS_MANAGE)
    viewer.require(Right.EVENTS_EXPORT)
    seen = viewer.units_for(Right.EVENTS_EXPORT)
    asked = None if row.units is None else frozenset(row.units)
    if seen is not None and seen != asked:
        raise ForbiddenError("Who made this webhook sees other parts of the organisation now; make it anew.")
    return Viewer(name=viewer.name, role=viewer.role, scopes=viewer.scopes, grants=viewer.grants, units=asked)


def _read(row: WebhookRow, messages: Sequence[WebhookMessage]) -> dict[int, EventRow]:
    """Read through the door what may leave of some messages, by event id."""
    viewer = maker(row)
    if not messages:
        return {}
    times = [each.occurred_at for each in messages]
    search = statements.several(
        [each.event_id for each in messages if each.event_id is not None],
        sorted({each.person for each in messages if each.person is not None}),
        viewer.units,
    )
    period = Period(since=min(times), until=max(times) + MOMENT)
    with opened(purpose=Purpose(row.purpose), period=period, viewer=viewer) as connection:
        found = map(row_of, connection.execute(search.sql, search.values).fetchall())
        return {each.event_id: each for each in found}


def _posts(
    row: WebhookRow, messages: Iterable[WebhookMessage], events: dict[int, EventRow], now: datetime
) -> list[Post]:
    secrets = _secrets(row, now)
    sign = partial(signing.headers, at_seconds=int(now.timestamp()), secrets=secrets)
    bodies = [(each.message_id, _body(row, each, events)) for each in messages]
    return [Post(body=body, headers=sign(name, body=body)) for name, body in bodies]


def _body(row: WebhookRow, message: WebhookMessage, events: dict[int, EventRow]) -> bytes:
    if message.event_id is None:
        return msgspec.json.encode({"type": PING, "timestamp": message.occurred_at, "data": {"webhook": row.name}})
    event = events[message.event_id]
    return msgspec.json.encode({"type": event.name, "timestamp": event.occurred_at, "data": written(event)})


def _secrets(row: WebhookRow, now: datetime) -> list[str]:
    sealed = [row.secret]
    if row.old_secret is not None and row.old_until is not None and now < row.old_until:
        sealed.append(row.old_secret)
    opener = sealing.sealer(settings.SOJOURN)
    return [opener.open(bytes(each), use=SEALED_FOR).decode() for each in sealed]


def _note(row: WebhookRow, message: WebhookMessage, answer: Answer, now: datetime, draw: Callable[[], float]) -> None:
    attempts = message.attempts + 1
    state, next_at, said = MessageState.SENT, None, answer.said
    if answer.status == GONE:
        state, said = MessageState.DEAD, "The receiver says that it is gone for good (410)."
        _switch_off(row, said, why="gone")
    elif not answer.is_success and attempts > len(DELAYS):
        state = MessageState.DEAD
    elif not answer.is_success:
        asked = _retry_after(answer, now)
        delay = DELAYS[attempts - 1] * (1 + JITTER * draw())
        state, next_at = MessageState.WAITING, max(now + delay, asked or now)
        if answer.status is None or asked is not None:
            WebhookRow.objects.filter(pk=row.pk).update(rests_until=asked or now + min(delay, REST))
    WebhookMessage.objects.filter(**_DUE, pk=message.pk).update(
        state=state.value, attempts=attempts, next_at=next_at, tried_at=now, status=answer.status, said=said[:200]
    )


def _retry_after(answer: Answer, now: datetime) -> datetime | None:
    """Read when a busy receiver wants to be asked again, in seconds or as a date; at most a day ahead."""
    if answer.status not in BUSY or not answer.retry_after:
        return None
    text = answer.retry_after.strip()
    if text.isdecimal():
        return now + min(timedelta(seconds=min(int(text[:9]), 10**6)), LONGEST_REST)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max(at, now), now + LONGEST_REST)


def _switch_off(row: WebhookRow, said: str, *, why: str) -> None:
    if WebhookRow.objects.filter(pk=row.pk, is_active=True).update(is_active=False, message=said[:300]):
        access.audit(viewer=SYSTEM, what="webhook.stop", on=f"webhook:{row.pk}", why=why)
