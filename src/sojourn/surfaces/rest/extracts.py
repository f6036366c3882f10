"""Extracts for BI tools, and SQL over one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Extract, ExtractTerms
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, sliced

router = Router(tags=["extracts"])
ROWS = 1_000
PARQUET = "application/vnd.apache.parquet"
FILE = {
    "responses": {
        200: {"description": "The file", "content": {PARQUET: {"schema": {"type": "string", "format": "binary"}}}}
    }
}


class ExtractAsked(Schema):
    """What an extract holds and for how long."""

    name: str = Field(min_length=1, max_length=63, description="A small letter, then small letters, digits, - and _.")
    purpose: str = Field("analytics", max_length=32, description="Why: who may be in it follows from its basis.")
    last_days: int | None = Field(None, ge=1, le=36_500, description="Events of so many days; without it, all.")
    every_hours: int = Field(24, ge=1, le=744, description="Hours after which it is made anew.")
    lease_days: int = Field(90, ge=1, le=365, description="Days after which its file goes, unless it is renewed.")


class Statement(Schema):
    """One SELECT over the table `events` of an extract."""

    statement: str = Field(min_length=1, max_length=100_000)
    rows: int = Field(ROWS, ge=1, description="Rows that come at most.")


@dataclass(frozen=True, kw_only=True)
class SqlRows:
    """What a statement gave: rows of cells in the order of `columns`; `is_cut` when there were more."""

    columns: list[str]
    rows: list[list[Any]]
    is_cut: bool
    purpose: str
    customers: int  # in the extract
    events: int
    made_at: datetime | None
    took_ms: float


@router.get("/extracts", response={200: Page[Extract], **PROBLEMS}, summary="List the extracts")
@needs(Right.EVENTS_EXPORT)
def list_extracts(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[Extract]:
    """Those of the parts of the organisation that you see, by name."""
    rows, following = sliced(queries.extracts(viewer=viewer_of(request)), limit=limit, cursor=cursor)
    return Page[Extract](items=rows, next=following)


@router.post("/extracts", response={201: Extract, **PROBLEMS}, summary="Ask for an extract")
@needs(Right.EVENTS_EXPORT)
def post_extract(request: HttpRequest, body: ExtractAsked) -> Status[Extract]:
    """The work process makes its file, then anew every so often and after an erasure or a change of consent."""
    return Status(201, actions.ask_for_extract(ExtractTerms(**body.dict()), viewer=viewer_of(request)))


@router.get("/extracts/{name}", response={200: Extract, **PROBLEMS}, summary="Show an extract")
@needs(Right.EVENTS_EXPORT)
def get_extract(request: HttpRequest, name: str) -> Extract:
    """How it stands, and where its file lies."""
    return queries.extract(name, viewer=viewer_of(request))


@router.post("/extracts/{name}/renew", response={200: Extract, **PROBLEMS}, summary="Make an extract anew")
@needs(Right.EVENTS_EXPORT)
def renew(request: HttpRequest, name: str) -> Extract:
    """Its lease begins again."""
    return actions.renew_extract(name, viewer=viewer_of(request))


@router.delete("/extracts/{name}", response={204: None, **PROBLEMS}, summary="Delete an extract")
@needs(Right.EVENTS_EXPORT)
def delete(request: HttpRequest, name: str) -> Status[None]:
    """Its file goes with it."""
    actions.delete_extract(name, viewer=viewer_of(request))
    return Status(204, None)


@router.get(
    "/extracts/{name}/file", response={200: None, **PROBLEMS}, summary="Download an extract", openapi_extra=FILE
)
@needs(Right.EVENTS_EXPORT)
def download(request: HttpRequest, name: str) -> FileResponse:
    """As Parquet, pseudonymous; audited."""
    file = actions.take_extract(name, viewer=viewer_of(request))
    answer = FileResponse(file, content_type=PARQUET, as_attachment=True, filename=f"{name}.parquet")
    answer["Cache-Control"] = "private, no-store"
    return answer


@router.post("/extracts/{name}/sql", response={200: SqlRows, **PROBLEMS}, summary="Ask an extract in SQL")
@needs(Right.EVENTS_EXPORT)
def sql(request: HttpRequest, name: str, body: Statement) -> SqlRows:
    """One SELECT (DuckDB's) over the table `events`, in a process that sees this extract and nothing else."""
    most = settings.SOJOURN.sql_rows_max
    if body.rows > most:
        raise InvalidError(f"rows: at most {most:,}.")
    answer = queries.sql(body.statement, name=name, viewer=viewer_of(request), rows=body.rows)
    return SqlRows(
        columns=answer.table.column_names,
        rows=[
            [_cell(cell) for cell in row] for row in zip(*(c.to_pylist() for c in answer.table.columns), strict=True)
        ],
        is_cut=answer.is_cut,
        purpose=answer.extract.terms.purpose,
        customers=answer.extract.customers,
        events=answer.extract.events,
        made_at=answer.extract.made_at,
        took_ms=answer.took_ms,
    )


def _cell(value: Any) -> Any:
    """Write a cell as JSON can: instants and days in ISO form, decimals and whole numbers beyond 53 bits as text."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, int) and abs(value) >= 1 << 53:
        return str(value)
    if isinstance(value, list | tuple):
        return [_cell(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _cell(each) for key, each in value.items()}
    return value
