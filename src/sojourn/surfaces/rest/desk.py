"""Customer cases: who answers for what a customer said, and until when."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.desk import actions, queries
from sojourn.domains.desk.contracts import CaseStatus, CustomerCase, Which
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, decode, encode
from sojourn.surfaces.rest.types import Instant

router = Router(tags=["customer cases"])
BIGGEST = (1 << 63) - 1
Number = Annotated[int, Path(ge=1, le=BIGGEST)]
Word = Annotated[str, Query(max_length=63)]
SOMEBODY = 'A mail address, "me", or empty for nobody.'


class NewCase(Schema):
    """A customer case to be opened."""

    customer: int = Field(ge=0, le=BIGGEST)
    reason: str = Field(max_length=63, description="Small letters, digits and hyphens, such as low-score.")
    unit: str = Field("", max_length=63)
    owner: str = Field("", max_length=254, description=SOMEBODY)
    due_hours: float = Field(16, gt=0, le=2_000, description="Of the desk's hours.")
    text: str = Field("", max_length=4_000, description="What it is about.")


class Owner(Schema):
    """Whom a case is given to."""

    owner: str = Field(max_length=254, description=SOMEBODY)


class NewDue(Schema):
    """Until when, and why not until then."""

    due_at: Instant
    text: str = Field(min_length=1, max_length=4_000, description="Why.")


class Told(Schema):
    """What is noted."""

    text: str = Field(min_length=1, max_length=4_000)


class Moved(Schema):
    """Where a case goes."""

    status: CaseStatus = Field(description="waiting, closed or reopened.")
    text: str = Field("", max_length=4_000, description="Closing needs a word on how it ended.")


@router.get("/desk/cases", response={200: Page[CustomerCase], **PROBLEMS}, summary="List customer cases")
@needs(Right.CASES_READ)
def list_cases(
    request: HttpRequest,
    which: Which = Which.ALL,
    status: CaseStatus | None = None,
    reason: Word = "",
    unit: Word = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Page[CustomerCase]:
    """The next due first; without a status those that are not closed. Without history."""
    found = queries.cases(
        viewer=viewer_of(request),
        which=which,
        status=status,
        reason=reason,
        unit=unit,
        limit=limit,
        after=_place(cursor),
    )
    return Page[CustomerCase](items=list(found.rows), next=encode(found.next_place) if found.next_place else None)


@router.post("/desk/cases", response={201: CustomerCase, **PROBLEMS}, summary="Open a customer case")
@needs(Right.CASES_WRITE)
def open_case(request: HttpRequest, body: NewCase) -> Status[CustomerCase]:
    """One of the customer and reason that is not closed takes the text up instead."""
    return Status(201, actions.open_case(**body.dict(), viewer=viewer_of(request)))


@router.get("/desk/cases/{number}", response={200: CustomerCase, **PROBLEMS}, summary="Show a customer case")
@needs(Right.CASES_READ)
def show_case(request: HttpRequest, number: Number) -> CustomerCase:
    """With its history, oldest first."""
    return queries.case(number, viewer=viewer_of(request))


@router.put("/desk/cases/{number}/owner", response={200: CustomerCase, **PROBLEMS}, summary="Give a case to somebody")
@needs(Right.CASES_WRITE)
def assign_case(request: HttpRequest, number: Number, body: Owner) -> CustomerCase:
    """Who may work on cases in its unit."""
    return actions.assign_case(number=number, owner=body.owner, viewer=viewer_of(request))


@router.put("/desk/cases/{number}/due", response={200: CustomerCase, **PROBLEMS}, summary="Change when a case is due")
@needs(Right.CASES_WRITE)
def set_due(request: HttpRequest, number: Number, body: NewDue) -> CustomerCase:
    """With the reason; the time before stays in the history."""
    return actions.set_due(number=number, due_at=body.due_at, text=body.text, viewer=viewer_of(request))


@router.post("/desk/cases/{number}/notes", response={201: CustomerCase, **PROBLEMS}, summary="Note something in a case")
@needs(Right.CASES_WRITE)
def note_case(request: HttpRequest, number: Number, body: Told) -> Status[CustomerCase]:
    """The customer is told it when they ask for their data."""
    return Status(201, actions.note_case(number=number, text=body.text, viewer=viewer_of(request)))


@router.post(
    "/desk/cases/{number}/status",
    response={200: CustomerCase, **PROBLEMS},
    summary="Let a case wait, close or reopen it",
)
@needs(Right.CASES_WRITE)
def move_case(request: HttpRequest, number: Number, body: Moved) -> CustomerCase:
    """One that waits for the customer is taken up again by `reopened` too."""
    return actions.move_case(number=number, status=body.status, text=body.text, viewer=viewer_of(request))


def _place(cursor: str) -> tuple[str, int] | None:
    if not cursor:
        return None
    place = decode(cursor)
    if isinstance(place, list) and len(place) == 2 and isinstance(place[0], str) and type(place[1]) is int:
        return place[0], place[1]
    raise InvalidError("cursor: take it from `next` of the page before.")
