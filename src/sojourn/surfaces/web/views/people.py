"""Settings > People and API keys."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import Right, Role
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import ROLES, KeyForm, PersonForm


@page(Right.PEOPLE_MANAGE)
def people(request: PageRequest) -> HttpResponse:
    """List who signs in."""
    return render(request, "web/people.html", {"people": queries.people(viewer=request.viewer), "roles": ROLES})


@page(Right.PEOPLE_MANAGE)
def person_new(request: PageRequest) -> HttpResponse:
    """Make an account."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = form.attempt(
            lambda: actions.create_person(
                email=given["email"], role=given["role"], password=given["password"], viewer=request.viewer
            )
        )
        if made:
            messages.success(request, _("%(email)s can sign in now.") % {"email": made.email})
            return redirect("people")
    context = {
        "form": form,
        "what": _("New person"),
        "back": "people",
        "area": _("People"),
        "do": _("Make the account"),
    }
    return render(request, "web/form.html", context)


@page(Right.PEOPLE_MANAGE)
@require_POST
def person_change(request: PageRequest, person_id: int) -> HttpResponse:
    """Give another role, shut somebody out, or let them in again."""
    what = request.POST.get("what", "")
    if what == "close":
        actions.deactivate(person_id=person_id, viewer=request.viewer)
    elif what == "open":
        actions.activate(person_id=person_id, viewer=request.viewer)
    elif what in set(Role):
        actions.change_role(person_id=person_id, role=Role(what), viewer=request.viewer)
    messages.success(request, _("Changed."))
    return redirect("people")


@page(Right.PEOPLE_MANAGE)
def keys(request: PageRequest) -> HttpResponse:
    """List the API keys; a key just made shows its secret this once."""
    form = KeyForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        days = given["expires_days"]
        made = form.attempt(
            lambda: actions.create_key(
                name=given["name"],
                role=given["role"],
                scopes=form.scopes(),
                expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
                viewer=request.viewer,
            )
        )
        if made:
            form = KeyForm()
    return render(
        request, "web/keys.html", {"form": form, "made": made, "keys": queries.api_keys(viewer=request.viewer)}
    )


@page(Right.PEOPLE_MANAGE)
@require_POST
def key_revoke(request: PageRequest, key_id: int) -> HttpResponse:
    """Close a key for good."""
    revoked = actions.revoke_key(key_id=key_id, viewer=request.viewer)
    messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": revoked.name})
    return redirect("keys")
