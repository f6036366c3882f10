"""The flow of data: what came in, what was refused, and whether the chain is whole."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema

from sojourn.domains.access.contracts import Right
from sojourn.domains.collection import queries
from sojourn.domains.collection.contracts import BackPressure, Check, FlowPoint, RefusedCountRow, RefusedRow
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, encode, number, sliced
from sojourn.surfaces.rest.types import Instant

router = Router(tags=["flow of data"])
Number = Annotated[int, Path(ge=1, lt=1 << 63)]
Text = Annotated[str, Query(max_length=63)]
LAST_HOURS = 24


class FlowTotals(Schema):
    """All that ever came in, and whether intake takes more."""

    accepted: int
    refused: int
    duplicates: int
    pressure: BackPressure


class RefusedItem(Schema):
    """A refused item with what was sent, in base64."""

    row: RefusedRow
    payload: str


class Findings(Schema):
    """What the doctor found; `ok` says that nothing is wrong."""

    ok: bool
    checks: list[Check]


@router.get("/flow", response={200: Page[FlowPoint], **PROBLEMS}, summary="List what came in, by minute and source")
@needs(Right.FIGURES_READ, whole=True)
def flow(
    request: HttpRequest,
    since: Annotated[Instant | None, Query(description="24 hours before `until`, when not given.")] = None,
    until: Annotated[Instant | None, Query(description="Now, when not given.")] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Page[FlowPoint]:
    """Oldest first; minutes without events are absent."""
    end = until or timezone.now()
    begin = since or end - timedelta(hours=LAST_HOURS)
    if end <= begin:
        raise InvalidError("until: must lie after since.")
    rows, following = sliced(queries.flow(since=begin, until=end), limit=limit, cursor=cursor)
    return Page[FlowPoint](items=rows, next=following)


@router.get("/flow/totals", response={200: FlowTotals, **PROBLEMS}, summary="Count all that ever came in")
@needs(Right.FIGURES_READ, whole=True)
def totals(request: HttpRequest) -> FlowTotals:
    """With the spool's size and the disk's free space."""
    return FlowTotals(**queries.totals(), pressure=queries.back_pressure())


@router.get("/quarantine", response={200: Page[RefusedRow], **PROBLEMS}, summary="List refused items, newest first")
@needs(Right.IMPORTS_RUN)
def quarantine(
    request: HttpRequest, source: Text = "", code: Text = "", limit: Limit = LIMIT, cursor: Cursor = ""
) -> Page[RefusedRow]:
    """With code and reason; what was sent is not in the list."""
    rows = queries.refused(before_id=number(cursor), source=source or None, code=code or None, limit=limit)
    return Page[RefusedRow](items=list(rows), next=encode(rows[-1].id) if len(rows) == limit else None)


@router.get("/quarantine/counts", response={200: Page[RefusedCountRow], **PROBLEMS}, summary="Count refused items")
@needs(Right.IMPORTS_RUN)
def quarantine_counts(request: HttpRequest) -> Page[RefusedCountRow]:
    """By source and code, all that were ever refused."""
    return Page[RefusedCountRow](items=list(queries.refused_counts()))


@router.get("/quarantine/{item}", response={200: RefusedItem, **PROBLEMS}, summary="Show what was refused")
@needs(Right.QUARANTINE_READ)
def quarantined(request: HttpRequest, item: Number) -> RefusedItem:
    """With the right quarantine.read: what was sent may hold personal data."""
    row, payload = queries.refused_payload(item)
    return RefusedItem(row=row, payload=base64.b64encode(payload).decode())


@router.get("/doctor", response={200: Findings, **PROBLEMS}, summary="Check the whole chain")
@needs(Right.BACKUPS_RUN)
def doctor(request: HttpRequest) -> Findings:
    """With the right backups.run. Reads every segment; takes its time on a large stream."""
    checks = queries.doctor()
    return Findings(ok=all(each.ok for each in checks), checks=list(checks))
