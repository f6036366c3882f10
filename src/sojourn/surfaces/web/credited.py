"""Attribution as a page shows it: touchpoints by models, bars on one scale, and where models differ most."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.domains.journeys.contracts import ATTRIBUTION_RULES, AttributionTable, Share, Touchpoint
from sojourn.surfaces.web import figures

MODELS: dict[str, Promise] = {
    "first": gettext_lazy("First touch"),
    "last": gettext_lazy("Last touch"),
    "linear": gettext_lazy("Linear"),
    "decay": gettext_lazy("Time decay"),
    "position": gettext_lazy("Position"),
    "markov": gettext_lazy("Markov"),
    "markov2": gettext_lazy("Markov, 2 back"),
    "shapley": gettext_lazy("Shapley"),
    "shapley_rates": gettext_lazy("Shapley, rates"),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One touchpoint's share by one model; lengths are per cent of the scale."""

    model: str
    share: Share
    length: float
    low: float
    width: float  # of the interval
    says: str
    is_border: bool  # the first of the estimated models


@dataclass(frozen=True, kw_only=True)
class Line:
    """One touchpoint."""

    name: str
    touched: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One model above its column."""

    name: str
    is_border: bool


def headings(found: AttributionTable) -> tuple[Heading, ...]:
    """Name the models answered."""
    return tuple(Heading(name=str(MODELS[model]), is_border=_is_border(model, found)) for model in found.models)


def lines(found: AttributionTable) -> tuple[Line, ...]:
    """Lay a table's shares out as bars on one scale, that of the longest."""
    shown = [credit.share for row in found.touchpoints for credit in row.credits.values() if not credit.share.too_few]
    scale = max((min(share.high, 1.0) for share in shown), default=1.0) or 1.0
    return tuple(
        Line(name=row.name, touched=row.touched, cells=tuple(_cell(row, model, scale, found) for model in found.models))
        for row in found.touchpoints
        if row.credits
    )


def has_negative(found: AttributionTable) -> bool:
    """Say whether a share that is shown lies below nothing, as those of Shapley values of rates can."""
    shares = [credit.share for row in found.touchpoints for credit in row.credits.values()]
    return any(share.value < 0 and not share.too_few for share in shares)


def sentence(found: AttributionTable) -> str:
    """Say for which touchpoint the models differ most."""
    if len(found.models) == 1:
        return _("Shares of the credit by %(model)s.") % {"model": MODELS[found.models[0]]}
    spans = []
    for row in found.touchpoints:
        told = [(credit.share.value, model) for model, credit in row.credits.items() if not credit.share.too_few]
        if len(told) > 1:
            (low, least), (high, most) = min(told), max(told)
            spans.append((high - low, row.name, low, least, high, most))
    if not spans:
        return _("There are too few conversions to compare the models.")
    _width, name, low, least, high, most = max(spans)
    return _("Models differ most on %(name)s: %(low)s by %(least)s, %(high)s by %(most)s.") % {
        "name": name,
        "low": figures.percent(low),
        "least": MODELS[least],
        "high": figures.percent(high),
        "most": MODELS[most],
    }


def _cell(row: Touchpoint, model: str, scale: float, found: AttributionTable) -> Cell:
    credit = row.credits[model]
    share = credit.share
    value, low, high = (min(max(each, 0.0), scale) / scale * 100 for each in (share.value, share.low, share.high))
    return Cell(
        model=str(MODELS[model]),
        share=share,
        length=value,
        low=low,
        width=high - low,
        says=_says(credit.conversions, credit.value, found.currency),
        is_border=_is_border(model, found),
    )


def _is_border(model: str, found: AttributionTable) -> bool:
    """Say whether a model is the first estimated one after rules."""
    estimated = [each for each in found.models if each not in ATTRIBUTION_RULES]
    return model in estimated[:1] and len(estimated) < len(found.models)


def _says(conversions: float, value: float | None, currency: str) -> str:
    if value is None:
        return figures.decimal(conversions)
    return f"{figures.decimal(conversions)} · {figures.decimal(value, 2)} {currency}"
