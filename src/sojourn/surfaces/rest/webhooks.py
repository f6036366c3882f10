"""Webhooks: new events sent on, signed, to addresses of one's own."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Message, MessageState, NewSecret, Replay, Webhook, WebhookTerms
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, encode, number, sliced

router = Router(tags=["webhooks"])
EventNames = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=200)]
Url = Annotated[str, Field(min_length=1, max_length=500, description="Where to; https, and no private address.")]
MessageId = Annotated[int, Path(ge=1, lt=1 << 63)]
HIGHEST = (1 << 63) - 1


class WebhookAsked(Schema):
    """Which events go where and why."""

    name: str = Field(min_length=1, max_length=63, description="A small letter, then small letters, digits, - and _.")
    url: Url
    events: EventNames = Field(description="Names of events, or * for all.")
    purpose: str = Field("analytics", max_length=32, description="Why: who may be in it follows from its basis.")


class WebhookChange(Schema):
    """What to change; what is not said stays."""

    url: Url | None = None
    events: EventNames | None = None
    is_active: bool | None = Field(None, description="false switches it off: nothing new is noted, what waits stays.")


class ReplayAsked(Schema):
    """What to send again: events received in a period; without one, all messages that were given up."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = Field(None, description="Exclusive.")


class Replayed(Schema):
    """How many messages are sent again."""

    messages: int


class MessagesAsked(Schema):
    """Which messages."""

    state: MessageState | None = None
    limit: Limit = LIMIT
    cursor: Cursor = ""


@router.get("/webhooks", response={200: Page[Webhook], **PROBLEMS}, summary="List the webhooks")
@needs(Right.WEBHOOKS_MANAGE)
def list_webhooks(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[Webhook]:
    """Those of the parts of the organisation that you see, by name, with their messages by state."""
    rows, following = sliced(queries.webhooks(viewer=viewer_of(request)), limit=limit, cursor=cursor)
    return Page[Webhook](items=rows, next=following)


@router.post("/webhooks", response={201: NewSecret, **PROBLEMS}, summary="Make a webhook")
@needs(Right.WEBHOOKS_MANAGE)
def post_webhook(request: HttpRequest, body: WebhookAsked) -> Status[NewSecret]:
    """It is told of events that come in from now on. The secret is shown this once; needs events.export too."""
    terms = WebhookTerms(name=body.name, url=body.url, events=tuple(body.events), purpose=body.purpose)
    return Status(201, actions.make_webhook(terms, viewer=viewer_of(request)))


@router.get("/webhooks/{name}", response={200: Webhook, **PROBLEMS}, summary="Show a webhook")
@needs(Right.WEBHOOKS_MANAGE)
def get_webhook(request: HttpRequest, name: str) -> Webhook:
    """With its messages by state."""
    return queries.webhook(name, viewer=viewer_of(request))


@router.patch("/webhooks/{name}", response={200: Webhook, **PROBLEMS}, summary="Change a webhook, switch it off or on")
@needs(Right.WEBHOOKS_MANAGE)
def patch_webhook(request: HttpRequest, name: str, body: WebhookChange) -> Webhook:
    """What waits goes to the new address."""
    events = None if body.events is None else tuple(body.events)
    return actions.change_webhook(
        name, url=body.url, events=events, is_active=body.is_active, viewer=viewer_of(request)
    )


@router.delete("/webhooks/{name}", response={204: None, **PROBLEMS}, summary="Delete a webhook")
@needs(Right.WEBHOOKS_MANAGE)
def delete_webhook(request: HttpRequest, name: str) -> Status[None]:
    """Its secret and its list of messages go with it, and what waits is not sent."""
    actions.delete_webhook(name, viewer=viewer_of(request))
    return Status(204, None)


@router.post("/webhooks/{name}/secret", response={200: NewSecret, **PROBLEMS}, summary="Give a webhook a new secret")
@needs(Right.WEBHOOKS_MANAGE)
def rotate(request: HttpRequest, name: str) -> NewSecret:
    """It is shown this once; for 24 hours the old one signs too."""
    return actions.rotate_webhook(name, viewer=viewer_of(request))


@router.post("/webhooks/{name}/test", response={202: Message, **PROBLEMS}, summary="Send a test message")
@needs(Right.WEBHOOKS_MANAGE)
def test(request: HttpRequest, name: str) -> Status[Message]:
    """Of type ping, without any event; see the list of messages for what became of it."""
    return Status(202, actions.try_webhook(name, viewer=viewer_of(request)))


@router.get("/webhooks/{name}/messages", response={200: Page[Message], **PROBLEMS}, summary="List a webhook's messages")
@needs(Right.WEBHOOKS_MANAGE)
def list_messages(request: HttpRequest, name: str, asked: Query[MessagesAsked]) -> Page[Message]:
    """Newest first; what an event says is not kept with them."""
    before = number(asked.cursor)
    rows = queries.webhook_messages(
        name,
        state=asked.state,
        before=None if before is None else min(before, HIGHEST),
        limit=asked.limit + 1,
        viewer=viewer_of(request),
    )
    shown = list(rows[: asked.limit])
    return Page[Message](items=shown, next=encode(shown[-1].id) if len(rows) > asked.limit else None)


@router.post("/webhooks/{name}/replay", response={202: Replayed, **PROBLEMS}, summary="Send messages again")
@needs(Right.WEBHOOKS_MANAGE)
def replay(request: HttpRequest, name: str, body: ReplayAsked) -> Status[Replayed]:
    """Under the ids that they had; who objected meanwhile is left out."""
    asked = Replay(since=body.since, until=body.until)
    return Status(202, Replayed(messages=actions.replay_webhook(name, asked, viewer=viewer_of(request))))


@router.post(
    "/webhooks/{name}/messages/{message}/replay", response={202: Replayed, **PROBLEMS}, summary="Send one message again"
)
@needs(Right.WEBHOOKS_MANAGE)
def replay_one(request: HttpRequest, name: str, message: MessageId) -> Status[Replayed]:
    """Under the id that it had."""
    asked = Replay(message=message)
    return Status(202, Replayed(messages=actions.replay_webhook(name, asked, viewer=viewer_of(request))))
