"""Answers to surveys: given elsewhere, or held apart as a machine's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import AwareDatetime, Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import GivenAnswer
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.surveys import Slug, Word
from sojourn.surfaces.rest.types import Flag, plain

router = Router(tags=["surveys"])


class HeldText(Schema):
    """Answers that are kept apart because they look like a machine's; what they say is not shown."""

    id: str
    why: str = Field(description="honeypot: a field that nobody sees was filled in; too_fast.")
    at: datetime
    seconds: int
    questions: int


class HeldVerdict(Schema):
    """What held answers are."""

    is_person: bool = Field(description="true lets them count; false discards what they say, for good.")


class Judged(Schema):
    """What the answers are now."""

    state: str


class AnswerText(Schema):
    """One whole answer: a value for each question that was answered."""

    id: Annotated[str, Field(min_length=1, max_length=200, description="Your own; the same id counts once.")]
    values: dict[str, Any] = Field(
        description="By question id: a score, a number, a day, a text, an option's id, a list of them, scores by row."
    )
    answered_at: AwareDatetime | None = None
    user_id: Annotated[str, Field(max_length=200)] | None = None
    anonymous_id: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(max_length=12)] = ""
    channel: Word = ""
    unit: Word = ""
    touchpoint: Word = ""
    is_partial: Flag = False


class AnswersText(Schema):
    """Answers, 1,000 at most."""

    answers: Annotated[list[AnswerText], Field(min_length=1, max_length=1_000)]


class RefusedText(Schema):
    """An answer that was not taken."""

    index: int
    reason: str


class TakenText(Schema):
    """What became of the answers."""

    taken: int
    known: int = Field(description="Counted already.")
    refused: list[RefusedText]


@router.get("/surveys/{slug}/held", response={200: Page[HeldText], **PROBLEMS}, summary="List answers held apart")
@needs(Right.SURVEYS_WRITE)
def list_held(request: HttpRequest, slug: Slug) -> Page[HeldText]:
    """Newest first, 200 at most: those that look like a machine's. They count nowhere."""
    found = queries.held_answers(plain(slug), viewer=viewer_of(request))
    return Page[HeldText](
        items=[
            HeldText(id=str(each.id), why=each.why, at=each.at, seconds=each.seconds, questions=each.questions)
            for each in found
        ]
    )


@router.post("/surveys/{slug}/held/{response}", response={200: Judged, **PROBLEMS}, summary="Judge answers held apart")
@needs(Right.SURVEYS_WRITE)
def judge(
    request: HttpRequest, slug: Slug, response: Annotated[int, Path(ge=1, lt=1 << 63)], body: HeldVerdict
) -> Judged:
    """Let them in, as given when they were, or discard them."""
    viewer = viewer_of(request)
    state = actions.judge_answers(plain(slug), response=response, is_person=body.is_person, viewer=viewer)
    return Judged(state=state.value)


@router.post("/surveys/{slug}/answers", response={200: TakenText, **PROBLEMS}, summary="Give answers to a survey")
@needs(Right.ANSWERS_WRITE)
def give_answers(request: HttpRequest, slug: Slug, body: AnswersText) -> TakenText:
    """Whole answers from elsewhere, durable when this answers. One that means nothing is refused alone."""
    given = [GivenAnswer(**each.dict()) for each in body.answers]
    taken = actions.take_answers(slug=plain(slug), answers=given, viewer=viewer_of(request))
    refused = [RefusedText(index=each.index, reason=each.reason) for each in taken.refused]
    return TakenText(taken=taken.taken, known=taken.known, refused=refused)
