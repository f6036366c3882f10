"""Settings > Tracking plan > Groups: which events are one thing to a reader."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import actions, queries
from sojourn.domains.catalogue.contracts import EventGroup
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import GroupForm

DELETED = "group-deleted"
UNDO_S = 3_600


@page(Right.FIGURES_READ, whole=True)
def groups(request: PageRequest) -> HttpResponse:
    """List the groups, and suggest some."""
    context = {
        "rows": queries.grouped(),
        "suggested": queries.suggested_groups(),
        "deleted": request.session.pop(DELETED, None),
        "plan": queries.plan(),
    }
    return render(request, "web/groups.html", context)


@page(Right.PLAN_WRITE)
def group_save(request: PageRequest) -> HttpResponse:
    """Make a group or change one: `name` says which."""
    name = request.GET.get("name", "")
    held = next((each for each in queries.groups() if each.name == name), None)
    if name and held is None:
        raise NotFoundError(_("There is no group of this name."))
    form = GroupForm(request.POST or None, initial=_written(held) if held else {"events": request.GET.get("events")})
    if request.method == "POST" and form.is_valid():
        group = _read(form.cleaned_data)
        saved = form.attempt(lambda: actions.save_group(group=group, instead_of=name, viewer=request.viewer))
        if saved:
            messages.success(request, _("The group %(name)s is saved.") % {"name": group.name})
            return redirect("plan-groups")
    context = {
        "form": form,
        "what": _("Change the group") if held else _("New group"),
        "back": "plan-groups",
        "area": _("Groups of events"),
        "do": _("Save the group"),
    }
    return render(request, "web/form.html", context)


@page(Right.PLAN_WRITE)
@require_POST
def group_delete(request: PageRequest) -> HttpResponse:
    """Take a group apart; the next page offers to bring it back."""
    name = request.POST.get("name", "")
    gone = next((each for each in queries.groups() if each.name == name), None)
    actions.delete_group(name=name, viewer=request.viewer)
    if gone:
        request.session[DELETED] = {"name": gone.name, "signed": signing.dumps(_written(gone), salt=DELETED)}
    return redirect("plan-groups")


@page(Right.PLAN_WRITE)
@require_POST
def group_restore(request: PageRequest) -> HttpResponse:
    """Bring a group back that was just taken apart."""
    try:
        given = signing.loads(request.POST.get("signed", ""), salt=DELETED, max_age=UNDO_S)
    except signing.BadSignature:
        raise InvalidError(_("This group cannot be brought back any more. Write it down anew.")) from None
    group = _read(given)
    actions.save_group(group=group, viewer=request.viewer)
    messages.success(request, _("The group %(name)s is back.") % {"name": group.name})
    return redirect("plan-groups")


def _written(group: EventGroup) -> dict[str, Any]:
    return {"name": group.name, "kind": group.kind, "events": "\n".join(group.events)}


def _read(given: dict[str, Any]) -> EventGroup:
    events = tuple(dict.fromkeys(line.strip() for line in given["events"].splitlines() if line.strip()))
    return EventGroup(name=given["name"].strip(), events=events, kind=given["kind"].strip())
