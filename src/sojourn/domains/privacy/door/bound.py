"""Who may read under a purpose: everybody where customers decide, bound roles under contract and legal duty."""

from __future__ import annotations

import time
from typing import Final

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Lacking, LacksRightError, Right, Viewer
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.standing import purposes
from sojourn.kit.errors import InvalidError

NOTED_EVERY_SECONDS: Final = 60.0  # an entry for each of a page's questions would say nothing more
NOTED_MAX: Final = 10_000
_noted: dict[tuple[str, str], float] = {}


def require(purpose: Purpose, viewer: Viewer) -> None:
    """Let a viewer read for a purpose; under contract and legal duty note it in the audit log.

    Raise InvalidError for a purpose that is not there or is retired, and ForbiddenError for a viewer who is not bound
    to one that rests on contract or legal duty.
    """
    known = purposes.known()
    terms = known[purpose]
    if not terms.is_active:
        there = ", ".join(name for name, each in known.terms.items() if each.is_active)
        raise InvalidError(f"The purpose {terms.name} is no longer used; there are {there}.")
    if terms.can_refuse or viewer == SYSTEM:
        return
    if terms.right and not viewer.can(Right(terms.right), looking=True):
        raise LacksRightError(Right(terms.right), lacks=Lacking.ALL, what=f"Reading for {terms.name}")
    _note(terms.name, viewer)


def _note(purpose: str, viewer: Viewer) -> None:
    key, now = (viewer.name, purpose), time.monotonic()
    if now - _noted.get(key, -NOTED_EVERY_SECONDS) < NOTED_EVERY_SECONDS:
        return
    if len(_noted) >= NOTED_MAX:
        _noted.clear()
    _noted[key] = now
    access.audit(viewer=viewer, what="purpose.read", on=f"purpose:{purpose}")
