"""Words of webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

EVERY_EVENT = "*"
PING = "ping"


class MessageState(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"  # to be sent, at once or again
    SENT = "sent"  # the receiver answered 2xx
    DEAD = "dead"  # given up after the last attempt; `replay` sends it again
    WITHHELD = "withheld"  # the purpose no longer lets the event out: who it is of objected, or it is gone


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookTerms:
    """Which events go where and why; `events` are names, or `*` for all."""

    name: str
    url: str
    events: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """A webhook as it stands, without its secret."""

    id: int
    terms: WebhookTerms
    is_active: bool
    message: str  # why it was switched off, when it was not by somebody
    made_by: str
    made_at: datetime
    units: frozenset[str] | None
    old_secret_until: datetime | None
    rests_until: datetime | None
    messages: dict[str, int]  # by state


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSecret:
    """A webhook and its secret, which is shown this once."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message of a webhook: no payload, that is read when it is sent. `event_id` is None for a test."""

    id: int
    message: str  # the header webhook-id: the same on every attempt
    event_id: str | None
    state: MessageState
    attempts: int
    status: int | None  # of the last answer, None when there was none
    said: str
    occurred_at: datetime
    received_at: datetime
    next_at: datetime | None  # of the next attempt
    tried_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What to send again: one message, those of events received in [since, until), or, where none is said, the dead."""

    message: int | None = None
    since: datetime | None = None
    until: datetime | None = None
