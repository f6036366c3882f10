"""Claims as a batch makes them, stored, and where persons then belong."""

from __future__ import annotations

from typing import Any

from django.db import router, transaction

from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.models import Identifier
from sojourn.engine.stream.claims import Claims, Resolved


def said(*rows: tuple[str | None, str | None], **more: Any) -> Claims:
    """Make claims of rows (user, anonymous)."""
    nothing: list[str | None] = [None] * len(rows)
    users, anonymous = [row[0] for row in rows], [row[1] for row in rows]
    return Claims(
        **{"user": users, "anonymous": anonymous, "agent": nothing, "case": nothing, "groups": nothing, **more}
    )


def stored(claims: Claims) -> Resolved:
    """Resolve claims and store what is new."""
    resolved = actions.resolve(claims)
    with transaction.atomic(using=router.db_for_write(Identifier)):
        resolved.write()
    return resolved


def customers(*persons: int) -> list[int]:
    """Say which customer each person belongs to."""
    held = queries.person_map()
    known = dict(zip(held.person.tolist(), held.customer.tolist(), strict=True))
    return [known.get(int(each), int(each)) for each in persons]
