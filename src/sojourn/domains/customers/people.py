"""Lists of customers as an act: whoever lists or exports leaves an audit entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import shaped
from sojourn.domains.customers.contracts import ComputedValue, PeopleAsked, PeoplePage, PersonLine
from sojourn.domains.customers.listing import Listed, is_too_few, listed
from sojourn.kit.errors import InvalidError
from sojourn.kit.spreadsheet import harmless

LIMIT_MOST: Final = 100
TRAITS_MOST: Final = 10
AT_ONCE: Final = 20_000
CSV: Final = "text/csv; charset=utf-8"


class ListFormat(StrEnum):
    """A format in which a list leaves; the value is how a file's name ends."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, kw_only=True)
class ListExport:
    """A list on its way out; `pieces` are made while they are read, once."""

    name: str  # of the file
    media_type: str
    customers: int
    pieces: Generator[bytes]


def people(
    *, asked: PeopleAsked, viewer: Viewer, limit: int = 50, offset: int = 0, now: datetime | None = None
) -> PeoplePage:
    """List customers, pseudonymous; fewer than the privacy minimum are not told.

    Raise ForbiddenError below the right to list customers, NotFoundError for a computed trait that is not there, and
    InvalidError for what cannot be asked.
    """
    viewer.require(Right.CUSTOMERS_LIST)
    if not 1 <= limit <= LIMIT_MOST or offset < 0:
        raise InvalidError(f"limit: choose 1 to {LIMIT_MOST} customers, and an offset from 0.")
    found = _listed(asked, viewer.within(Right.CUSTOMERS_LIST), now)
    total = found.total
    too_few = is_too_few(total) or _hides(asked, total, viewer)
    rows = () if too_few else found.rows(offset, offset + limit)
    _note(viewer, "customers.list", asked, total, len(rows), now)
    if _hides(asked, total, viewer):
        total = 0
    following = offset + limit
    return PeoplePage(
        rows=rows,
        total=total,
        offset=offset,
        next_offset=following if rows and following < total else None,
        too_few=too_few,
        coverage=found.coverage,
    )


def export_people(
    *,
    asked: PeopleAsked,
    viewer: Viewer,
    file_format: ListFormat = ListFormat.CSV,
    shape: str = "",
    now: datetime | None = None,
) -> ListExport:
    """Let a list leave as a file: numbers of customers, their events and the computed traits asked for; audited.

    With a `shape`, one of `shaped.TOOLS`, as CSV in the columns of that tool: with names and contacts for who may read
    customers, masked for others. Raise ForbiddenError below the rights to list and to export customers, InvalidError
    for fewer than the privacy minimum, and what `people` does.
    """
    viewer.require(Right.CUSTOMERS_LIST)
    viewer.require(Right.CUSTOMERS_EXPORT)
    if shape and shape not in shaped.TOOLS:
        raise InvalidError(f"shape: one of {', '.join(shaped.TOOLS)}.")
    found = _listed(asked, viewer.within(Right.CUSTOMERS_EXPORT), now)
    total = found.total
    if is_too_few(total) or _hides(asked, total, viewer):
        raise InvalidError(
            f"Fewer than {settings.SOJOURN.k_floor} customers fit: a file of them would point at people."
        )
    _note(viewer, "customers.export", asked, total, total, now, shape=shape)
    if shape:
        pages = shaped.rows(found, tool=shape, viewer=viewer, purpose=asked.purpose)
        pieces = (csv_lines(rows) for rows in pages)
        return ListExport(name=f"{shape}-customers.csv", media_type=CSV, customers=total, pieces=pieces)
    is_csv = file_format is ListFormat.CSV
    return ListExport(
        name=f"customers.{file_format.value}",
        media_type=CSV if is_csv else "application/vnd.apache.parquet",
        customers=total,
        pieces=_csv(found) if is_csv else _parquet(found),
    )


def _hides(asked: PeopleAsked, total: int, viewer: Viewer) -> bool:
    """Say whether nothing may be told of a list, not even that it is empty.

    Who may not read customers asked whether anybody's trait is something: none and a few must look the same.
    """
    return bool(asked.known) and total < settings.SOJOURN.k_floor and not viewer.can(Right.CUSTOMERS_READ)


def _listed(asked: PeopleAsked, viewer: Viewer, now: datetime | None) -> Listed:
    if max(len(asked.traits), len(asked.conditions), len(asked.known)) > TRAITS_MOST:
        raise InvalidError(f"traits: at most {TRAITS_MOST} at once.")
    return listed(asked, viewer=viewer, now=now or timezone.now())


def _note(
    viewer: Viewer, what: str, asked: PeopleAsked, total: int, told: int, now: datetime | None, **more: str
) -> None:
    access.audit(
        viewer=viewer,
        what=what,
        on="customers",
        now=now,
        purpose=asked.purpose.value,
        customers=str(total),
        listed=str(told),
        **more,
        state=asked.state.value if asked.state else "",
        traits=" ".join(
            dict.fromkeys(
                (*asked.traits, *(each.trait for each in asked.conditions), *(each.trait for each in asked.known))
            )
        ),
    )


def _pages(found: Listed) -> Generator[tuple[PersonLine, ...]]:
    for begin in range(0, found.total, AT_ONCE):
        yield found.rows(begin, begin + AT_ONCE)


def _header(found: Listed) -> list[str]:
    return ["customer", "events", "first_at", "last_at", *(each.rule.slug for each in found.columns)]


def _cells(found: Listed, row: PersonLine) -> list[str]:
    own = [str(row.customer), str(row.events), row.first_at.isoformat(), row.last_at.isoformat()]
    return [*own, *(_written(row.traits.get(each.rule.slug)) for each in found.columns)]


def _csv(found: Listed) -> Generator[bytes]:
    yield csv_lines([_header(found)])
    for rows in _pages(found):
        yield csv_lines([[harmless(cell) for cell in _cells(found, row)] for row in rows])


def _parquet(found: Listed) -> Generator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in _header(found)])
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema) as writer:
        for rows in _pages(found):
            columns: list[Sequence[Any]] = list(zip(*(_cells(found, row) for row in rows), strict=True))
            writer.write_table(pa.table([pa.array(each, pa.string()) for each in columns], schema=schema))
    yield sink.getvalue().to_pybytes()


def csv_lines(rows: list[list[str]]) -> bytes:
    """Write rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _written(value: ComputedValue | None) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)
