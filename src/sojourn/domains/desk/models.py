"""Tables of the desk."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

ALIVE_ROWS = ~models.Q(status="closed")


class CaseRow(models.Model):
    """A customer case; it belongs to a person, so that it goes with them through merge and unmerge."""

    person = models.BigIntegerField(db_index=True)
    reason = models.CharField(max_length=63)
    status = models.CharField(max_length=8)
    owner = models.BigIntegerField(null=True)  # the number of who signs in
    unit = models.CharField(max_length=63, default="")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "reason"], condition=ALIVE_ROWS, name="one_alive_case"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="case_due", condition=ALIVE_ROWS),
            models.Index(fields=["owner", "due_at"], name="case_owner", condition=ALIVE_ROWS),
        ]


class StepRow(models.Model):
    """One step of a case's history; what was written is sealed. A comment enters one case, once."""

    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    what = models.CharField(max_length=10)
    sealed = models.BinaryField(null=True)
    comment = models.BigIntegerField(null=True, unique=True)
    owner = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)


class RuleRow(models.Model):
    """A rule by which comments open cases."""

    name = models.CharField(max_length=63, unique=True)
    owner = models.BigIntegerField(null=True)
    document = models.JSONField()
