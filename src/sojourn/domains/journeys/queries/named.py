"""Named journeys, as people saved them."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys.contracts import Journey
from sojourn.domains.journeys.models import JourneyRow
from sojourn.kit.errors import NotFoundError


def journeys(*, viewer: Viewer) -> tuple[Journey, ...]:
    """List the named journeys, by name."""
    return tuple(row.contract() for row in JourneyRow.objects.order_by("name", "slug"))


def journey(*, slug: str, viewer: Viewer) -> Journey:
    """Give one named journey; raise NotFoundError."""
    row = JourneyRow.objects.filter(slug=slug).first()
    if row is None:
        raise NotFoundError("There is no such journey.")
    return row.contract()
