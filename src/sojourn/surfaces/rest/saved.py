"""Saved questions."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import AnswerAsked, Parameters, QuestionPage, SavedQuestion
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import CURSOR_MAX_CHARACTERS, LIMIT, LIMIT_MAX, Page, decode, encode
from sojourn.surfaces.rest.types import Flag, plain

router = Router(tags=["saved questions"])
Id = Annotated[str, Path(max_length=12)]
ADDRESS_MAX_CHARACTERS = 24_000  # as it is written in an address, where a letter may take three
Name = Annotated[str, Field(min_length=1, max_length=100)]
Description = Annotated[str, Field(max_length=500)]
Address = Annotated[
    str,
    Field(
        max_length=ADDRESS_MAX_CHARACTERS,
        description="The page's, as the browser shows it: /journeys/explorer?period=28&f=Signed+In.",
    ),
]
SEEN_BY = "Whether everyone with access opens it, not only who saved it."


class QuestionsAsked(Schema):
    """Which saved questions."""

    text: str = Field("", max_length=200, description="Words that name or description hold.")
    page: QuestionPage | None = Field(None, description="Questions of this page.")
    owner: str = Field("", max_length=64, description="Who saved them, such as person:7; `me` for your own.")
    limit: int = Field(LIMIT, ge=1, le=LIMIT_MAX, description="Most items on a page.")
    cursor: str = Field("", max_length=CURSOR_MAX_CHARACTERS, description="`next` of the page before; empty: begin.")


class QuestionText(Schema):
    """A question to save."""

    name: Name
    description: Description = ""
    address: Address
    is_shared: Flag = Field(False, description=SEEN_BY)


class QuestionChange(Schema):
    """What changes; the rest stays."""

    name: Name | None = None
    description: Description | None = None
    address: Address | None = None
    is_shared: Flag | None = Field(None, description=SEEN_BY)


class SavedAnswer(Schema):
    """A saved question; a period in days stays relative to the newest data."""

    id: str
    name: str
    description: str
    page: QuestionPage
    address: str
    is_shared: bool
    owner: str
    is_pinned: bool
    created_at: datetime
    saved_at: datetime


class AnswerPlace(Schema):
    """Where this API answers a part of a saved question."""

    answer: str
    address: str


@router.get("/questions", response={200: Page[SavedAnswer], **PROBLEMS}, summary="List the saved questions")
def list_questions(request: HttpRequest, asked: Query[QuestionsAsked]) -> Page[SavedAnswer]:
    """Those that you may open, last saved first."""
    viewer = viewer_of(request)
    found = queries.saved_questions(
        viewer=viewer,
        text=asked.text.replace("\x00", " "),
        page=asked.page,
        owner={"": None, "me": viewer.name}.get(asked.owner, asked.owner.replace("\x00", " ")),
        before=_before(asked.cursor),
        limit=asked.limit + 1,
    )
    items, more = found[: asked.limit], len(found) > asked.limit
    following = encode([items[-1].saved_at.isoformat(), items[-1].id]) if more else None
    return Page[SavedAnswer](items=[_answer(each) for each in items], next=following)


@router.post("/questions", response={201: SavedAnswer, **PROBLEMS}, summary="Save a question")
@needs(Right.JOURNEYS_WRITE)
def save_question(request: HttpRequest, body: QuestionText) -> Status[SavedAnswer]:
    """Events and values must be those that the vocabulary shows: a saved question holds nothing about anybody."""
    page, parameters = _read(body.address)
    saved = actions.save_question(
        name=body.name,
        description=body.description,
        page=page,
        parameters=parameters,
        is_shared=body.is_shared,
        viewer=viewer_of(request),
    )
    return Status(201, _answer(saved))


@router.get("/questions/{question_id}", response={200: SavedAnswer, **PROBLEMS}, summary="Show a saved question")
def get_question(request: HttpRequest, question_id: Id) -> SavedAnswer:
    """With the address of its page."""
    return _answer(queries.saved_question(id=plain(question_id), viewer=viewer_of(request)))


@router.get(
    "/questions/{question_id}/answers",
    response={200: Page[AnswerPlace], **PROBLEMS},
    summary="Show where a saved question is answered",
)
def answers(request: HttpRequest, question_id: Id) -> Page[AnswerPlace]:
    """Addresses of this API to ask for today's answers: for the explorer graph, variants and, with steps, funnel."""
    found = queries.answers_asked(id=plain(question_id), viewer=viewer_of(request))
    return Page[AnswerPlace](items=[AnswerPlace(answer=each.answer, address=_place(each)) for each in found])


@router.patch("/questions/{question_id}", response={200: SavedAnswer, **PROBLEMS}, summary="Change a saved question")
@needs(Right.JOURNEYS_WRITE)
def change_question(request: HttpRequest, question_id: Id, body: QuestionChange) -> SavedAnswer:
    """For who saved it and, where it is shared, administrators."""
    changed = actions.change_question(
        id=plain(question_id),
        name=body.name,
        description=body.description,
        asked=None if body.address is None else _read(body.address),
        is_shared=body.is_shared,
        viewer=viewer_of(request),
    )
    return _answer(changed)


@router.delete("/questions/{question_id}", response={204: None, **PROBLEMS}, summary="Delete a saved question")
@needs(Right.JOURNEYS_WRITE)
def delete_question(request: HttpRequest, question_id: Id) -> Status[None]:
    """For a day it can be brought back."""
    actions.delete_question(id=plain(question_id), viewer=viewer_of(request))
    return Status(204, None)


@router.post(
    "/questions/{question_id}/restore",
    response={200: SavedAnswer, **PROBLEMS},
    summary="Bring back a deleted saved question",
)
@needs(Right.JOURNEYS_WRITE)
def restore_question(request: HttpRequest, question_id: Id) -> SavedAnswer:
    """One deleted less than a day ago, with its address and its pins."""
    return _answer(actions.restore_question(id=plain(question_id), viewer=viewer_of(request)))


@router.put("/questions/{question_id}/pin", response={204: None, **PROBLEMS}, summary="Pin a saved question to Home")
def pin_question(request: HttpRequest, question_id: Id) -> Status[None]:
    """To your own; at most twelve."""
    actions.pin_question(id=plain(question_id), viewer=viewer_of(request))
    return Status(204, None)


@router.delete("/questions/{question_id}/pin", response={204: None, **PROBLEMS}, summary="Take a question off Home")
def unpin_question(request: HttpRequest, question_id: Id) -> Status[None]:
    """Off your own."""
    actions.unpin_question(id=plain(question_id), viewer=viewer_of(request))
    return Status(204, None)


def _answer(saved: SavedQuestion) -> SavedAnswer:
    same = {name: getattr(saved, name) for name in SavedAnswer.model_fields if name != "address"}
    return SavedAnswer(**same, address=f"/journeys/{saved.page}?{urlencode(saved.parameters)}")


def _place(asked: AnswerAsked) -> str:
    paths = {
        "compare/journeys": f"compare/journeys/{quote(asked.journey, safe='')}",
        "success": f"journeys/{quote(asked.journey, safe='')}/success",
    }
    return f"/api/v1/{paths.get(asked.answer, asked.answer)}?{urlencode(asked.parameters, doseq=True)}"


def _read(address: str) -> tuple[QuestionPage, Parameters]:
    """Read a page's address, with or without the server's name."""
    try:
        parts = urlsplit(address)
        parameters = parse_qsl(parts.query, max_num_fields=2_000)
    except ValueError:
        raise InvalidError("address: cannot be read.") from None
    area, _, page = parts.path.rstrip("/").rpartition("/")
    if not area.endswith("/journeys") or page not in set(QuestionPage):
        pages = ", ".join(QuestionPage)
        raise InvalidError(f"address: must be a page's, such as /journeys/explorer?period=28; one of {pages}.")
    return QuestionPage(page), tuple(parameters)


def _before(cursor: str) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    match decode(cursor):
        case [str(at), str(last)] if "\x00" not in last:
            with suppress(ValueError):
                instant = datetime.fromisoformat(at)
                if instant.tzinfo is not None and 1970 <= instant.year < 9999:
                    return instant, last
    raise InvalidError("cursor: take it from `next` of the page before.")
