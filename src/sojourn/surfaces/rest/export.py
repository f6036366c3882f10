"""The events that a question sees, as a file; tickets and orders as files of other tools."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions as customers
from sojourn.domains.privacy import actions
from sojourn.domains.privacy.contracts import Export, ExportFormat, Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.question import EventsAsked, ListedAsked, Purposed, event_filter, period

router = Router(tags=["events"])
BINARY = {"schema": {"type": "string", "format": "binary"}}
MEDIA = (
    "application/vnd.apache.arrow.stream",
    "text/csv",
    "application/gzip",
    "application/vnd.apache.parquet",
    "application/xml",
    "application/json",
)
FILE = {"responses": {200: {"description": "The file", "content": dict.fromkeys(MEDIA, BINARY)}}}
CSV = {"responses": {200: {"description": "The file", "content": {"text/csv": BINARY}}}}
Preset = Annotated[str, Path(max_length=63, description="A preset of tickets or orders, such as zendesk-tickets.")]


class ExportAsked(Purposed, EventsAsked):
    """Which events: those that a journey question with the same parameters sees."""

    format: ExportFormat = Field(
        ExportFormat.CSV, description="How the file is written; `json` is OCEL 2.0, `arrow` a stream."
    )
    identity_steps: bool = Field(False, description="Whether identify, group and alias calls leave too.")
    raw: bool = Field(
        False, description="CSV with texts as they are; else those that spreadsheets take for formulas begin with '."
    )


class CasesAsked(Purposed, ListedAsked):
    """Which tickets or orders: those that one of these events happened to in the period."""


@router.get(
    "/export", response={200: None, **PROBLEMS}, summary="Download the events that a question sees", openapi_extra=FILE
)
@needs(Right.EVENTS_EXPORT)
def export(request: HttpRequest, asked: Query[ExportAsked]) -> StreamingHttpResponse:
    """Pseudonymous, customer by customer; for analysts, and audited."""
    viewer = viewer_of(request)
    done = actions.export(
        wanted=asked.format,
        period=period(asked, viewer),
        events=event_filter(asked),
        identity_steps=asked.identity_steps,
        raw=asked.raw,
        purpose=Purpose(asked.purpose),
        viewer=viewer,
    )
    answer = _sent(done)
    answer["X-Events"] = str(done.events)
    return answer


@router.get(
    "/export/{preset}",
    response={200: None, **PROBLEMS},
    summary="Download tickets or orders in the columns of a tool",
    openapi_extra=CSV,
)
@needs(Right.EVENTS_EXPORT)
def export_cases(request: HttpRequest, preset: Preset, asked: Query[CasesAsked]) -> StreamingHttpResponse:
    """As the import preset of that name reads them; each whole. Audited.

    With numbers, names, contacts and texts for who may read customers, without them for others.
    """
    viewer = viewer_of(request)
    done = customers.export_cases(
        shape=preset,
        period=period(asked, viewer),
        events=event_filter(asked),
        purpose=Purpose(asked.purpose),
        viewer=viewer,
    )
    answer = _sent(done)
    answer["X-Cases"] = str(done.cases)
    return answer


def _sent(done: Export | customers.CaseExport) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(done.pieces, content_type=done.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{done.name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Customers"] = str(done.customers)
    return answer
