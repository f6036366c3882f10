"""The events that a question sees, as a file."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions
from sojourn.domains.privacy.contracts import ExportFormat, Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.question import EventsAsked, Purposed, event_filter, period

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


class ExportAsked(Purposed, EventsAsked):
    """Which events: those that a journey question with the same parameters sees."""

    format: ExportFormat = Field(
        ExportFormat.CSV, description="How the file is written; `json` is OCEL 2.0, `arrow` a stream."
    )
    identity_steps: bool = Field(False, description="Whether identify, group and alias calls leave too.")
    raw: bool = Field(
        False, description="CSV with texts as they are; else those that spreadsheets take for formulas begin with '."
    )


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
    answer = StreamingHttpResponse(done.pieces, content_type=done.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{done.name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Events"], answer["X-Customers"] = str(done.events), str(done.customers)
    return answer
