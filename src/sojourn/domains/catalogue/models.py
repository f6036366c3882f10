"""Tables of the catalogue."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sojourn.domains.catalogue.contracts import Source, SourceKind


class SourceRow(models.Model):
    """Where events come from."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=63, default="")
    write_key = models.CharField(max_length=64, unique=True)
    is_strict = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    rate = models.PositiveIntegerField(default=0)
    expected_every_minutes = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()

    def contract(self) -> Source:
        """Give the source as other rooms see it."""
        return Source(
            slug=self.slug,
            name=self.name,
            kind=SourceKind(self.kind),
            channel=self.channel,
            write_key=self.write_key,
            is_strict=self.is_strict,
            is_active=self.is_active,
            expected_every_minutes=self.expected_every_minutes,
            rate=self.rate,
            created_at=self.created_at,
        )


class PlanRow(models.Model):
    """One version of the tracking plan; versions are added, never changed."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField()  # YAML; a JSON column would lose the order of events on PostgreSQL
    events = models.PositiveIntegerField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=64)


class Revision(models.Model):
    """One row whose number grows with each change of sources or plan."""

    number = models.PositiveBigIntegerField(default=0)


class NotedBatch(models.Model):
    """Batches whose observations are counted already."""

    batch = models.BigIntegerField(primary_key=True)


class SeenEvent(models.Model):
    """Events of a name from a source, counted."""

    event = models.CharField(max_length=200)
    source = models.CharField(max_length=63)
    count = models.BigIntegerField()
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "source"], name="one_seen_event")]


class SeenProperty(models.Model):
    """Values of a property by JSON type, counted."""

    event = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=16)
    count = models.BigIntegerField()
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "name", "type"], name="one_seen_property")]


class Breach(models.Model):
    """Ways in which events break the plan, counted."""

    event = models.CharField(max_length=200)
    property = models.CharField(max_length=200, default="")
    rule = models.CharField(max_length=32)
    count = models.BigIntegerField()
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "property", "rule"], name="one_breach")]


class HeardSource(models.Model):
    """When a source was last heard."""

    source = models.CharField(max_length=63, unique=True)
    count = models.BigIntegerField()
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()
