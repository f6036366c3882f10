"""The audit log: search, verification, export."""

from __future__ import annotations

import re
from typing import Annotated

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import AuditAsked, AuditEntry, AuditFinding, Right
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, encode, number
from sojourn.surfaces.rest.types import Instant

router = Router(tags=["audit"])
KEPT = r"^[1-9][0-9]{0,17}:[0-9a-f]{64}$"
LINES = {"responses": {200: {"description": "JSON lines", "content": {"application/jsonl": {"schema": {}}}}}}
Kept = Annotated[str, Query(max_length=90, description="`place:digest` kept from an earlier check, compared too.")]


class EntriesAsked(Schema):
    """Which entries; what is not given is all."""

    who: str = Field("", max_length=64, description="Who did it, as entries write it: `person:7`, `key:3`, `system`.")
    what: str = Field("", max_length=64, description="What was done: `key.create`, or `key.` for all done to keys.")
    object: str = Field("", max_length=200, description="To what: `customer:12`, or `customer:` for all customers.")
    since: Instant | None = Field(None, description="From this instant on.")
    until: Instant | None = Field(None, description="Before this instant.")


class AuditVerdict(Schema):
    """What the verification found; `ok` says that nothing is wrong. Keep `place` and `digest` elsewhere."""

    ok: bool
    rows: int
    waiting: int
    place: int
    digest: str
    noted: int
    wrong: int
    findings: list[AuditFinding]


@router.get("/audit", response={200: Page[AuditEntry], **PROBLEMS}, summary="Search who did what, newest first")
@needs(Right.AUDIT_READ)
def list_audit(
    request: HttpRequest, asked: Query[EntriesAsked], limit: Limit = LIMIT, cursor: Cursor = ""
) -> Page[AuditEntry]:
    """With the right audit.read."""
    rows = queries.audit_log(viewer=viewer_of(request), asked=_asked(asked), before=number(cursor), limit=limit)
    return Page[AuditEntry](items=list(rows), next=encode(rows[-1].id) if len(rows) == limit else None)


@router.get("/audit/check", response={200: AuditVerdict, **PROBLEMS}, summary="Verify the audit log's chain")
@needs(Right.AUDIT_READ)
def check_audit(request: HttpRequest, kept: Kept = "") -> AuditVerdict:
    """With the right audit.read. Reads every entry; takes its time on a long log."""
    found = queries.audit_check(viewer=viewer_of(request), kept=_kept(kept))
    return AuditVerdict(
        ok=found.ok,
        rows=found.rows,
        waiting=found.waiting,
        place=found.place,
        digest=found.digest,
        noted=found.noted,
        wrong=found.wrong,
        findings=list(found.findings),
    )


@router.get(
    "/audit/export",
    response={200: None, **PROBLEMS},
    summary="Download audit entries as JSON lines",
    openapi_extra=LINES,
)
@needs(Right.AUDIT_READ)
def export_audit(request: HttpRequest, asked: Query[EntriesAsked]) -> StreamingHttpResponse:
    """Oldest first, with seals and digests, and audited itself."""
    file = actions.export_audit(viewer=viewer_of(request), asked=_asked(asked))
    answer = StreamingHttpResponse(file.pieces, content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Entries"] = str(file.entries)
    return answer


def _asked(asked: EntriesAsked) -> AuditAsked:
    return AuditAsked(who=asked.who, what=asked.what, object=asked.object, since=asked.since, until=asked.until)


def _kept(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    if not re.match(KEPT, text):
        raise InvalidError("kept: give place:digest as an earlier check said them.")
    place, _, digest = text.partition(":")
    return int(place), digest
