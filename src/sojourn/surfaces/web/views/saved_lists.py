"""Customers > People: lists under a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import Parameters, SavedList
from sojourn.kit.errors import SojournError
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.saved_lists import DELETED, parameters, said_by


@page(Right.CUSTOMERS_LIST)
@require_POST
def save(request: PageRequest) -> HttpResponse:
    """Save what the controls say under a name."""
    try:
        made = actions.save_list(
            name=request.POST.get("called", ""),
            parameters=_parameters(request),
            is_shared=request.POST.get("shared") == "1",
            viewer=request.viewer,
        )
    except SojournError as refusal:
        messages.error(request, refusal.message)
        return redirect("people-list")
    messages.success(request, _("The list %(name)s is saved.") % {"name": made.name})
    return redirect(_address(made))


@page(Right.CUSTOMERS_LIST)
@require_POST
def change(request: PageRequest, saved: str) -> HttpResponse:
    """Rename a saved list, say who opens it, or put what the controls say in its place."""
    what = request.POST.get("what", "")
    try:
        if what == "replace":
            found = actions.change_list(id=saved, parameters=_parameters(request), viewer=request.viewer)
        else:
            found = actions.change_list(
                id=saved,
                name=request.POST.get("called", ""),
                is_shared=request.POST.get("shared") == "1",
                viewer=request.viewer,
            )
    except SojournError as refusal:
        messages.error(request, refusal.message)
        return redirect("people-list")
    messages.success(request, _("The list %(name)s is saved.") % {"name": found.name})
    return redirect(_address(found))


@page(Right.CUSTOMERS_LIST)
@require_POST
def delete(request: PageRequest, saved: str) -> HttpResponse:
    """Delete a saved list; the next page offers to bring it back."""
    found = queries.saved_list(id=saved, viewer=request.viewer)
    actions.delete_list(id=saved, viewer=request.viewer)
    request.session[DELETED] = {"name": found.name, "id": found.id}
    return redirect("people-list")


@page(Right.CUSTOMERS_LIST)
@require_POST
def restore(request: PageRequest, saved: str) -> HttpResponse:
    """Bring back a saved list that was just deleted."""
    back = actions.restore_list(id=saved, viewer=request.viewer)
    messages.success(request, _("The list %(name)s is back.") % {"name": back.name})
    return redirect(_address(back))


def _parameters(request: PageRequest) -> Parameters:
    """Give what the controls said, or the whole of the saved list that stood open untouched."""
    of = request.POST.get("of", "").replace("\x00", "")
    said = said_by(request, None)
    if of and not any(said.values()):
        return queries.saved_list(id=of, viewer=request.viewer).parameters
    return parameters(said)


def _address(found: SavedList) -> str:
    return f"{reverse('people-list')}?saved={found.id}"
