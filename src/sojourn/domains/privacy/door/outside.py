"""How many customers a viewer's part of the organisation shows nothing of."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.domains.privacy.door import scope
from sojourn.domains.privacy.door.sight import ANSWERS, Sight, current_timeline
from sojourn.kit.period import Period


def outside(viewer: Viewer) -> int | None:
    """Count the customers who have events, but none in the viewer's units; None below the k floor.

    It is the same whatever was asked: a number for each question would tell the figures of other units.
    """
    if viewer.units is None:
        return 0
    timeline = current_timeline()
    key = ("outside", settings.SOJOURN.data, timeline.manifest.stamp, scope.key(viewer.units))

    def make() -> int:
        everywhere, here = (
            Sight(timeline, Purpose.SERVICE, each, None).counted(Period(), EventFilter()).customers
            for each in (replace(viewer, units=None), viewer)
        )
        return everywhere - here

    return rules.shown_left_out(ANSWERS.get(key, make)[0], settings.SOJOURN.k_floor)
