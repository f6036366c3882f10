"""Tables of data rights."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from sojourn.domains.privacy.words.rights import (
    AccountKind,
    Channel,
    Erasure,
    ErasureState,
    KeptBack,
    Outcome,
    Request,
    RequestKind,
    RequestState,
    Step,
)


class ErasureRow(models.Model):
    """An erasure on its way, or done. Whose it is stands sealed in `marks`, which is emptied with the proof."""

    state = models.CharField(max_length=12, default="waiting", db_index=True)
    customers = models.IntegerField()
    kept: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    marks = models.BinaryField(null=True)  # sealed
    rows = models.BigIntegerField(default=0)
    counts: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    certificate: models.JSONField[Any, Any] = models.JSONField(null=True)
    seal = models.CharField(max_length=64, default="")
    message = models.CharField(max_length=300, default="")
    by = models.CharField(max_length=64)
    request = models.BigIntegerField(null=True, db_index=True)
    asked_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "privacy"

    def kept_back(self) -> tuple[KeptBack, ...]:
        """Say what a legal duty keeps."""
        return tuple(
            KeptBack(
                rule=each["rule"],
                title=each["title"],
                law=each["law"],
                events=tuple(each["events"]),
                traits=tuple(each["traits"]),
                until=date.fromisoformat(each["until"]),
                accounts=tuple(map(AccountKind, each.get("accounts", ()))),  # not said by older versions
            )
            for each in self.kept
        )

    def contract(self) -> Erasure:
        """Give the erasure as other rooms see it."""
        kept = self.kept_back()
        return Erasure(
            id=self.pk,
            state=ErasureState(self.state),
            customers=self.customers,
            rows=self.rows,
            kept=kept,
            until=max((each.until for each in kept), default=None),
            message=self.message,
            by=self.by,
            asked_at=self.asked_at,
            finished_at=self.finished_at,
            request=self.request,
            tombstones=self.counts.get("tombstones", 0),
        )


class Restriction(models.Model):
    """A person who is read for a legal duty only: they asked for it, or a hold keeps what is left of them."""

    person = models.BigIntegerField()
    reason = models.CharField(max_length=16)  # request, hold
    erasure = models.BigIntegerField(null=True)  # in part, that locked the rest
    request = models.BigIntegerField(null=True)
    since = models.DateTimeField()
    until = models.DateField(null=True, db_index=True)  # when the rest is erased

    class Meta:
        app_label = "privacy"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "reason"], name="one_restriction")]


class RequestRow(models.Model):
    """A request of a customer; who asks stands sealed in `contact`, and goes with an erasure's proof."""

    kind = models.CharField(max_length=16)
    regulation = models.CharField(max_length=32)
    state = models.CharField(max_length=12, default="unverified", db_index=True)
    channel = models.CharField(max_length=8)
    customer = models.BigIntegerField(null=True, db_index=True)
    contact = models.BinaryField(null=True)  # sealed
    received_at = models.DateTimeField()
    due_on = models.DateField(db_index=True)
    acknowledge_by = models.DateField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=32, default="")
    code = models.CharField(max_length=64, default="")  # a keyed digest
    code_expires_at = models.DateTimeField(null=True)
    code_attempts = models.IntegerField(default=0)
    paused_for = models.CharField(max_length=16, default="")
    paused_at = models.DateTimeField(null=True)
    paused_days = models.IntegerField(default=0)
    paused_reason = models.CharField(max_length=300, default="")
    is_extended = models.BooleanField(default=False)
    extension_reason = models.CharField(max_length=300, default="")
    outcome = models.CharField(max_length=12, default="")
    reason = models.CharField(max_length=500, default="")
    closed_at = models.DateTimeField(null=True)
    steps: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    erasure = models.BigIntegerField(null=True)
    package = models.BigIntegerField(null=True)
    warned_on = models.DateField(null=True)  # when those who handle requests were last told that it is late

    class Meta:
        app_label = "privacy"

    def contract(self) -> Request:
        """Give the request as other rooms see it."""
        today = timezone.now().date()
        is_alive = self.state != RequestState.CLOSED
        return Request(
            id=self.pk,
            kind=RequestKind(self.kind),
            regulation=self.regulation,
            state=RequestState(self.state),
            channel=Channel(self.channel),
            customer=self.customer,
            received_at=self.received_at,
            due_on=self.due_on,
            acknowledge_by=self.acknowledge_by,
            acknowledged_at=self.acknowledged_at,
            verified_at=self.verified_at,
            verified_how=self.verified_how,
            paused_for=self.paused_for,
            paused_at=self.paused_at,
            paused_reason=self.paused_reason,
            paused_days=self.paused_days,
            extended=self.is_extended,
            extension_reason=self.extension_reason,
            outcome=Outcome(self.outcome) if self.outcome else None,
            reason=self.reason,
            closed_at=self.closed_at,
            steps=tuple(
                Step(
                    name=each["name"],
                    state=each["state"],
                    outcome=each["outcome"],
                    at=None if each["at"] is None else datetime.fromisoformat(each["at"]),
                )
                for each in self.steps
            ),
            erasure=self.erasure,
            is_overdue=is_alive and self.paused_at is None and self.due_on < today,
            days_left=(self.due_on - today).days,
        )


class PackageRow(models.Model):
    """An access package: a sealed file, and the digest of the link's secret that opens it."""

    request = models.BigIntegerField(db_index=True)
    customer = models.BigIntegerField(null=True, db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    file = models.CharField(max_length=64)
    size = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    downloads = models.IntegerField(default=0)
    downloaded_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "privacy"


class HoldRule(models.Model):
    """A statutory duty to keep: which events, traits and kinds of account, on which ground, for how long from what."""

    name = models.SlugField(primary_key=True, max_length=63)
    title = models.CharField(max_length=100)
    law = models.CharField(max_length=200)
    events: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    traits: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    accounts: models.JSONField[list[str], list[str]] = models.JSONField(default=list)  # kinds
    ends: models.JSONField[list[str], list[str]] = models.JSONField(default=list)  # events that end the relationship
    months = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    saved_by = models.CharField(max_length=64)
    saved_at = models.DateTimeField()

    class Meta:
        app_label = "privacy"


class HoldRow(models.Model):
    """A hold on one customer as a whole, a dispute or an order of a court: a row for each of their persons."""

    hold = models.BigIntegerField(default=0, db_index=True)  # its number: that of its first row
    person = models.BigIntegerField(db_index=True)
    customer = models.BigIntegerField(db_index=True)
    reason = models.CharField(max_length=300)
    until = models.DateField()
    by = models.CharField(max_length=64)
    since = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, default="")
    released_why = models.CharField(max_length=300, default="")

    class Meta:
        app_label = "privacy"


class RetentionRow(models.Model):
    """A retention rule: which events go, or lose a field, after how many days."""

    name = models.SlugField(primary_key=True, max_length=63)
    title = models.CharField(max_length=100)
    events: models.JSONField[list[str], list[str]] = models.JSONField(default=list)  # empty: all
    field = models.CharField(max_length=100, default="")  # empty: the whole event
    days = models.PositiveIntegerField()
    starts_on = models.DateField()  # the first night on which it works: until then it can be taken back
    saved_by = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)
    ran_rows = models.BigIntegerField(default=0)
    is_rebuilding = models.BooleanField(default=False)  # its rows are gone from the stream, not from the timeline yet

    class Meta:
        app_label = "privacy"
