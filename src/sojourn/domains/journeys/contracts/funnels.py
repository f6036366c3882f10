"""Funnels: what is asked and what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.funnel import FunnelCounts, FunnelFigures, FunnelPart, FunnelSpan, FunnelStep
from sojourn.engine.answers.funnel_asked import FunnelCount, FunnelExclusion, FunnelOptions

__all__ = [
    "FunnelCount",
    "FunnelCounts",
    "FunnelExclusion",
    "FunnelOptions",
    "FunnelPart",
    "FunnelSpan",
    "FunnelStep",
    "FunnelTable",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelTable(FunnelFigures):
    """A funnel within a window; times to convert, from the first step to the last, in seconds and in bins."""

    coverage: Coverage
