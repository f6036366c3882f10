"""Tables of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from sojourn.domains.privacy.words.webhooks import Message, MessageState, Webhook, WebhookTerms


class WebhookRow(models.Model):
    """A webhook. It notes events of batches after `after_batch`, the newest when it was made or switched on."""

    name = models.CharField(max_length=63, unique=True)
    url = models.CharField(max_length=500)
    events: models.JSONField[list[str], list[str]] = models.JSONField()
    purpose = models.CharField(max_length=32)
    secret = models.BinaryField()  # sealed
    old_secret = models.BinaryField(null=True)  # sealed
    old_until = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    units: models.JSONField[list[str] | None, list[str] | None] = models.JSONField(null=True)
    is_active = models.BooleanField(default=True)
    message = models.CharField(max_length=300, default="")
    after_batch = models.BigIntegerField()
    rests_until = models.DateTimeField(null=True)  # the receiver does not answer, or asked to be left alone

    class Meta:
        app_label = "privacy"

    def contract(self, messages: Mapping[str, int]) -> Webhook:
        """Give the webhook as other rooms see it."""
        return Webhook(
            id=self.pk,
            terms=WebhookTerms(name=self.name, url=self.url, events=tuple(self.events), purpose=self.purpose),
            is_active=self.is_active,
            message=self.message,
            made_by=self.made_by,
            made_at=self.made_at,
            units=None if self.units is None else frozenset(self.units),
            old_secret_until=self.old_until,
            rests_until=self.rests_until,
            messages={state.value: messages.get(state.value, 0) for state in MessageState},
        )


class WebhookMessage(models.Model):
    """That a webhook is to be told of an event; a test has none. What the event says is not kept here."""

    webhook = models.ForeignKey(WebhookRow, on_delete=models.CASCADE)
    event_id = models.BigIntegerField(null=True)
    person = models.BigIntegerField(null=True, db_index=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=MessageState.WAITING.value)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    said = models.CharField(max_length=200, default="")

    class Meta:
        app_label = "privacy"
        constraints: ClassVar = [models.UniqueConstraint(fields=["webhook", "event_id"], name="webhook_event_once")]
        indexes: ClassVar = [models.Index(fields=["webhook", "state", "next_at"], name="webhook_due")]

    @property
    def message_id(self) -> str:
        """Give the header webhook-id: the same however often the message is sent."""
        about = f"test_{self.pk}" if self.event_id is None else str(self.event_id)
        return f"msg_{self.webhook_id}_{about}"

    def contract(self) -> Message:
        """Give the message as other rooms see it."""
        return Message(
            id=self.pk,
            message=self.message_id,
            event_id=None if self.event_id is None else str(self.event_id),
            state=MessageState(self.state),
            attempts=self.attempts,
            status=self.status,
            said=self.said,
            occurred_at=self.occurred_at,
            received_at=self.received_at,
            next_at=self.next_at,
            tried_at=self.tried_at,
        )
