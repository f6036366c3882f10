"""Tables of customers."""

from __future__ import annotations

from django.db import models

from sojourn.domains.customers.contracts import How, TraitRule


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


class TraitRow(models.Model):
    """A trait that is computed, as people defined it."""

    slug = models.CharField(max_length=63, primary_key=True)
    name = models.CharField(max_length=100)
    how = models.CharField(max_length=16)
    of = models.CharField(max_length=200, default="")
    currency = models.CharField(max_length=3, default="")
    events = models.JSONField(default=list)
    where = models.JSONField(default=dict)
    window_days = models.PositiveIntegerField(null=True)
    updated_at = models.DateTimeField()

    def contract(self) -> TraitRule:
        """Give the rule as other rooms see it."""
        return TraitRule(
            slug=self.slug,
            name=self.name,
            how=How(self.how),
            of=self.of,
            currency=self.currency,
            events=tuple(self.events),
            where={name: tuple(values) for name, values in self.where.items()},
            window_days=self.window_days,
            updated_at=self.updated_at,
        )
