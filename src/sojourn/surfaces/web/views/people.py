"""Settings > People and API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import Right
from sojourn.domains.organisation import queries as organisation
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import EmployeeForm, GrantForm, KeyForm, PersonForm


@page(Right.PEOPLE_MANAGE)
def people(request: PageRequest) -> HttpResponse:
    """List who signs in, with their roles and where they have them."""
    listed = queries.people(viewer=request.viewer)
    context = {
        "people": listed,
        "names": _names(),
        "units": _units(),
        "with_factor": queries.with_factor(each.id for each in listed),
    }
    return render(request, "web/people.html", context)


@page(Right.PEOPLE_MANAGE)
def person_new(request: PageRequest) -> HttpResponse:
    """Make an account."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        said = form.attempt(lambda: _made(request, **given | {"unit": given["unit"] or None}))
        if said:
            messages.success(request, said)
            return redirect("people")
    context = {
        "form": form,
        "what": _("New person"),
        "back": "people",
        "area": _("People"),
        "do": _("Make the account"),
    }
    return render(request, "web/form.html", context)


def _made(request: PageRequest, *, email: str, role: str, password: str, **more: Any) -> str:
    """Make an account, or invite where no password was given, and say so."""
    if password:
        made = actions.create_person(email=email, role=role, password=password, viewer=request.viewer, **more)
        return _("%(email)s can sign in now.") % {"email": made.email}
    invited = actions.invite(email=email, role=role, viewer=request.viewer, **more)
    if invited.is_mailed:
        return _("%(email)s got an invitation by mail.") % {"email": invited.person.email}
    said = {"email": invited.person.email, "link": invited.link}
    return _("Hand this link to %(email)s; it works once: %(link)s") % said


@page(Right.PEOPLE_MANAGE)
@require_POST
def person_change(request: PageRequest, person_id: int) -> HttpResponse:
    """Shut somebody out, let them in again, or take a role back."""
    what = request.POST.get("what", "")
    if what == "close":
        actions.deactivate(person_id=person_id, viewer=request.viewer)
    elif what == "factors":
        actions.reset_factors(person_id=person_id, viewer=request.viewer)
    elif what == "open":
        actions.activate(person_id=person_id, viewer=request.viewer)
    elif what == "withdraw":
        role, unit = request.POST.get("role", ""), request.POST.get("unit") or None
        actions.withdraw_from_person(person_id=person_id, role=role, unit=unit, viewer=request.viewer)
    messages.success(request, _("Changed."))
    return redirect("people")


@page(Right.PEOPLE_MANAGE)
def person_grant(request: PageRequest, person_id: int) -> HttpResponse:
    """Give somebody a role, in a part of the organisation."""
    person = queries.person(person_id)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = form.attempt(
            lambda: actions.grant_to_person(
                person_id=person_id, role=given["role"], unit=given["unit"] or None, viewer=request.viewer
            )
        )
        if done:
            messages.success(request, _("%(email)s has the role now.") % {"email": person.email})
            return redirect("people")
    context = {
        "form": form,
        "what": _("Give %(email)s a role") % {"email": person.email},
        "back": "people",
        "area": _("People"),
        "do": _("Give the role"),
    }
    return render(request, "web/form.html", context)


@page(Right.PEOPLE_MANAGE)
def person_employee(request: PageRequest, person_id: int) -> HttpResponse:
    """Say which employee somebody is: they see figures about themselves then."""
    person = queries.person(person_id)
    form = EmployeeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ids = [each.strip() for each in form.cleaned_data["ids"].splitlines() if each.strip()]
        done = form.attempt(lambda: actions.set_employee(person_id=person_id, ids=ids, viewer=request.viewer))
        if done:
            said = _("%(email)s is an employee in figures now.") if ids else _("%(email)s is no employee in figures.")
            messages.success(request, said % {"email": person.email})
            return redirect("people")
    context = {
        "form": form,
        "what": _("Which employee is %(email)s?") % {"email": person.email},
        "back": "people",
        "area": _("People"),
        "do": _("Save"),
    }
    return render(request, "web/form.html", context)


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
                unit=given["unit"] or None,
                scopes=form.scopes(),
                expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
                viewer=request.viewer,
            )
        )
        if made:
            form = KeyForm()
    context = {"form": form, "made": made, "keys": queries.api_keys(viewer=request.viewer)}
    return render(request, "web/keys.html", context | {"names": _names(), "units": _units()})


@page(Right.PEOPLE_MANAGE)
@require_POST
def key_revoke(request: PageRequest, key_id: int) -> HttpResponse:
    """Close a key for good."""
    revoked = actions.revoke_key(key_id=key_id, viewer=request.viewer)
    messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": revoked.name})
    return redirect("keys")


def _names() -> dict[str, str]:
    return {each.slug: each.name for each in queries.roles()}


def _units() -> dict[str, str]:
    return {each.code: each.name for each in organisation.units()}
