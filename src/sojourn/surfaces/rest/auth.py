"""Who asks: an API key, the local command line, or somebody signed in."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from sojourn.domains.access import actions
from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import LOCAL, Scope, Viewer
from sojourn.kit.errors import ForbiddenError
from sojourn.surfaces.rest.problems import UnauthorizedError
from sojourn.surfaces.rest.throttle import spend

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
IN_PROCESS = "sojourn.local"  # set in the WSGI environment by the command line; no HTTP header can become it


class Key(HttpBearer):
    """Opens with an API key, or with the running server's own token from this machine."""

    def __call__(self, request: HttpRequest) -> Any:
        """Give the viewer, or None to let the next way try."""
        if request.META.get(IN_PROCESS) is True:
            return LOCAL
        if "Authorization" not in request.headers:
            return None
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        """Give the viewer of a key; raise UnauthorizedError for one that opens nothing."""
        viewer = access.viewer_of_key(token) or access.viewer_of_local_token(
            token, server_file=settings.SOJOURN.server_file, address=request.META.get("REMOTE_ADDR", "")
        )
        if viewer is None:
            actions.note_failed_key(token)
            raise UnauthorizedError("This key opens nothing: wrong, revoked or expired.")
        return _allowed(request, viewer)


class SignedIn(AuthBase):
    """Opens with the cookie of somebody signed in; changes need the CSRF token too."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "sessionid"
    csrf = True

    def __call__(self, request: HttpRequest) -> Viewer | None:
        """Give the viewer, or None when nobody is signed in."""
        account = request.user
        if not account.is_authenticated or account.pk is None:
            return None
        if request.method not in SAFE and check_csrf(request) is not None:
            raise ForbiddenError("The CSRF token is missing or old; load the page again.")
        how = [str(each.get("method")) for each in get_authentication_records(request, account)]
        if access.lacks_factor(int(account.pk), how=how):
            raise ForbiddenError("Your role needs a second factor. Set one up on the page of your account.")
        return _allowed(request, access.viewer_of(account.pk))


def viewer_of(request: HttpRequest) -> Viewer:
    """Give who asks, as the way in has found."""
    return cast("Viewer", request.auth)  # type: ignore[attr-defined]


def _allowed(request: HttpRequest, viewer: Viewer) -> Viewer:
    spend(viewer.name)
    if request.method not in SAFE:
        _require_write(viewer)
    return viewer


def _require_write(viewer: Viewer) -> None:
    if Scope.WRITE not in viewer.scopes:
        raise ForbiddenError("This needs a key with the scope write.")
