"""Measures > KPIs: the catalogue, and each computed figure by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers.contracts import CustomerState, Per
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.metrics import queries
from sojourn.domains.metrics.contracts import Figure, Kpi, Wanted
from sojourn.domains.privacy import queries as privacy
from sojourn.engine.stats.looking import Looks
from sojourn.surfaces.web import counted as counted_as
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.scorecard import Card, card, places, written

DAYS = ("28", "90", "365")
SURVEY_KPIS = ("nps", "csat", "ces", "ces_ease")
SURVEY_PARTS = ("survey", "channel", "unit", "product")
OF_JOURNEYS = ("completion_rate", "abandonment_rate")
STATES = (
    (CustomerState.CUSTOMER, gettext_lazy("customers only")),
    (CustomerState.PROSPECT, gettext_lazy("prospects only")),
    (CustomerState.ANONYMOUS, gettext_lazy("anonymous visitors only")),
)
JOURNEY_PARTS = ("channel", "unit", "product", "source")


@page()
def kpis(request: PageRequest) -> HttpResponse:
    """List the catalogue: computed figures first, then what is defined but not computed yet."""
    days = _days(request)
    cards = computed_cards(request.viewer, days)
    rest: dict[str, list[Kpi]] = {}
    for each in queries.kpis():
        if not each.computed:
            rest.setdefault(each.family, []).append(each)
    count = sum(len(listed) for listed in rest.values())
    survey_cards = [each for each in cards if not each.figure.part]
    journey_cards = [each for each in cards if each.figure.part]
    context = {
        "cards": survey_cards,
        "journey_cards": journey_cards,
        "rest": rest.items(),
        "rest_count": count,
        "days": days,
        "choices": DAYS,
    }
    return render(request, "web/kpis.html", context)


@page()
def kpi(request: PageRequest, kpi_id: str) -> HttpResponse:
    """Show one KPI: its figures, its course by month, its parts."""
    found = queries.kpi(kpi_id=kpi_id)
    days, journey = _days(request), request.GET.get("journey", "")
    context: dict[str, Any] = {"kpi": found, "days": days, "choices": DAYS, "journey": journey}
    if found.computed:
        counted = _counted(request, found)
        context |= _figures_of(found, days, journey, request.GET.get("by", ""), request.viewer, counted)
        context |= {
            "per": counted.per,
            "state": counted.state,
            "pers": counted_as.CHOICES,
            "states": () if kpi_id in OF_JOURNEYS else STATES,
        }
    if kpi_id in SURVEY_KPIS:
        context["mix"] = _mix(found, days, request.viewer)
    return render(request, "web/kpi.html", context)


def _mix(kpi: Kpi, days: str, viewer: Viewer) -> dict[str, Any]:
    """Take the change of a score apart by channel, in words and rows."""
    found = queries.mix(kpi=kpi.id, period=privacy.recent_period(days=int(days), viewer=viewer), viewer=viewer)
    if found.change is None:
        return {"found": found, "says": found.note}
    words = {
        name: figures.decimal(getattr(found, name) or 0.0, places(kpi))
        for name in ("change", "rate", "rate_half", "mix", "mix_half")
    }
    says = _(
        "Of %(change)s, %(rate)s ±%(rate_half)s is how channels were answered (rate), and %(mix)s ±%(mix_half)s is who "
        "answered on which (mix)."
    )
    rows = [
        (
            each,
            "–" if each.before is None else figures.decimal(each.before, places(kpi)),
            "–" if each.value is None else figures.decimal(each.value, places(kpi)),
            f"{figures.decimal(each.rate, 2)} ±{figures.decimal(each.rate_half, 2)}",
            f"{figures.decimal(each.mix, 2)} ±{figures.decimal(each.mix_half, 2)}",
        )
        for each in found.rows
    ]
    return {"found": found, "says": says % words, "rows": rows}


def computed_cards(viewer: Viewer, days: str) -> list[Card]:
    """Give a card for each figure that this release computes; a journey KPI has one for each journey."""
    period = privacy.recent_period(days=int(days), viewer=viewer)
    names = {each.slug: each.name for each in journeys.journeys(viewer=viewer)}
    computed = [each for each in queries.kpis() if each.computed]
    wanted = [Wanted(kpi=each.id, period=period) for each in computed]
    found = queries.figures(wanted=wanted, viewer=viewer, looks=Looks.DAILY)
    return [made for kpi, figures in zip(computed, found, strict=True) for made in _named_cards(kpi, figures, names)]


def _named_cards(kpi: Kpi, found: tuple[Figure, ...], journeys_named: dict[str, str]) -> list[Card]:
    """Name each figure by its journey, and by its scale where answers came on several."""
    has_scales = len({each.scale for each in found}) > 1
    cards = []
    for each in found:
        scale = _("scale %(scale)s") % {"scale": each.scale} if has_scales else ""
        part = journeys_named.get(each.part, each.part)
        cards.append(card(kpi, each, " · ".join(filter(None, [kpi.name, part, scale]))))
    return cards


@dataclass(frozen=True)
class Counted:
    """What counts as one, and who counts."""

    per: Per = Per.CUSTOMER
    state: CustomerState | None = None


def _counted(request: PageRequest, kpi: Kpi) -> Counted:
    """Read what counts as one and who counts; KPIs of journeys are told of all customers."""
    state = "" if kpi.id in OF_JOURNEYS else request.GET.get("state", "")
    return Counted(
        per=counted_as.chosen(request.GET.get("per", "")),
        state=CustomerState(state) if state in set(CustomerState) else None,
    )


def _figures_of(kpi: Kpi, days: str, journey: str, by: str, viewer: Viewer, counted: Counted) -> dict[str, Any]:
    period = privacy.recent_period(days=int(days), viewer=viewer)
    year = privacy.recent_period(days=365, viewer=viewer)
    named = journeys.journeys(viewer=viewer)
    is_of_journeys = kpi.id in OF_JOURNEYS
    if is_of_journeys and not journey and named:
        journey = named[0].slug
    of_surveys = (*SURVEY_PARTS, "agent") if privacy.may_name_employees(viewer) else SURVEY_PARTS
    choices = JOURNEY_PARTS if is_of_journeys else of_surveys
    by = by if by in choices else choices[0]
    wanted = [
        Wanted(kpi=kpi.id, period=period, journey=journey or None),
        Wanted(kpi=kpi.id, period=period, journey=journey or None, by=by),
    ]
    if journey or not is_of_journeys:
        wanted.append(Wanted(kpi=kpi.id, period=year, journey=journey or None, by="month"))
    whole, parts, *months = queries.figures(
        wanted=wanted, viewer=viewer, per=counted.per, state=counted.state, looks=Looks.DAILY
    )
    names = {each.slug: each.name for each in named}
    return {
        "cards": _named_cards(kpi, whole, names),
        "chart": chart(kpi, months[0]) if months and months[0] else None,
        "by": by,
        "parts": choices,
        "own": [str(each) for each in viewer.employees] if by == "agent" else [],
        "journey": journey,
        "journeys": named if is_of_journeys else (),
        "rows": [card(kpi, each) for each in parts],
    }


def chart(kpi: Kpi, months: tuple[Figure, ...]) -> dict[str, Any]:
    """Lay a KPI's months out as a line with whiskers, with its table and its sentence."""
    scale = months[0].scale
    shown = [each for each in months if each.scale == scale]
    labels = [each.part for each in shown]
    target = kpi.target
    return {
        "kind": "line",
        "labels": labels,
        "series": [
            {"name": kpi.name, "values": [each.value for each in shown]},
            {"name": _("low"), "values": [each.low for each in shown]},
            {"name": _("high"), "values": [each.high for each in shown]},
        ],
        "target": target,
        "target_says": "" if target is None else _("target %(value)s") % {"value": written(kpi, target)},
        "unit": _("Month"),
        "says": _course(kpi, shown),
        "rows": [_row(kpi, each) for each in shown],
    }


def _course(kpi: Kpi, months: list[Figure]) -> str:
    known = [each for each in months if each.value is not None]
    if not known:
        return _("%(kpi)s by month: no month has enough answers to say.") % {"kpi": kpi.name}
    low = min(known, key=lambda each: each.value or 0.0)
    high = max(known, key=lambda each: each.value or 0.0)
    return _(
        "%(kpi)s by month with 95%% intervals: %(latest)s in %(month)s; "
        "lowest %(low)s in %(when_low)s, highest %(high)s in %(when_high)s."
    ) % {
        "kpi": kpi.name,
        "latest": written(kpi, known[-1].value or 0.0),
        "month": known[-1].part,
        "low": written(kpi, low.value or 0.0),
        "when_low": low.part,
        "high": written(kpi, high.value or 0.0),
        "when_high": high.part,
    }


def _row(kpi: Kpi, figure: Figure) -> tuple[str, ...]:
    if figure.value is None or figure.low is None or figure.high is None:
        return (figure.part, figures.too_few(figure.n), "–", "–")
    return (figure.part, *(figures.decimal(each, places(kpi)) for each in (figure.value, figure.low, figure.high)))


def _days(request: PageRequest) -> str:
    days = request.GET.get("days", "90")
    return days if days in DAYS else "90"
