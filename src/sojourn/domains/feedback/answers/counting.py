"""How many answers came lately, wherever they came from: pages, the API, files, other systems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.feedback.answers.events import ANSWERED
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Measure
from sojourn.kit.period import Period

DAYS: Final = 90


def answered(*, viewer: Viewer, now: datetime | None = None) -> Mapping[str, int]:
    """Count the answered questions of the last 90 days by survey, as far as viewer and purpose may see them."""
    today = (now or timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Measure(event=ANSWERED, group=("properties.survey",))
    rows = privacy.measure(measure=asked, period=Period(since=today - timedelta(days=DAYS)), viewer=viewer).value
    return {row.key[0]: row.events for row in rows if row.key[0]}
