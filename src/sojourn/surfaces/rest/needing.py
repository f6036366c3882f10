"""The right that an endpoint needs; without a word it is the right to read figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.surfaces.rest.auth import SAFE

E = TypeVar("E", bound=Callable[..., Any])


def needs(right: Right | None, *, whole: bool = False) -> Callable[[E], E]:
    """Say which right an endpoint needs, for the `whole` organisation where it tells no part from another.

    None stands for what everybody may do with a key, each for themselves.
    """

    def told(endpoint: E) -> E:
        endpoint.needs = (right, whole)  # type: ignore[attr-defined]
        return endpoint

    return told


def guarded(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Let an endpoint be called only by who has the right that it needs, and see the parts in which it counts.

    To read what a right is about, a key needs no scope write.
    """
    right, whole = getattr(endpoint, "needs", (Right.FIGURES_READ, False))

    @wraps(endpoint)
    def called(request: HttpRequest, **given: Any) -> Any:
        viewer = getattr(request, "auth", None)
        if isinstance(viewer, Viewer) and right is not None:
            viewer.require(right, looking=request.method in SAFE, whole=whole)
            request.auth = viewer.within(right)  # type: ignore[attr-defined]
        return endpoint(request, **given)

    return called
