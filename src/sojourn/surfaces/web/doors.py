"""Who may open a page: deny by default, one decorator, one middleware."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from sojourn.domains.access import queries
from sojourn.domains.access.contracts import LacksRightError, Right, Viewer
from sojourn.kit.errors import NotFoundError, SojournError
from sojourn.surfaces.web.granting import ALLOWS

P = ParamSpec("P")
# Views that have a door of their own: signing in and out, and the API's keys.
OWN_DOORS = (
    "allauth.account.",
    "allauth.mfa.",
    "allauth.socialaccount.",
    "allauth.usersessions.",
    "ninja.",
    "sojourn.surfaces.rest.",
    "sojourn.surfaces.web.asking.",
    "sojourn.surfaces.web.public.",
    "sojourn.surfaces.web.surveying.",
    "sojourn.surfaces.web.views.entrance",
)


class PageRequest(HttpRequest):
    """A request that has passed the door: it knows its viewer."""

    viewer: Viewer
    htmx: HtmxDetails


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def page(
    right: Right = Right.FIGURES_READ, *, whole: bool = False, masked: Right | None = None
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Open a view to signed-in people who have a right, in the `whole` organisation where asked.

    The view finds them in ``request.viewer``. `masked` is a right that is enough for a view that masks what it shows.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            viewer = viewer_of(request)
            if viewer is None:
                return redirect_to_login(request.get_full_path())
            if lacks_factor(request):
                return redirect("mfa_index")
            asked = masked if masked is not None and not viewer.can(right) and viewer.can(masked) else right
            viewer.require(asked, whole=whole)
            request.viewer = viewer.within(asked)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        opened: Callable[Concatenate[HttpRequest, P], HttpResponseBase] = never_cache(guarded)
        opened.opens_to = (right, whole)  # type: ignore[attr-defined]
        opened.masked_for = masked  # type: ignore[attr-defined]
        return opened

    return decorate


def viewer_of(request: HttpRequest) -> Viewer | None:
    """Give the viewer of a request: an active, signed-in person, or None."""
    if not request.user.is_authenticated:
        return None
    known: Viewer | None = getattr(request, "viewer", None)
    if known is not None:
        return known
    try:
        return queries.viewer_of(int(request.user.pk))
    except NotFoundError:
        return None


def lacks_factor(request: HttpRequest) -> bool:
    """Say whether somebody signed in needs a second factor that they have not set up."""
    how = [str(each.get("method")) for each in get_authentication_records(request, request.user)]
    return queries.lacks_factor(int(request.user.pk or 0), how=how)


class DoorMiddleware:
    """Refuses views that no decorator opened, and turns expected refusals into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object) -> None:
        """Let in only views that say to whom they open."""
        where = f"{getattr(view, '__module__', '')}."
        if not hasattr(view, "opens_to") and not where.startswith(OWN_DOORS):
            raise PermissionDenied

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show an expected refusal as a page; anything else is a bug and goes on."""
        if not isinstance(error, SojournError) or request.path.startswith("/api/"):
            return None
        if isinstance(error, LacksRightError):
            return render(request, "web/not_open.html", _lacking(error), status=error.status)
        return render(request, "web/refused.html", {"error": error}, status=error.status)


def _lacking(error: LacksRightError) -> dict[str, object]:
    """Say in words what somebody may not do, and whom to ask."""
    return {"right": ALLOWS[error.right], "lacks": error.lacks, "ask": queries.who_gives_rights()}
