"""Tables of feedback."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CommentRow(models.Model):
    """What somebody said in words, masked and sealed, with what it was about; made from the event that bore it.

    It belongs to the person of the event, so that it goes with them through merge and unmerge.
    """

    event_id = models.BigIntegerField(unique=True)
    person = models.BigIntegerField(db_index=True)
    sealed = models.BinaryField()
    kind = models.CharField(max_length=12)
    event = models.CharField(max_length=200)
    source = models.CharField(max_length=63, default="")
    survey = models.CharField(max_length=100, default="")
    question = models.CharField(max_length=300, default="")
    measure = models.CharField(max_length=32, default="")
    scale = models.CharField(max_length=12, default="")
    direction = models.CharField(max_length=4, default="")
    score = models.FloatField(null=True)
    channel = models.CharField(max_length=63, default="")
    touchpoint = models.CharField(max_length=100, default="")
    unit = models.CharField(max_length=63, default="")
    product = models.CharField(max_length=100, default="")
    language = models.CharField(max_length=12, default="")
    purposes = models.SmallIntegerField(null=True)  # allowed at collection, as the event's
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    model = models.CharField(max_length=100, default="")  # what read it last; "" while it waits
    sentiment = models.FloatField(null=True)
    urgency = models.FloatField(null=True)
    churn = models.FloatField(null=True)
    complaint = models.FloatField(null=True)
    findings = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-occurred_at", "-id"], name="comment_newest"),
            models.Index(fields=["id"], name="comment_waiting", condition=models.Q(model="")),
        ]
