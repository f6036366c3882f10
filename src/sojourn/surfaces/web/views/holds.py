"""Privacy > Holds: whose data are kept whatever is asked, why and until when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Hold
from sojourn.kit.errors import NotFoundError
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.keeping_forms import HoldForm, ReleaseForm


@page(Right.RETENTION_READ)
def holds(request: PageRequest) -> HttpResponse:
    """List the holds, and place one."""
    form = HoldForm(request.POST or None, initial={"customer": request.GET.get("customer")})
    status = 200
    if request.method == "POST":
        request.viewer.require(Right.RETENTION_MANAGE)
        if form.is_valid():
            made = form.attempt(lambda: actions.place_hold(**form.cleaned_data, viewer=request.viewer))
            if made:
                messages.success(request, _("Hold %(id)s keeps everything until %(day)s.") % _said(made))
                return redirect("holds")
        status = 422
    found = queries.holds(viewer=request.viewer)
    names = access.names({name for each in found for name in (each.by, each.released_by) if name})
    rows = [(each, names.get(each.by, each.by), names.get(each.released_by, each.released_by)) for each in found]
    context = {
        "active": [row for row in rows if row[0].is_active],
        "ended": [row for row in rows if not row[0].is_active],
    }
    return render(request, "web/holds.html", {**context, "form": form}, status=status)


@page(Right.RETENTION_MANAGE)
def hold_release(request: PageRequest, number: int) -> HttpResponse:
    """Release a hold before its day, with the reason."""
    held = next((each for each in queries.holds(viewer=request.viewer) if each.id == number and each.is_active), None)
    if held is None:
        raise NotFoundError("There is no hold of this number that has not ended.")
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = form.attempt(lambda: actions.release_hold(number=number, reason=reason, viewer=request.viewer))
        if done:
            messages.success(request, _("Hold %(id)s is released.") % _said(done))
            return redirect("holds")
    customers = ", ".join(map(str, held.customers))
    said = {"customers": customers, "reason": held.reason, "day": held.until}
    intro = _("It keeps everything of customer %(customers)s until %(day)s: %(reason)s.") % said
    if held.is_locked:
        intro += " " + _(
            "An erasure waits for it: once released, their data go by the next night, and that is for good."
        )
    context = {
        "form": form,
        "what": _("Release hold %(id)s") % _said(held),
        "back": "holds",
        "area": _("Holds"),
        "do": _("Release it"),
        "intro": intro,
    }
    return render(request, "web/form.html", context)


def _said(held: Hold) -> dict[str, object]:
    return {"id": held.id, "day": held.until}
