"""Tables of data rights."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models

from sojourn.domains.privacy.rights_words import Erasure, ErasureState, KeptBack


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
