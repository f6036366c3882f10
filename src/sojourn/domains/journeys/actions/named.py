"""Named journeys: save and delete."""

from __future__ import annotations

from datetime import datetime

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import Journey
from sojourn.domains.journeys.models import JourneyRow
from sojourn.kit.errors import NotFoundError


def save(*, journey: Journey, viewer: Viewer, now: datetime | None = None) -> Journey:
    """Save a journey, in place of the one with the same slug; raise ForbiddenError or InvalidError naming the field."""
    viewer.require(Right.JOURNEYS_WRITE)
    rules.check_journey(journey)
    with transaction.atomic(using=router.db_for_write(JourneyRow)):
        row, _ = JourneyRow.objects.update_or_create(
            slug=journey.slug,
            defaults={
                "name": journey.name.strip(),
                "start": journey.start,
                "goals": list(journey.goals),
                "outcomes": {name: list(events) for name, events in journey.outcomes.items()},
                "steps": list(journey.steps),
                "window_days": journey.window_days,
                "updated_at": now or timezone.now(),
            },
        )
        access.audit(viewer=viewer, what="journey.save", on=f"journey:{journey.slug}")
    return row.contract()


def delete(*, slug: str, viewer: Viewer) -> None:
    """Delete a journey; its events stay. Raise ForbiddenError or NotFoundError."""
    viewer.require(Right.JOURNEYS_WRITE)
    with transaction.atomic(using=router.db_for_write(JourneyRow)):
        deleted, _ = JourneyRow.objects.filter(slug=slug).delete()
        if not deleted:
            raise NotFoundError("There is no such journey.")
        access.audit(viewer=viewer, what="journey.delete", on=f"journey:{slug}")
