"""Is it alive."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

router = Router(tags=["health"])


class Health(Schema):
    """The web process answers."""

    ok: bool


@router.get("/health", auth=None, response=Health, summary="Say that the web process answers")
def health(request: HttpRequest) -> Health:
    """Needs no key and tells nothing else."""
    return Health(ok=True)
