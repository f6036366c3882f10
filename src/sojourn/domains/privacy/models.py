"""Tables of privacy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ConsentWord(models.Model):
    """What a person said about a purpose, and when; rows are only added, the latest counts."""

    person = models.BigIntegerField()
    purpose = models.CharField(max_length=32)
    allowed = models.BooleanField()
    said_us = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["purpose", "person"], name="consent_purpose_person")]


class ConsentEpoch(models.Model):
    """A number that grows with every change of consents; caches carry it. One row."""

    value = models.BigIntegerField(default=0)
