"""Customer cases: who answers for what a customer said, and until when."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.desk import actions, queries
from sojourn.domains.desk.contracts import CaseRule, CaseStatus, CustomerCase, RulePreview, Which
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, decode, encode
from sojourn.surfaces.rest.types import Flag, Instant

router = Router(tags=["customer cases"])
BIGGEST = (1 << 63) - 1
Number = Annotated[int, Path(ge=1, le=BIGGEST)]
Name = Annotated[str, Path(max_length=63, pattern=r"^[a-z0-9][a-z0-9-]*$")]
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


class CaseOwner(Schema):
    """Whom a case is given to."""

    owner: str = Field(max_length=254, description=SOMEBODY)


class CaseDue(Schema):
    """Until when, and why not until then."""

    due_at: Instant
    text: str = Field(min_length=1, max_length=4_000, description="Why.")


class CaseNote(Schema):
    """What is noted."""

    text: str = Field(min_length=1, max_length=4_000)


class CaseMove(Schema):
    """Where a case goes."""

    status: CaseStatus = Field(description="waiting, closed or reopened.")
    text: str = Field("", max_length=4_000, description="Closing needs a word on how it ended.")


class CaseRuleText(Schema):
    """What a comment must show to open a case; all that is given must hold."""

    reason: str = Field(max_length=63, description="Small letters, digits and hyphens, such as low-score.")
    due_hours: float = Field(16, gt=0, le=2_000, description="Of the desk's hours.")
    unit: str = Field("", max_length=63, description="That answers for it; empty: where the comment came from.")
    owner: str = Field("", max_length=254, description=SOMEBODY)
    measure: str = Field("", max_length=32, description="Of which score, such as nps.")
    score_most: float | None = Field(None, allow_inf_nan=False, description="A score at or under it.")
    sentiment_most: float | None = Field(None, ge=-1, le=1)
    urgency_least: float | None = Field(None, gt=0, le=1)
    churn_least: float | None = Field(None, gt=0, le=1)
    complaint_least: float | None = Field(None, gt=0, le=1)
    survey: str = Field("", max_length=100)
    is_active: Flag = True


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
def assign_case(request: HttpRequest, number: Number, body: CaseOwner) -> CustomerCase:
    """Who may work on cases in its unit."""
    return actions.assign_case(number=number, owner=body.owner, viewer=viewer_of(request))


@router.put("/desk/cases/{number}/due", response={200: CustomerCase, **PROBLEMS}, summary="Change when a case is due")
@needs(Right.CASES_WRITE)
def set_due(request: HttpRequest, number: Number, body: CaseDue) -> CustomerCase:
    """With the reason; the time before stays in the history."""
    return actions.set_due(number=number, due_at=body.due_at, text=body.text, viewer=viewer_of(request))


@router.post("/desk/cases/{number}/notes", response={201: CustomerCase, **PROBLEMS}, summary="Note something in a case")
@needs(Right.CASES_WRITE)
def note_case(request: HttpRequest, number: Number, body: CaseNote) -> Status[CustomerCase]:
    """The customer is told it when they ask for their data."""
    return Status(201, actions.note_case(number=number, text=body.text, viewer=viewer_of(request)))


@router.post(
    "/desk/cases/{number}/status",
    response={200: CustomerCase, **PROBLEMS},
    summary="Let a case wait, close or reopen it",
)
@needs(Right.CASES_WRITE)
def move_case(request: HttpRequest, number: Number, body: CaseMove) -> CustomerCase:
    """One that waits for the customer is taken up again by `reopened` too."""
    return actions.move_case(number=number, status=body.status, text=body.text, viewer=viewer_of(request))


@router.get("/desk/rules", response={200: Page[CaseRule], **PROBLEMS}, summary="List the rules that open cases")
@needs(Right.CASES_RULES)
def list_rules(request: HttpRequest) -> Page[CaseRule]:
    """In the order in which they are tried on a comment: the first that it meets counts."""
    return Page[CaseRule](items=list(queries.rules(viewer=viewer_of(request))))


@router.put("/desk/rules/{name}", response={200: CaseRule, **PROBLEMS}, summary="Save a rule that opens cases")
@needs(Right.CASES_RULES)
def save_rule(request: HttpRequest, name: Name, body: CaseRuleText) -> CaseRule:
    """It counts for comments that are read from now on."""
    return actions.save_rule(rule=CaseRule(name=name, **body.dict()), viewer=viewer_of(request))


@router.delete("/desk/rules/{name}", response={204: None, **PROBLEMS}, summary="Delete a rule that opens cases")
@needs(Right.CASES_RULES)
def delete_rule(request: HttpRequest, name: Name) -> Status[None]:
    """Its cases stay."""
    actions.delete_rule(name=name, viewer=viewer_of(request))
    return Status(204, None)


@router.post("/desk/rules/{name}/preview", response={200: RulePreview, **PROBLEMS}, summary="Try a rule")
@needs(Right.CASES_RULES)
def preview_rule(request: HttpRequest, name: Name, body: CaseRuleText) -> RulePreview:
    """Count the comments of the last 30 days for which it would have opened cases, saved or not."""
    return queries.rule_preview(rule=CaseRule(name=name, **body.dict()), viewer=viewer_of(request))


def _place(cursor: str) -> tuple[str, int] | None:
    if not cursor:
        return None
    place = decode(cursor)
    if isinstance(place, list) and len(place) == 2 and isinstance(place[0], str) and type(place[1]) is int:
        return place[0], place[1]
    raise InvalidError("cursor: take it from `next` of the page before.")
