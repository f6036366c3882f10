"""People for the tests of customers: who they are, as the loader stores it, and what they did."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import router, transaction

from sojourn.domains.access.contracts import Role, Scope, Viewer
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.models import Trait
from sojourn.engine.stream.claims import Claims, Text
from sojourn.engine.stream.claims import Trait as Claimed

AGENT = Viewer(name="person:7", role=Role.AGENT, scopes=frozenset(Scope))
OTHER_AGENT = Viewer(name="person:8", role=Role.AGENT, scopes=frozenset(Scope))
ANALYST = Viewer(name="person:9", role=Role.ANALYST, scopes=frozenset(Scope))


def known(
    user: str | None = None,
    *,
    device: str | None = None,
    at_us: int = 1,
    source: str = "shop",
    case: str | None = None,
    texts: dict[int, dict[str, str]] | None = None,
    **traits: Any,
) -> int:
    """Store one person with traits, and sealed texts by id, and give their token."""
    claims = Claims(
        user=[user],
        anonymous=[device],
        agent=[None],
        case=[case],
        groups=[None],
        traits=[Claimed(0, name, msgspec.json.encode(value), at_us, None, source) for name, value in traits.items()],
        texts=[Text(number, 0, next(iter(said)), msgspec.json.encode(said)) for number, said in (texts or {}).items()],
    )
    resolved = identity.resolve(claims)
    with transaction.atomic(using=router.db_for_write(Trait)):
        resolved.write()
    return int(resolved.person[0])
