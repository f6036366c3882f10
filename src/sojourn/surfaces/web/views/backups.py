"""Settings > Backups: which there are, a new one, and the master keys."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.collection import actions, queries
from sojourn.kit.errors import SojournError
from sojourn.surfaces.web.doors import PageRequest, page


@page(Right.BACKUPS_RUN)
def backups(request: PageRequest) -> HttpResponse:
    """List the backups, newest first, and say how far a rotation of the keys has come."""
    place = settings.SOJOURN
    mistake = ""
    try:
        listed = queries.backups()
    except SojournError as error:
        listed, mistake = (), error.message
    context = {
        "backups": listed,
        "mistake": mistake,
        "encryption": queries.encryption(),
        "every_hours": place.backup_every_hours,
        "keep": place.backups_keep,
    }
    return render(request, "web/backups.html", context)


@page(Right.BACKUPS_RUN)
@require_POST
def backup_run(request: PageRequest) -> HttpResponse:
    """Have a backup made."""

    def ask() -> str:
        actions.request_backup(viewer=request.viewer)
        return _("A backup is being made. It is listed here when it is done and was read whole.")

    return _done(request, ask)


@page(Right.BACKUPS_RUN)
@require_POST
def key_rotate(request: PageRequest) -> HttpResponse:
    """Make a new master key."""

    def rotate() -> str:
        name = actions.rotate_key(viewer=request.viewer)
        return _("Key %(name)s seals from now on. Keep a copy of the key file.") % {"name": name}

    return _done(request, rotate)


@page(Right.BACKUPS_RUN)
@require_POST
def keys_retire(request: PageRequest) -> HttpResponse:
    """Forget the older master keys."""

    def retire() -> str:
        return _("Older keys forgotten: %(count)s.") % {"count": actions.retire_keys(viewer=request.viewer)}

    return _done(request, retire)


def _done(request: PageRequest, act: Callable[[], str]) -> HttpResponse:
    """Do something and say what came of it above the page; a refusal is said there too."""
    try:
        messages.success(request, act())
    except SojournError as error:
        messages.error(request, error.message)
    return redirect("backups")
