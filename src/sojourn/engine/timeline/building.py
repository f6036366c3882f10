"""Builds a part from rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.words import NO_CODE, Int64s
from sojourn.engine.timeline import part, sorting
from sojourn.engine.timeline.part import Column
from sojourn.engine.timeline.rows import Rows
from sojourn.engine.timeline.threads import spread
from sojourn.engine.timeline.words import Persons, TimelineError
from sojourn.kit import durable

Array = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Who is who among the rows: `pid` numbers each row's person, `place` gives a person's customer.

    Persons are listed by customer, then by token; `ordinal` counts them within their customer.
    """

    pid: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]
    ordinal: npt.NDArray[Any]
    customer: Int64s
    person: Int64s
    person_offset: npt.NDArray[np.uint32]
    person_order: npt.NDArray[np.uint32]


def build(path: Path, rows: Rows, persons: Persons, *, threads: int = 1) -> None:
    """Write a part that holds the rows, each customer's events in order; durable on return.

    O(n) but for customers with very many events. Raise TimelineError when an event is there twice.
    """
    placed = _placed(rows, persons)
    columns = _columns(rows, placed)
    mapped, arrays = part.create(path, columns)
    durable.reach("timeline.part_created")
    for name in ("customer", "person", "person_offset", "person_order"):
        arrays[name][:] = getattr(placed, name)
    source = _sort(rows, placed, arrays, threads)
    _fill(rows, placed, arrays, source, threads)
    _fill_money(rows, arrays, source)
    arrays.clear()
    part.sync(mapped, path)
    durable.reach("timeline.part_synced")


def _placed(rows: Rows, persons: Persons) -> Placed:
    pid, tokens = _present(rows)
    customer, place = np.unique(persons.customers_of(tokens), return_inverse=True)
    listed = np.lexsort((tokens, place))
    counts = np.bincount(place, minlength=len(customer))
    person_offset = np.concatenate([[0], np.cumsum(counts)])
    ordinal = np.empty(len(tokens), np.int64)
    ordinal[listed] = np.arange(len(tokens)) - person_offset[place[listed]]
    return Placed(
        pid=pid,
        place=place.astype(np.int32),
        ordinal=ordinal.astype(np.min_scalar_type(int(ordinal.max(initial=0)))),
        customer=customer,
        person=tokens[listed],
        person_offset=person_offset.astype(np.uint32),
        person_order=np.argsort(tokens[listed]).astype(np.uint32),
    )


def _present(rows: Rows) -> tuple[npt.NDArray[np.int32], Int64s]:
    """Give the persons who have events, and each row's among them."""
    present = np.zeros(len(rows.persons), np.bool_)
    present[rows.pid] = True
    if present.all():
        return rows.pid, rows.persons
    renumbered = (np.cumsum(present) - 1).astype(np.int32)
    return renumbered[rows.pid], rows.persons[present]


def _columns(rows: Rows, placed: Placed) -> list[Column]:
    events, customers, persons, rich = len(rows), len(placed.customer), len(placed.person), len(rows.money_at)
    wide = int(np.abs(rows.money_amount).max(initial=0)) > np.iinfo(np.int32).max
    return [
        Column("customer", "i8", customers),
        Column("offset", "i8", customers + 1),
        Column("at", "i8", events),
        Column("row", "i8", events),
        Column("event", "u2", events),
        part.narrow("purposes", rows.purposes),
        Column("who", placed.ordinal.dtype.str, events, None if placed.ordinal.any() else 0),
        *(part.narrow(f"dimension:{name}", codes) for name, codes in rows.dimensions.items()),
        Column("person", "i8", persons),
        Column("person_offset", "u4", customers + 1),
        Column("person_order", "u4", persons),
        Column("money_at", "u4", rich),
        Column("money_amount", "i8" if wide else "i4", rich),
        part.narrow("money_currency", rows.money_currency),
    ]


def _sort(rows: Rows, placed: Placed, arrays: dict[str, Array], threads: int) -> npt.NDArray[np.int32]:
    offset, at, row = arrays["offset"], arrays["at"], arrays["row"]
    source = np.empty(len(rows), np.int32)
    sorting.offsets(placed.place, placed.pid, offset)
    sorting.scattered(
        placed.place,
        placed.pid,
        offset,
        np.ascontiguousarray(rows.at),
        np.ascontiguousarray(rows.row),
        at,
        row,
        source,
    )
    cuts = shares(offset, threads)
    spread(lambda ends: sorting.ordered(offset, *ends, at, row, source), pairwise(cuts), threads)
    if sorting.first_disorder(offset, at, row) >= 0:
        raise TimelineError("An event stands twice in the segments; run `sojourn doctor`.")
    return source


def shares(offset: Int64s, count: int) -> list[int]:
    """Cut customers into shares of about as many events each; give the customers at which they begin, and the end."""
    customers = len(offset) - 1
    goals = offset[0] + (offset[-1] - offset[0]) * np.arange(1, count) // count
    cuts = [0, *(int(cut) for cut in np.searchsorted(offset, goals)), customers]
    return sorted(set(cuts)) if customers else [0, 0]


def _fill(rows: Rows, placed: Placed, arrays: dict[str, Array], source: npt.NDArray[np.int32], threads: int) -> None:
    columns: dict[str, Array] = {
        "event": rows.event,
        "purposes": rows.purposes,
        **{f"dimension:{name}": codes for name, codes in rows.dimensions.items()},
    }

    def fill(name: str) -> None:
        if name == "who":
            sorting.gathered_by_person(placed.ordinal, placed.pid, source, arrays[name])
        elif name in columns:
            # NO_CODE, cut to a byte, is the narrow form's 255
            sorting.gathered(np.ascontiguousarray(columns[name].astype(arrays[name].dtype)), source, arrays[name])

    spread(fill, arrays, threads)


def _fill_money(rows: Rows, arrays: dict[str, Array], source: npt.NDArray[np.int32]) -> None:
    if not len(rows.money_at):
        return
    slot = np.zeros(len(rows), np.int32)
    slot[rows.money_at] = np.arange(1, len(rows.money_at) + 1, dtype=np.int32)
    origin = np.empty(len(rows.money_at), np.int32)
    sorting.money_order(slot, source, arrays["money_at"], origin)
    arrays["money_amount"][:] = rows.money_amount[origin]
    if "money_currency" in arrays:
        arrays["money_currency"][:] = rows.money_currency[origin].astype(arrays["money_currency"].dtype)


assert int(NO_CODE) & 0xFF == part.NO_BYTE
