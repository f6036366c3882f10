"""Ask webhooks: which there are, and what became of their messages."""

from __future__ import annotations

from django.db.models import Count

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.models import WebhookMessage, WebhookRow
from sojourn.domains.privacy.words.webhooks import Message, MessageState, Webhook
from sojourn.kit.errors import NotFoundError


def webhooks(*, viewer: Viewer) -> tuple[Webhook, ...]:
    """List the webhooks of the parts of the organisation that the viewer sees, by name; raise ForbiddenError."""
    viewer.require(Right.WEBHOOKS_MANAGE, looking=True)
    return tuple(told(row) for row in WebhookRow.objects.order_by("name") if _sees(viewer, row))


def webhook(name: str, *, viewer: Viewer) -> Webhook:
    """Give one webhook; raise ForbiddenError, NotFoundError."""
    return told(held(name, viewer, looking=True))


def webhook_messages(
    name: str, *, state: MessageState | None = None, before: int | None = None, limit: int = 50, viewer: Viewer
) -> tuple[Message, ...]:
    """List a webhook's messages, newest first, of ids below `before`; raise ForbiddenError, NotFoundError."""
    some = WebhookMessage.objects.filter(webhook=held(name, viewer, looking=True)).order_by("-pk")
    if state is not None:
        some = some.filter(state=state.value)
    if before is not None:
        some = some.filter(pk__lt=before)
    return tuple(row.contract() for row in some.select_related("webhook")[:limit])


def held(name: str, viewer: Viewer, *, looking: bool = False) -> WebhookRow:
    """Give the row of a webhook that the viewer may manage, or look at; raise ForbiddenError, NotFoundError."""
    viewer.require(Right.WEBHOOKS_MANAGE, looking=looking)
    row = WebhookRow.objects.filter(name=name).first()
    if row is None or not _sees(viewer, row):
        raise NotFoundError("There is no such webhook.")
    return row


def told(row: WebhookRow) -> Webhook:
    """Give a row as other rooms see it."""
    counted = WebhookMessage.objects.filter(webhook=row).values_list("state").annotate(n=Count("pk"))
    return row.contract(dict(counted))


def _sees(viewer: Viewer, row: WebhookRow) -> bool:
    units = viewer.units_for(Right.EVENTS_EXPORT)
    return units is None or (row.units is not None and frozenset(row.units) <= units)
