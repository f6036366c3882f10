"""What live pages hear: how far the stream has come."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.privacy import queries


def reading() -> dict[str, Any]:
    """Read the counts and the age of the newest batch; counts only, so that every listener may hear them."""
    fresh = queries.freshness(viewer=SYSTEM)
    age = None if fresh.received_at is None else max(0.0, (timezone.now() - fresh.received_at).total_seconds())
    return {
        "events": fresh.events,
        "customers": fresh.customers,
        "batch": fresh.batch,
        "timeline_batch": fresh.timeline_batch,
        "age_s": None if age is None else round(age, 1),
    }
