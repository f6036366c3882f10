"""Tables of extracts."""

from __future__ import annotations

from django.db import models

from sojourn.domains.privacy.words.extracts import Extract, ExtractState, ExtractTerms


class ExtractRow(models.Model):
    """An extract: what was asked for, and what its file holds. It names no customer; the file does, by number."""

    name = models.CharField(max_length=63, unique=True)
    purpose = models.CharField(max_length=32)
    last_days = models.IntegerField(null=True)
    every_hours = models.IntegerField()
    lease_days = models.IntegerField()
    made_by = models.CharField(max_length=64)
    units: models.JSONField[list[str] | None, list[str] | None] = models.JSONField(null=True)
    state = models.CharField(max_length=12, default=ExtractState.WAITING.value)
    message = models.CharField(max_length=300, default="")
    customers = models.BigIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    file = models.CharField(max_length=100, default="")  # in the folder of extracts
    generation = models.IntegerField(default=0)
    epoch = models.CharField(max_length=48, default="")  # of consents, when it was made
    made_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()

    class Meta:
        app_label = "privacy"

    def contract(self, folder: str) -> Extract:
        """Give the extract as other rooms see it."""
        return Extract(
            id=self.pk,
            terms=ExtractTerms(
                name=self.name,
                purpose=self.purpose,
                last_days=self.last_days,
                every_hours=self.every_hours,
                lease_days=self.lease_days,
            ),
            state=ExtractState(self.state),
            message=self.message,
            made_by=self.made_by,
            units=None if self.units is None else frozenset(self.units),
            customers=self.customers,
            events=self.events,
            size=self.size,
            path=f"{folder}/{self.file}" if self.file else "",
            made_at=self.made_at,
            ends_at=self.ends_at,
        )
