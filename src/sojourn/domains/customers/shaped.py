"""Lists of customers in the columns of other tools, with names and contacts only for who may read customers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Final

import numpy as np

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.customers import rules
from sojourn.domains.customers.listing import Listed
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.contracts import OpenedTrait
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose

TOOLS: Final = collection.SHAPES
AT_ONCE: Final = 2_000
COMPANIES: Final = ("company", "employer")  # often bear the name of a person


def rows(found: Listed, *, tool: str, viewer: Viewer, purpose: Purpose) -> Generator[list[list[str]]]:
    """Write the header, then the customers of a list, some at a time.

    Of a customer whom the viewer may not read nothing is told that says who it is: their random number stands where the
    tool's own would, and of traits only those are told that name nobody.
    """
    shape = collection.shape(tool)
    yield [list(shape.header)]
    customers = found.spans.customer[found.order]
    for begin in range(0, len(customers), AT_ONCE):
        some = customers[begin : begin + AT_ONCE]
        readable = np.zeros(len(some), np.bool_)
        if viewer.can(Right.CUSTOMERS_READ):
            readable = privacy.reachable(some, purpose=purpose, viewer=viewer.within(Right.CUSTOMERS_READ))
        told = _told(some.tolist(), dict(zip(some.tolist(), readable.tolist(), strict=True)), tool)
        yield [shape.row(each) for each in told]


def _told(customers: Sequence[int], readable: dict[int, bool], tool: str) -> list[collection.ToldCustomer]:
    customer_of = identity.families(customers)
    persons = list(customer_of)
    traits, identifiers = identity.traits_of(persons), identity.identifiers_of(persons)
    theirs: dict[int, list[OpenedTrait]] = {}
    known: dict[int, dict[str, list[str]]] = {}
    for each in traits:
        theirs.setdefault(customer_of[each.person], []).append(each)
    for one in identifiers:
        known.setdefault(customer_of[one.person], {}).setdefault(one.kind, []).append(one.value)
    rows = []
    for customer in customers:
        newest = rules.newest(theirs.get(customer, ()))
        if not readable[customer]:
            newest = tuple(t for t in newest if t.name not in COMPANIES and identity.is_plain(t.name, str(t.value)))
        kinds = known.get(customer, {}) if readable[customer] else {}
        number = next(iter(kinds.get("user", ())), "")
        own = collection.tools_id(tool, kinds.get("anonymous", ()))
        rows.append(
            collection.ToldCustomer(
                number=number,
                tools_id=own or ("" if number else str(customer)),
                changed_at=max((t.occurred_at for t in newest), default=None),
                traits={t.name: t.value for t in newest},
            )
        )
    return rows
