"""Tables of collection. All but `OutboxEvent` and `ConsumerCursor` commit together with a segment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models

from sojourn.domains.collection.contracts import (
    ControlTotals,
    Delivery,
    DeliveryStatus,
    Pickup,
    PickupKind,
    PickupTerms,
    Segment,
)
from sojourn.kit.period import instant


class Counter(models.Model):
    """A number that only grows: `batch` (commits of events), `generation` (changes of the manifest)."""

    name = models.CharField(primary_key=True, max_length=32)
    value = models.BigIntegerField(default=0)


class SegmentRow(models.Model):
    """One file of the stream; the manifest is these rows."""

    path = models.CharField(max_length=200, unique=True)
    condition = models.CharField(max_length=8, default="live")
    first_batch = models.BigIntegerField()
    last_batch = models.BigIntegerField(db_index=True)
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    since_us = models.BigIntegerField()
    until_us = models.BigIntegerField()
    bucket = models.IntegerField(null=True)
    source = models.CharField(max_length=63, null=True)
    delivery = models.BigIntegerField(null=True)
    retired_generation = models.BigIntegerField(null=True)
    retired_us = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["condition"], name="segment_condition")]

    def contract(self) -> Segment:
        """Give the segment as other rooms see it."""
        return Segment(
            id=self.pk,
            path=self.path,
            first_batch=self.first_batch,
            last_batch=self.last_batch,
            rows=self.rows,
            size=self.size,
            since_us=self.since_us,
            until_us=self.until_us,
            bucket=self.bucket,
            source=self.source,
            delivery=self.delivery,
        )


class BatchRow(models.Model):
    """One commit of events: when it was, and the newest `received_at` in it."""

    batch = models.BigIntegerField(primary_key=True)
    committed_us = models.BigIntegerField()
    received_us = models.BigIntegerField()
    rows = models.BigIntegerField()


class SpoolPlace(models.Model):
    """How far the loader has come in the spool; one row."""

    segment = models.BigIntegerField()
    offset = models.BigIntegerField()
    ordinal = models.BigIntegerField()


class RemovalRow(models.Model):
    """Events that a batch took out of the stream: a range of event ids, all of one person, or whose ranges were."""

    batch = models.BigIntegerField(db_index=True)
    low_event_id = models.BigIntegerField(null=True)
    high_event_id = models.BigIntegerField(null=True)  # exclusive
    person = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(default=0)


class LeaseRow(models.Model):
    """A reader that needs the files of the manifest as it was at `generation`."""

    holder = models.CharField(max_length=64)
    pid = models.BigIntegerField()  # a process that is no more holds nothing
    generation = models.BigIntegerField()
    started_us = models.BigIntegerField()
    expires_us = models.BigIntegerField()


class RefusedItem(models.Model):
    """An item that was not let in; what was sent is sealed."""

    source = models.CharField(max_length=63)
    origin = models.CharField(max_length=200)
    place = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    received_us = models.BigIntegerField()
    message_id = models.CharField(max_length=32, default="")  # digest
    payload = models.BinaryField()
    delivery = models.BigIntegerField(null=True, db_index=True)


class FlowMinute(models.Model):
    """Events of one source in one minute of arrival."""

    minute = models.BigIntegerField()  # minutes since the epoch
    source = models.CharField(max_length=63)
    accepted = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["minute", "source"], name="one_flow_minute")]


class RefusedCount(models.Model):
    """Refused items by source and code, since the beginning; the quarantine itself is bounded."""

    source = models.CharField(max_length=63)
    code = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "code"], name="one_refused_count")]


class ObservationRow(models.Model):
    """What the loader saw in one batch, until the catalogue has noted it."""

    batch = models.BigIntegerField(primary_key=True)
    payload = models.BinaryField()


class Command(models.Model):
    """A change of segments that somebody asked for; the work process does them one after the other."""

    kind = models.CharField(max_length=16)
    arguments: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()  # tokens and ids only
    state = models.CharField(max_length=8, default="waiting", db_index=True)
    message = models.CharField(max_length=300, default="")
    created_us = models.BigIntegerField()
    finished_us = models.BigIntegerField(null=True)


class OutboxTaken(models.Model):
    """Outbox rows that are in the stream already; the row here goes after the one in the outbox."""

    id = models.BigIntegerField(primary_key=True)


class OutboxEvent(models.Model):
    """An event that a room recorded in its own transaction; lives in the state database."""

    payload = models.BinaryField()  # sealed
    recorded_us = models.BigIntegerField()


class ConsumerCursor(models.Model):
    """How far a consumer of the tail has come; lives in the state database, beside the consumer's effect."""

    consumer = models.CharField(primary_key=True, max_length=64)
    batch = models.BigIntegerField(default=0)


class PickupRow(models.Model):
    """A place whose new files are fetched by schedule."""

    name = models.CharField(max_length=63, unique=True)
    kind = models.CharField(max_length=12)
    source = models.CharField(max_length=63)
    where: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    secret = models.BinaryField()  # sealed
    pattern = models.CharField(max_length=500, default="*")
    preset = models.CharField(max_length=100, default="")
    has_control = models.BooleanField(default=False)
    every_minutes = models.IntegerField(null=True)
    daily_at = models.CharField(max_length=5, default="")
    zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    made_by = models.CharField(max_length=100, default="")
    next_us = models.BigIntegerField(db_index=True)
    last_us = models.BigIntegerField(null=True)
    since_us = models.BigIntegerField(null=True)  # until when a database was asked
    message = models.CharField(max_length=500, default="")
    failures = models.IntegerField(default=0)

    def terms(self) -> PickupTerms:
        """Give what is fetched, from where and when."""
        return PickupTerms(
            name=self.name,
            kind=PickupKind(self.kind),
            source=self.source,
            where=dict(self.where),
            pattern=self.pattern,
            preset=self.preset,
            has_control=self.has_control,
            every_minutes=self.every_minutes,
            daily_at=self.daily_at,
            zone=self.zone,
        )

    def contract(self, files: int) -> Pickup:
        """Give the pickup as other rooms see it."""
        return Pickup(
            id=self.pk,
            terms=self.terms(),
            is_active=self.is_active,
            made_by=self.made_by,
            next_at=instant(self.next_us),
            last_at=None if self.last_us is None else instant(self.last_us),
            message=self.message,
            failures=self.failures,
            files=files,
        )


class PickedRow(models.Model):
    """A file that a pickup took: the same mark again is not fetched."""

    pickup = models.ForeignKey(PickupRow, on_delete=models.CASCADE, related_name="picked")
    name = models.CharField(max_length=200)
    mark = models.CharField(max_length=100)
    delivery = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pickup", "name"], name="one_picked_file")]


class DeliveryRow(models.Model):
    """A file that was handed in, with how far it has come."""

    source = models.CharField(max_length=63)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=32)  # of the content
    file = models.CharField(max_length=100)  # below the folder of deliveries; "" when it is gone
    mapping: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    encoding = models.CharField(max_length=32, default="")
    delimiter = models.CharField(max_length=1, default="")
    status = models.CharField(max_length=12, default="waiting", db_index=True)
    is_queued = models.BooleanField(default=False)
    is_watched = models.BooleanField(default=False)  # came through the watched folder and is still to be reported
    is_cancelling = models.BooleanField(default=False)
    attempts = models.IntegerField(default=0)  # runs that were begun
    by = models.CharField(max_length=100, default="")
    control_rows = models.BigIntegerField(null=True)  # what the sender says is in it
    control_total = models.DecimalField(max_digits=30, decimal_places=4, null=True)
    bytes_total = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    rows_good = models.BigIntegerField(default=0)
    rows_known = models.BigIntegerField(default=0)
    rows_refused = models.BigIntegerField(default=0)
    rows_per_second = models.FloatField(default=0)
    value_total = models.DecimalField(max_digits=30, decimal_places=4, default=0)
    refused_by_code: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    warnings: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    message = models.CharField(max_length=500, default="")
    created_us = models.BigIntegerField()
    finished_us = models.BigIntegerField(null=True)
    replaces = models.BigIntegerField(null=True)
    batch = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "name"], name="delivery_name")]

    def contract(self) -> Delivery:
        """Give the delivery as other rooms see it."""
        return Delivery(
            id=self.pk,
            source=self.source,
            name=self.name,
            preset=str(self.mapping.get("name") or ""),
            status=DeliveryStatus(self.status),
            bytes_total=self.bytes_total,
            bytes_done=self.bytes_done,
            rows_good=self.rows_good,
            rows_known=self.rows_known,
            rows_refused=self.rows_refused,
            rows_per_second=self.rows_per_second,
            message=self.message,
            created_at=instant(self.created_us),
            finished_at=None if self.finished_us is None else instant(self.finished_us),
            replaces=self.replaces,
            is_queued=self.is_queued,
            value_total=Decimal(self.value_total),  # a new row still has the default, an int
            refused_by_code=dict(self.refused_by_code),
            warnings=tuple(self.warnings),
            mapping=dict(self.mapping),
            batch=self.batch,
            by=self.by,
            control=ControlTotals(rows=self.control_rows, total=self.control_total),
        )
