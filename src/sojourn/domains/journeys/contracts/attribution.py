"""Which touchpoints an outcome is credited to."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.attribution import AttributionAsked, AttributionFigures, Touchpoint, TouchpointCredit
from sojourn.engine.stats.attribution import RULES as ATTRIBUTION_RULES
from sojourn.engine.stats.attribution import AttributionModel

__all__ = [
    "ATTRIBUTION_RULES",
    "AttributionAsked",
    "AttributionModel",
    "AttributionTable",
    "Touchpoint",
    "TouchpointCredit",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionTable(AttributionFigures):
    """An outcome attributed to touchpoints; what no touchpoint preceded is `direct` and credited to none.

    conversions + direct are all times that the outcome happened in the period; each model shares out `conversions`, and
    `value`. `paths` are ways over touchpoints that ended without a conversion; `open` ones may still convert and count
    in no model; neither is counted (None) where only rules were asked for, which do not look at them. `unvalued`
    conversions have no money in the currency.
    """

    coverage: Coverage
