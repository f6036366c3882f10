"""Lists of customers in the columns of other tools, with names and contacts only for who may read customers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.customers import rules
from sojourn.domains.customers.contracts import CustomerTrait
from sojourn.domains.customers.listing import Listed
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.contracts import OpenedTrait
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.kernels.words import Int64s

TOOLS: Final = collection.SHAPES
AT_ONCE: Final = 2_000
COMPANIES: Final = ("company", "employer")  # often bear the name of a person


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A customer as far as a viewer may be told of them."""

    customer: int
    is_readable: bool
    numbers: tuple[str, ...]
    devices: tuple[str, ...]
    traits: tuple[CustomerTrait, ...]

    @property
    def number(self) -> str:
        """The company's own number of them, or ""."""
        return next(iter(self.numbers), "")

    def tools_id(self, tool: str, devices: Sequence[str] = ()) -> str:
        """Give the number by which a tool knows them: among these devices first, else ours where none is known."""
        own = collection.tools_id(tool, [*devices, *self.devices]) if self.is_readable else ""
        return own or ("" if self.number else str(self.customer))


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
        known = known_to(some, viewer=viewer, purpose=purpose)
        yield [shape.row(_told(each, tool)) for each in known]


def known_to(customers: Int64s, *, viewer: Viewer, purpose: Purpose) -> list[Known]:
    """Tell what may be told of customers, in their order: of those whom the viewer may not read nothing names them."""
    readable = np.zeros(len(customers), np.bool_)
    if viewer.can(Right.CUSTOMERS_READ):
        readable = privacy.reachable(customers, purpose=purpose, viewer=viewer.within(Right.CUSTOMERS_READ))
    customer_of = identity.families(customers.tolist())
    persons = list(customer_of)
    theirs: dict[int, list[OpenedTrait]] = {}
    kinds: dict[tuple[int, str], list[str]] = {}
    for each in identity.traits_of(persons):
        theirs.setdefault(customer_of[each.person], []).append(each)
    for one in identity.identifiers_of(persons):
        kinds.setdefault((customer_of[one.person], one.kind), []).append(one.value)
    found = []
    for customer, may_read in zip(customers.tolist(), readable.tolist(), strict=True):
        newest = rules.newest(theirs.get(customer, ()))
        if not may_read:
            newest = tuple(t for t in newest if t.name not in COMPANIES and identity.is_plain(t.name, str(t.value)))
        found.append(
            Known(
                customer=customer,
                is_readable=may_read,
                numbers=tuple(kinds.get((customer, "user"), ())) if may_read else (),
                devices=tuple(kinds.get((customer, "anonymous"), ())) if may_read else (),
                traits=newest,
            )
        )
    return found


def _told(known: Known, tool: str) -> collection.ToldCustomer:
    return collection.ToldCustomer(
        number=known.number,
        tools_id=known.tools_id(tool),
        changed_at=max((t.occurred_at for t in known.traits), default=None),
        traits={t.name: t.value for t in known.traits},
    )
