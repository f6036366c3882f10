"""Tables of organisation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sojourn.domains.organisation.contracts import TreeChange, Unit


class TreeRow(models.Model):
    """The whole tree as it was before a change, so that the change can be taken back."""

    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    what = models.CharField(max_length=300)
    text = models.TextField()

    def contract(self) -> TreeChange:
        """Give the change as other rooms see it."""
        return TreeChange(at=self.at, by=self.by, what=self.what)


class UnitRow(models.Model):
    """A unit in one place of the tree for one span of days; a unit that moved has a row for each place."""

    code = models.CharField(max_length=63)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=63)
    parent = models.CharField(max_length=63, null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)  # exclusive

    class Meta:
        indexes: ClassVar = [models.Index(fields=["code"], name="unit_code")]

    def contract(self) -> Unit:
        """Give the unit as other rooms see it."""
        return Unit(
            code=self.code, name=self.name, kind=self.kind, parent=self.parent, since=self.since, until=self.until
        )
