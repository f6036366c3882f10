"""KPI figures in words: value with unit, interval, n, change and target."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sojourn.domains.metrics.contracts import Figure, Kpi
from sojourn.surfaces.web import figures

UNITS = {"percent": "%", "points": "", "minutes": " min", "hours": " h", "seconds": " s"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """A figure ready to be shown; `mood` is good, harm or empty."""

    kpi: Kpi
    figure: Figure
    name: str
    value: str
    interval: str
    change: str
    arrow: str
    mood: str
    target: str

    @property
    def target_value(self) -> str:
        """The target with its unit, or nothing."""
        return "" if self.kpi.target is None else written(self.kpi, self.kpi.target)

    @property
    def has_changed(self) -> bool:
        """Say whether the change is real."""
        return bool(self.figure.change_is_real)


def card(kpi: Kpi, figure: Figure, name: str = "") -> Card:
    """Make a figure ready to be shown; its part's name stands where there is one."""
    change, arrow, mood = change_words(kpi, figure)
    interval = ""
    if figure.value is not None and figure.low is not None and figure.high is not None:
        half = max(figure.high - figure.value, figure.value - figure.low)
        interval = f"±{figures.decimal(half, places(kpi))}"
    return Card(
        kpi=kpi,
        figure=figure,
        name=name or kpi.name,
        value="" if figure.value is None else written(kpi, figure.value),
        interval=interval,
        change=change,
        arrow=arrow,
        mood=mood,
        target="" if kpi.target is None else _("target %(value)s") % {"value": written(kpi, kpi.target)},
    )


def written(kpi: Kpi, value: float) -> str:
    """Write a KPI's value with its unit."""
    return f"{figures.decimal(value, places(kpi))}{UNITS.get(kpi.unit, '')}"


def places(kpi: Kpi) -> int:
    """Say how many decimals a KPI is written with."""
    return 2 if kpi.unit.startswith("score") else 1


def change_words(kpi: Kpi, figure: Figure) -> tuple[str, str, str]:
    """Say how a figure changed against the period before: words, arrow, mood."""
    if figure.change is None or figure.change_is_real is None:
        return _("no earlier period to compare with"), "", ""
    if not figure.change_is_real:
        return _("no real change"), "", ""
    is_up = figure.change > 0
    size = figures.decimal(abs(figure.change), places(kpi))
    points = {"size": size, "unit": _("pts") if kpi.unit in ("percent", "points") else _("on the scale")}
    said = _("%(size)s %(unit)s up, real change") if is_up else _("%(size)s %(unit)s down, real change")
    mood = "" if kpi.better == "context" else "good" if is_up == (kpi.better == "high") else "harm"
    return said % points, "▲" if is_up else "▼", mood
