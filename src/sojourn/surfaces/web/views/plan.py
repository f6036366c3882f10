"""Settings > Tracking plan: what was seen, what is declared, what breaks it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import actions, queries
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlanForm

PLAN_MAX_BYTES = 1024 * 1024


@page(Right.FIGURES_READ, whole=True)
def plan(request: PageRequest) -> HttpResponse:
    """List events and properties as discovered, and the violations."""
    text = request.GET.get("q", "").strip()
    events = [each for each in queries.discovered() if text.casefold() in each.name.casefold()]
    context = {"events": events, "text": text, "violations": queries.violations(), "plan": queries.plan()}
    return render(request, "web/plan.html", context)


@page(Right.PLAN_WRITE)
def plan_edit(request: PageRequest) -> HttpResponse:
    """Change the declared plan as text or by a file."""
    now = queries.plan()
    form = PlanForm(
        request.POST or None, request.FILES or None, initial={"text": queries.plan_text(), "base": now.version}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        text = _text(given)
        saved = form.attempt(lambda: actions.save_plan(text=text, base=given["base"], viewer=request.viewer))
        if saved:
            messages.success(request, _("The plan is saved as version %(version)s.") % {"version": saved.version})
            return redirect("plan")
    context = {
        "form": form,
        "what": _("Change the tracking plan"),
        "back": "plan",
        "area": _("Tracking plan"),
        "do": _("Save as a new version"),
    }
    return render(request, "web/form.html", context)


@page(Right.PLAN_WRITE)
@require_POST
def plan_forget(request: PageRequest) -> HttpResponse:
    """Count violations anew."""
    actions.forget_violations(viewer=request.viewer)
    messages.success(request, _("Violations are counted anew from now on."))
    return redirect("plan")


def _text(given: dict[str, Any]) -> str:
    if given["file"]:
        return str(given["file"].read(PLAN_MAX_BYTES).decode("utf-8", "replace"))
    return str(given["text"])
