"""Settings > Roles: what each role may, roles of one's own, and what groups of the identity provider give."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import PARTED, READING, Right
from sojourn.domains.organisation import queries as organisation
from sojourn.surfaces.web import granting
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import GroupRoleForm, RoleForm


@page(Right.PEOPLE_MANAGE)
def roles(request: PageRequest) -> HttpResponse:
    """List the roles with their rights, and what groups give; take a new group."""
    form = GroupRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = form.attempt(
            lambda: actions.map_group(
                group=given["group"], role=given["role"], unit=given["unit"] or None, viewer=request.viewer
            )
        )
        if made:
            messages.success(request, _("%(group)s gives the role from the next sign-in on.") % {"group": made.group})
            return redirect("roles")
    every = queries.roles()
    context = {
        "roles": every,
        "names": {each.slug: each.name for each in every},
        "units": {each.code: each.name for each in organisation.units()},
        "parted": PARTED,
        "allows": granting.ALLOWS,
        "reading": READING,
        "groups": queries.group_roles(viewer=request.viewer),
        "form": form,
    }
    return render(request, "web/roles.html", context)


@page(Right.PEOPLE_MANAGE)
def role_save(request: PageRequest) -> HttpResponse:
    """Make a role of one's own, or change the one that `role` names."""
    slug = request.GET.get("role", "")
    held = queries.role(slug) if slug else None
    initial = {"name": held.name, "slug": held.slug, "rights": [each.value for each in held.rights]} if held else None
    form = RoleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        rights = [Right(each) for each in given["rights"]]
        saved = form.attempt(
            lambda: actions.save_role(slug=given["slug"], name=given["name"], rights=rights, viewer=request.viewer)
        )
        if saved:
            messages.success(request, _("The role %(name)s is saved.") % {"name": saved.name})
            return redirect("roles")
    what = _("Change the role") if held else _("New role")
    context = {"form": form, "what": what, "back": "roles", "area": _("Roles"), "do": _("Save the role")}
    return render(request, "web/form.html", context)


@page(Right.PEOPLE_MANAGE)
@require_POST
def role_delete(request: PageRequest) -> HttpResponse:
    """Delete a role that nobody has."""
    actions.delete_role(slug=request.POST.get("role", ""), viewer=request.viewer)
    messages.success(request, _("The role is gone."))
    return redirect("roles")


@page(Right.PEOPLE_MANAGE)
@require_POST
def group_unmap(request: PageRequest) -> HttpResponse:
    """Let a group give a role no longer."""
    given = request.POST
    actions.unmap_group(
        group=given.get("group", ""), role=given.get("role", ""), unit=given.get("unit") or None, viewer=request.viewer
    )
    messages.success(request, _("The group gives this role no longer."))
    return redirect("roles")
