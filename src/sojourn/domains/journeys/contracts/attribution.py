"""Which touchpoints an outcome is credited to."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionAsked:
    """Which outcome is attributed to which touchpoints.

    Touchpoints are events, or with `by` the values of that dimension; where none are named, the most frequent. Others
    do not count. `collapse` makes touches of one touchpoint that follow one another a single one. With a `currency`
    the outcome's money in it is shared out as well.
    """

    outcome: tuple[str, ...]
    touchpoints: tuple[str, ...] = ()
    by: str = ""
    window_days: float = 30
    half_life_days: float = 7
    collapse: bool = False
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchpointCredit:
    """What one model gives a touchpoint: its share of all credit, the conversions and the money."""

    share: Share
    conversions: float
    value: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Touchpoint:
    """A touchpoint: the conversions whose paths touch it at all, and its credit by each model."""

    name: str
    touched: int
    credits: dict[str, TouchpointCredit]


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionTable:
    """An outcome attributed to touchpoints; what no touchpoint preceded is `direct` and credited to none.

    conversions + direct are all times that the outcome happened in the period; each model shares out `conversions`, and
    `value`. `paths` are ways over touchpoints that ended without a conversion; `open` ones may still convert and count
    in no model. `unvalued` conversions have no money in the currency.
    """

    touchpoints: tuple[Touchpoint, ...]
    models: tuple[str, ...]
    conversions: int
    direct: int
    converted: int  # customers with an attributed conversion
    paths: int
    open: int
    currency: str
    value: float | None
    unvalued: int
    window_s: int
    half_life_s: int
    coverage: Coverage
