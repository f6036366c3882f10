"""Tables of journeys."""

from __future__ import annotations

from django.db import models

from sojourn.domains.journeys.contracts import Journey


class JourneyRow(models.Model):
    """A named journey as people saved it."""

    slug = models.CharField(max_length=63, primary_key=True)
    name = models.CharField(max_length=100)
    start = models.CharField(max_length=200)
    goals = models.JSONField()
    outcomes = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    window_days = models.PositiveIntegerField()
    updated_at = models.DateTimeField()

    def contract(self) -> Journey:
        """Give the journey as other rooms see it."""
        return Journey(
            slug=self.slug,
            name=self.name,
            start=self.start,
            goals=tuple(self.goals),
            outcomes={name: tuple(events) for name, events in self.outcomes.items()},
            steps=tuple(self.steps),
            window_days=self.window_days,
            updated_at=self.updated_at,
        )
