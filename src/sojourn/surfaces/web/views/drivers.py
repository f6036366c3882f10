"""Voice > Drivers: what goes with how customers answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.metrics import actions, queries
from sojourn.domains.metrics.contracts import Driver, Drivers, Fact, FactKind
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import NotFoundError
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import FactForm
from sojourn.surfaces.web.views.measures import DAYS, SURVEY_KPIS


@page()
def drivers(request: PageRequest) -> HttpResponse:
    """Weigh the drivers of the KPI, survey and days that the address names."""
    kpis = [each for each in queries.kpis() if each.id in SURVEY_KPIS]
    days = request.GET.get("days", "365")
    days = days if days in DAYS else DAYS[-1]
    period = privacy.recent_period(days=int(days), viewer=request.viewer)
    kpi = next((each for each in kpis if each.id == request.GET.get("kpi")), kpis[1])
    surveys = queries.surveys_answered(kpi=kpi.id, period=period, viewer=request.viewer)
    survey = request.GET.get("survey", "")
    survey = survey if survey in surveys else next(iter(surveys), "")
    found = queries.drivers(kpi=kpi.id, period=period, survey=survey or None, viewer=request.viewer)
    context = {
        "kpis": kpis,
        "kpi": kpi,
        "surveys": surveys,
        "survey": survey,
        "days": days,
        "choices": DAYS,
        "found": found,
        "coverage": found.coverage,
        "rows": [(each, _how(each)) for each in found.rows],
        "chart": _chart(found) if found.rows else None,
        "sentence": _sentence(found),
        "facts": queries.facts(),
        "may_change": request.viewer.can(Right.PLAN_WRITE),
    }
    return render(request, "web/drivers.html", context)


@page(Right.PLAN_WRITE)
def fact_save(request: PageRequest) -> HttpResponse:
    """Make a fact or change one: `slug` in the address says which."""
    slug, known = request.GET.get("slug", ""), queries.facts()
    held = next((each for each in known if each.slug == slug), None)
    if slug and held is None:
        raise NotFoundError(_("There is no such fact."))
    form = FactForm(request.POST or None, initial=_written(held) if held else {"days": 7})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        fact = Fact(**{**given, "kind": FactKind(given["kind"])})
        others = [each for each in known if each.slug not in (slug, fact.slug)]
        if form.attempt(lambda: actions.save_facts(facts=[*others, fact], viewer=request.viewer)):
            messages.success(request, _("The fact %(name)s is saved.") % {"name": fact.name})
            return redirect("drivers")
    context = {
        "form": form,
        "what": _("Change the fact") if held else _("New fact"),
        "back": "drivers",
        "area": _("Drivers"),
        "do": _("Save the fact"),
    }
    return render(request, "web/form.html", context)


@page(Right.PLAN_WRITE)
@require_POST
def fact_delete(request: PageRequest) -> HttpResponse:
    """Weigh a fact no longer."""
    slug = request.POST.get("slug", "")
    actions.save_facts(facts=[each for each in queries.facts() if each.slug != slug], viewer=request.viewer)
    return redirect("drivers")


def _written(fact: Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in ("slug", "name", "event", "until", "days")} | {
        "kind": fact.kind.value
    }


def _how(row: Driver) -> str:
    """Say in words how the answer goes with a driver."""
    if row.slope is not None:
        unit = {"minutes": _("minute"), "times": _("time")}.get(row.unit, "1")
        words = {"unit": unit, "slope": figures.decimal(row.slope, 2), "mean": figures.decimal(row.mean or 0.0)}
        return _("each further %(unit)s goes with %(slope)s on the scale; mean %(mean)s") % words
    ends = sorted(row.levels, key=lambda level: level.effect)
    words = {"low": ends[0].name, "high": ends[-1].name, "gap": figures.decimal(ends[-1].effect - ends[0].effect, 2)}
    return _("%(gap)s on the scale between %(low)s and %(high)s, others alike") % words


def _chart(found: Drivers) -> dict[str, Any]:
    shown = [each for each in found.rows if each.performance is not None]
    return {
        "kind": "points",
        "across": _("Performance: 0 worst, 100 best"),
        "up": _("Importance: % explained"),
        "points": [
            {
                "name": each.name,
                "value": [round(each.performance or 0.0, 1), round(each.share, 2)],
                "quiet": each.is_chance,
                "says": f"{each.name}: {figures.decimal(each.share)} % "
                f"({figures.decimal(each.low)} – {figures.decimal(each.high)})",
            }
            for each in shown
        ],
    }


def _sentence(found: Drivers) -> str:
    if not found.rows:
        return found.note
    told = [each for each in found.rows if not each.is_chance]
    words = {"explained": figures.decimal(found.explained or 0.0, 0), "n": figures.whole(found.n)}
    if not told:
        return _("Nothing that was weighed goes with these %(n)s answers more than chance would.") % words
    first = told[0]
    words |= {
        "name": first.name,
        "share": figures.decimal(first.share),
        "low": figures.decimal(first.low),
        "high": figures.decimal(first.high),
    }
    return (
        _(
            "%(name)s explains %(share)s %% (%(low)s to %(high)s) of how %(n)s answers differ, more than anything else "
            "that was weighed; all together explain %(explained)s %%."
        )
        % words
    )
