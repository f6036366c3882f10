"""What can be asked about."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy.contracts import Purpose, Vocabulary
from sojourn.kit.period import Period


def vocabulary(
    *,
    period: Period = Period(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> Vocabulary:
    """Count event names and dimension values among the events that viewer and purpose may see."""
    raise NotImplementedError
