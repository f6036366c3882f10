"""Tables of journeys."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sojourn.domains.journeys.contracts import Journey, QuestionPage, SavedQuestion


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


class QuestionRow(models.Model):
    """A saved question; a deleted one stays for a day, so that it can come back with its address and its pins."""

    id = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, default="")
    found_by = models.TextField()  # name and description without case: SQLite folds ASCII only
    page = models.CharField(max_length=16)
    parameters = models.JSONField()  # a list of name and value, in order
    is_shared = models.BooleanField()
    owner = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField(db_index=True)
    deleted_at = models.DateTimeField(null=True)

    def contract(self, *, is_pinned: bool = False) -> SavedQuestion:
        """Give the question as other rooms see it."""
        return SavedQuestion(
            id=self.id,
            name=self.name,
            description=self.description,
            page=QuestionPage(self.page),
            parameters=tuple((name, value) for name, value in self.parameters),
            is_shared=self.is_shared,
            owner=self.owner,
            created_at=self.created_at,
            saved_at=self.saved_at,
            is_pinned=is_pinned,
        )


class PinRow(models.Model):
    """A saved question that somebody has pinned to their Home."""

    question = models.ForeignKey(QuestionRow, on_delete=models.CASCADE, related_name="pins")
    viewer = models.CharField(max_length=64, db_index=True)

    class Meta:
        """One pin each."""

        constraints: ClassVar = [models.UniqueConstraint(fields=("question", "viewer"), name="one_pin_each")]
