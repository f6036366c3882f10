"""Tables of customers."""

from __future__ import annotations

from django.db import models


class NoteRow(models.Model):
    """A note about a customer, sealed.

    It belongs to the person whose number the customer had when it was written, so that it goes with them through merge
    and unmerge.
    """

    person = models.BigIntegerField(db_index=True)
    sealed = models.BinaryField()
    author = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
