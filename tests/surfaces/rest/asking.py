"""Asking the API as somebody."""

from __future__ import annotations

from typing import Any

from django.test import Client

from sojourn.domains.access import actions
from sojourn.domains.access.contracts import SYSTEM, Role, Scope
from sojourn.surfaces.rest import throttle


def secret(role: Role = Role.ADMINISTRATOR, *scopes: Scope, unit: str | None = None) -> str:
    """Make a key that has spent nothing and give its secret; without scopes it may do all that its role may."""
    throttle.clear()  # each test's key has the number of the one before it
    made = actions.create_key(name="test", scopes=frozenset(scopes or Scope), role=role, unit=unit, viewer=SYSTEM)
    return made.secret


def asker(role: Role = Role.ADMINISTRATOR, *scopes: Scope, unit: str | None = None, **given: Any) -> Client:
    """Give a client with such a key."""
    return Client(
        headers={"Authorization": f"Bearer {secret(role, *scopes, unit=unit)}"}, raise_request_exception=False, **given
    )


def stranger(**given: Any) -> Client:
    """Give a client without a key."""
    return Client(raise_request_exception=False, **given)
