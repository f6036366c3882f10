"""Customers by what one of their plain traits is, found by its digest: no trait is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from django.conf import settings

from sojourn.domains.identity import rules, statements
from sojourn.engine.kernels.words import Int64s
from sojourn.kit import sealing

USE: Final = "trait"
HOLDERS: Final = "SELECT person, occurred_us FROM identity_trait WHERE blind IS NOT NULL AND blind IN {}"
LINKED: Final = "SELECT person, customer FROM identity_link WHERE person IN {}"
MEMBERS: Final = "SELECT customer, person FROM identity_link WHERE customer IN {}"
TOLD: Final = "SELECT person, occurred_us FROM identity_trait WHERE name = %s AND person IN {}"


def blind(name: str, value: bytes, sealer: sealing.Sealer) -> bytes | None:
    """Digest a trait's value, which is JSON; None for a trait by which nobody is listed."""
    if not rules.is_plain(name):
        return None
    text = rules.plain(name, msgspec.json.decode(value))
    return None if text is None else sealer.blind(USE, _said(name, text))


def customers_with(name: str, value: str) -> Int64s:
    """List the customers whose trait is a value today, ascending; of several persons the newest word counts.

    A value is compared without case, as text. Of a trait that names somebody there are none: `rules.is_plain`.
    """
    text = rules.plain(name, value)
    if text is None:
        return np.zeros(0, np.int64)
    sought = sealing.sealer(settings.SOJOURN).sought(USE, [_said(name, text)])
    holders = dict(statements.read_in(HOLDERS, list(map(statements.blob, sought))))
    of: dict[int, int] = {person: person for person in holders}
    of |= dict(statements.read_in(LINKED, list(holders)))
    members: dict[int, list[int]] = {}
    for customer, person in statements.read_in(MEMBERS, list(set(of.values()))):
        members.setdefault(customer, [customer]).append(person)
    others = [person for several in members.values() for person in several]
    newest = _newest(name, others, {person: at for at, several in members.items() for person in several})
    found = {customer for person, customer in of.items() if newest.get(customer, person) == person}
    return np.sort(np.fromiter(found, np.int64, len(found)))


def _newest(name: str, persons: Sequence[int], customer_of: dict[int, int]) -> dict[int, int]:
    """Give of customers of several persons the one who told the trait last; of equal times the larger."""
    last: dict[int, tuple[int, int]] = {}
    for person, at_us in statements.read_in(TOLD, persons, name):
        customer = customer_of[person]
        last[customer] = max(last.get(customer, (-1 << 63, 0)), (at_us, person))
    return {customer: person for customer, (_, person) in last.items()}


def _said(name: str, text: str) -> str:
    return f"{name}\0{text}"
