"""Who may be one: the review queue of identity, and the matching that fills it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import (
    ComparedField,
    MatchingRun,
    MatchingTerms,
    Proposal,
    ProposalSource,
    ProposalState,
)
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import CURSOR_MAX_CHARACTERS, Page, encode, number
from sojourn.surfaces.rest.types import PlainNumber

router = Router(tags=["identity"])
Number = Annotated[int, Path(ge=1, lt=1 << 63, description="The proposal's number.")]
Probability = Annotated[float, PlainNumber]


class ProposalsAsked(Schema):
    """Which proposals."""

    state: ProposalState = Field(ProposalState.OPEN, description="What became of them.")
    source: ProposalSource | None = Field(None, description="Who thinks so; all when not given.")
    probability_from: float | None = Field(None, ge=0, le=1, description="Only as probable as this, or more.")
    limit: int = Field(20, ge=1, le=100)
    cursor: str = Field("", max_length=CURSOR_MAX_CHARACTERS)


class EvidenceAnswer(Schema):
    """What a field says: `weight` is the base-2 logarithm of how much likelier it is for one human than for two."""

    field: str
    level: str
    weight: float | None


class ProposalAnswer(Schema):
    """Two customers who may be one; their numbers are texts, as in lists of events."""

    id: int
    customers: list[str]
    are_numbered: list[bool] = Field(description="Whether each has a customer number of the company's own.")
    source: ProposalSource
    state: ProposalState
    probability: float | None
    evidence: list[EvidenceAnswer]
    proposed_at: datetime
    decided_at: datetime | None
    decided_by: str


class ProposalsAnswer(Page[ProposalAnswer]):
    """Some proposals, the most probable first; `total` counts all that match and that the viewer may see."""

    total: int


class SideBySideAnswer(ProposalAnswer):
    """A proposal with what is known of the two; values are empty for who may not read customers."""

    start: float | None = Field(description="The weight before any field is looked at.")
    fields: list[ComparedField]


class Many(Schema):
    """A decision about all open proposals from a probability on."""

    verdict: actions.Verdict
    probability_from: Probability = Field(ge=0, le=1)
    expected: Annotated[int, PlainNumber] = Field(
        ge=0, description="How many you were told; if it is another by now, 409."
    )
    source: ProposalSource | None = None


class Decided(Schema):
    """How many proposals were decided about."""

    decided: int


class TermsBody(Schema):
    """How matching runs by itself; null is never."""

    every_days: Annotated[int | None, PlainNumber] = Field(None, ge=1, le=366)
    merge_above: Annotated[float | None, PlainNumber] = Field(None, ge=0.9, le=1)


class MatchingAnswer(Schema):
    """The terms of matching and its last runs."""

    terms: MatchingTerms
    runs: list[MatchingRun]


@router.get("/identity/proposals", response={200: ProposalsAnswer, **PROBLEMS}, summary="List who may be one")
@needs(Right.IDENTITY_REVIEW)
def list_proposals(request: HttpRequest, asked: Query[ProposalsAsked]) -> ProposalsAnswer:
    """The most probable first, of those pairs of whom the viewer may see both."""
    page = queries.proposals(
        state=asked.state,
        source=asked.source,
        probability_from=asked.probability_from,
        after=min(number(asked.cursor) or 0, 1 << 31),
        limit=asked.limit,
        viewer=viewer_of(request),
    )
    after = None if page.next is None else encode(page.next)
    return ProposalsAnswer(items=[_proposal(each) for each in page.rows], next=after, total=page.total)


@router.post("/identity/proposals/decide", response={200: Decided, **PROBLEMS}, summary="Decide about many")
@needs(Right.IDENTITY_REVIEW)
def decide_many(request: HttpRequest, many: Many) -> Decided:
    """Accept or reject all open ones from a probability on; two with customer numbers are never accepted so."""
    decided = actions.decide_many(
        verdict=many.verdict,
        probability_from=many.probability_from,
        expected=many.expected,
        source=many.source,
        viewer=viewer_of(request),
    )
    return Decided(decided=decided)


@router.get(
    "/identity/proposals/{proposal}", response={200: SideBySideAnswer, **PROBLEMS}, summary="Show two side by side"
)
@needs(Right.IDENTITY_REVIEW)
def show_proposal(request: HttpRequest, proposal: Number) -> SideBySideAnswer:
    """What is known of both, field by field, and what each field says."""
    seen = queries.proposal(number=proposal, viewer=viewer_of(request))
    return SideBySideAnswer(**_proposal(seen.proposal).dict(), start=seen.start, fields=list(seen.fields))


@router.post("/identity/proposals/{proposal}/accept", response={200: ProposalAnswer, **PROBLEMS}, summary="Accept")
@needs(Right.IDENTITY_REVIEW)
def accept(request: HttpRequest, proposal: Number) -> ProposalAnswer:
    """Make the two one customer; `reopen` undoes it exactly."""
    return _proposal(actions.accept(proposal=proposal, viewer=viewer_of(request)))


@router.post("/identity/proposals/{proposal}/reject", response={200: ProposalAnswer, **PROBLEMS}, summary="Reject")
@needs(Right.IDENTITY_REVIEW)
def reject(request: HttpRequest, proposal: Number) -> ProposalAnswer:
    """Keep the two apart; they come back only with new evidence."""
    return _proposal(actions.reject(proposal=proposal, viewer=viewer_of(request)))


@router.post(
    "/identity/proposals/{proposal}/reopen", response={200: ProposalAnswer, **PROBLEMS}, summary="Undo a decision"
)
@needs(Right.IDENTITY_REVIEW)
def reopen(request: HttpRequest, proposal: Number) -> ProposalAnswer:
    """Take the two apart again, or let a rejected pair wait again."""
    return _proposal(actions.reopen(proposal=proposal, viewer=viewer_of(request)))


@router.get("/identity/matching", response={200: MatchingAnswer, **PROBLEMS}, summary="Show terms and runs of matching")
@needs(Right.IDENTITY_REVIEW)
def show_matching(request: HttpRequest) -> MatchingAnswer:
    """How matching runs by itself, and its last runs, newest first."""
    runs = queries.matching_runs(viewer=viewer_of(request))
    return MatchingAnswer(terms=queries.matching_terms(), runs=list(runs))


@router.put("/identity/matching", response={200: MatchingTerms, **PROBLEMS}, summary="Set the terms of matching")
@needs(Right.IDENTITY_RULES)
def set_matching(request: HttpRequest, terms: TermsBody) -> MatchingTerms:
    """How often it runs, and from which probability on it merges by itself."""
    return actions.set_matching(terms=MatchingTerms(**terms.dict()), viewer=viewer_of(request))


@router.post("/identity/matching/runs", response={202: MatchingRun, **PROBLEMS}, summary="Match all customers")
@needs(Right.IDENTITY_REVIEW)
def start_matching(request: HttpRequest) -> Status[MatchingRun]:
    """In the background; whom it finds waits in the queue."""
    return Status(202, actions.request_match(viewer=viewer_of(request)))


def _proposal(told: Proposal) -> ProposalAnswer:
    return ProposalAnswer(
        id=told.id,
        customers=[str(each) for each in told.customers],
        are_numbered=list(told.are_numbered),
        source=told.source,
        state=told.state,
        probability=told.probability,
        evidence=[EvidenceAnswer(field=each.field, level=each.level, weight=each.weight) for each in told.evidence],
        proposed_at=told.proposed_at,
        decided_at=told.decided_at,
        decided_by=told.decided_by,
    )
