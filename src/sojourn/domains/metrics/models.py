"""Tables of metrics."""

from __future__ import annotations

from django.db import models

from sojourn.domains.metrics.words import Fact, FactKind, Population


class FactRow(models.Model):
    """An operational fact that may drive a score, as people defined it."""

    slug = models.CharField(max_length=63, primary_key=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    event = models.CharField(max_length=200)
    until = models.CharField(max_length=200, default="")
    days = models.PositiveIntegerField()

    def contract(self) -> Fact:
        """Give the fact as other rooms see it."""
        return Fact(
            slug=self.slug, name=self.name, kind=FactKind(self.kind), event=self.event, until=self.until, days=self.days
        )


class PopulationRow(models.Model):
    """A known population to weight answers to, as people entered it."""

    slug = models.CharField(max_length=63, primary_key=True)
    name = models.CharField(max_length=100)
    margins = models.JSONField()

    def contract(self) -> Population:
        """Give the population as other rooms see it."""
        return Population(slug=self.slug, name=self.name, margins=self.margins)
