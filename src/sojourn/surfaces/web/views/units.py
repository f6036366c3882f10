"""Settings > Units: the tree of a day, moves with a preview, and the last change taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.organisation import actions, queries
from sojourn.domains.organisation.contracts import Unit, UnitNode
from sojourn.surfaces.web import granting
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm


class MoveForm(PlainForm):
    """Where a unit goes, and from when."""

    code = forms.ChoiceField(label=gettext_lazy("Unit"), choices=lambda: granting.units()[1:])
    parent = forms.ChoiceField(label=gettext_lazy("Goes below"), choices=granting.units, required=False)
    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))


@page(Right.UNITS_MANAGE)
def units(request: PageRequest) -> HttpResponse:
    """Show the tree as it stands on a day, and move a unit: first what would change, then the change."""
    form = MoveForm(request.POST or None)
    move = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        is_sure = request.POST.get("what") == "move"
        move = form.attempt(
            lambda: actions.move_unit(
                code=given["code"],
                parent=given["parent"] or None,
                since=given["since"],
                by=request.viewer.name,
                preview=not is_sure,
            )
        )
        if move and is_sure:
            said = {"name": move.name, "day": move.since.isoformat()}
            messages.success(request, _("%(name)s lies there from %(day)s on.") % said)
            return redirect("units")
    day = _day(request.GET.get("at", ""))
    every = queries.units()
    context = {
        "form": form,
        "move": move,
        "day": day,
        "lines": list(_lines(queries.tree(at=day), 0)),
        "names": {each.code: each.name for each in every},
        "moves": sorted((each for each in every if each.since is not None), key=lambda each: str(each.since)),
        "last": queries.last_change(),
    }
    return render(request, "web/units.html", context)


@page(Right.UNITS_MANAGE)
@require_POST
def units_undo(request: PageRequest) -> HttpResponse:
    """Take the last change of the tree back."""
    undone = actions.undo(by=request.viewer.name)
    messages.success(request, _("Taken back: %(what)s.") % {"what": undone.what})
    return redirect("units")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.now(UTC).date()


def _lines(nodes: tuple[UnitNode, ...], depth: int) -> list[tuple[str, Unit]]:
    found: list[tuple[str, Unit]] = []
    for node in nodes:
        found.append((chr(0x2003) * depth, node.unit))
        found += _lines(node.children, depth + 1)
    return found
