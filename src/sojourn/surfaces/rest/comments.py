"""What customers said in words: list, search, figures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import (
    CommentFigures,
    CommentKind,
    CommentLine,
    CommentsAsked,
    CommentsPage,
    Phrase,
)
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.stats.intervals import Interval
from sojourn.engine.text.words import Sentiment
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import CURSOR_MAX_CHARACTERS, Cursor, decode, encode
from sojourn.surfaces.rest.question import ReadFor
from sojourn.surfaces.rest.types import Instant, PlainNumber

router = Router(tags=["comments"])
LIMIT = 50
LIMIT_MOST = 200
Word = Annotated[str, Field(max_length=100)]


class CommentsFilter(Schema):
    """Which comments; what is not given is all."""

    since: Instant | None = Field(None, description="Said from this instant on.")
    until: Instant | None = Field(None, description="Said before this instant.")
    kind: CommentKind | None = Field(None, description="Where it was said.")
    source: Word = ""
    survey: Word = ""
    channel: Word = ""
    touchpoint: Word = ""
    unit: Word = Field("", description="In this unit and all below it, as the tree stood when it was said.")
    language: Word = ""
    sentiment: Sentiment | None = None
    score_from: float | None = Field(None, ge=-1e9, le=1e9, description="At least; what has no score is left out.")
    score_to: float | None = Field(None, ge=-1e9, le=1e9, description="At most; what has no score is left out.")
    customer: str = Field("", pattern=r"^(\d{1,18}|[1-8]\d{18})?$", description="Only of this customer, by number.")
    purpose: ReadFor = Field(Purpose.ANALYTICS.value, description="Who refuses it is neither shown nor counted.")


class SearchComments(CommentsFilter):
    """What to look for. In a body, because addresses end up in logs."""

    text: Annotated[str, Field(max_length=300)] = Field("", description="Whole words, all of which a comment holds.")
    limit: Annotated[int, PlainNumber] = Field(LIMIT, ge=1, le=LIMIT_MOST)
    cursor: str = Field("", max_length=CURSOR_MAX_CHARACTERS, description="`next` of the page before.")


class ShareText(Schema):
    """A share or a mean with its 95 % interval; `n` customers stand behind it."""

    value: float
    low: float
    high: float
    n: int
    method: str
    too_few: bool = Field(description="Of a share: too few customers, or an interval too wide, to say anything.")


class ScoreText(Schema):
    """The mean of the scores of one measure on one scale."""

    measure: str
    scale: str
    direction: str
    comments: int
    mean: ShareText | None


class FiguresText(Schema):
    """Figures of the comments that fit; scores of different measures and scales are never pooled."""

    comments: int
    customers: int
    read: int = Field(description="With a sentiment; others wait, or are in a language that is not supported.")
    negative: ShareText | None = Field(description="Share of negative ones among those read.")
    scores: list[ScoreText]
    too_few: bool = Field(description="Fewer customers than the privacy minimum: nothing is told.")


class CommentText(Schema):
    """A comment, personal data masked; `customer` is null for who may know no customers."""

    id: int
    said_at: datetime
    customer: str | None
    text: str
    kind: CommentKind
    event: str
    source: str
    survey: str
    question: str
    measure: str
    scale: str
    direction: str
    score: float | None
    channel: str
    touchpoint: str
    unit: str
    product: str
    language: str
    sentiment: Sentiment | None
    aspects: list[str]
    phrases: list[Phrase]
    is_read: bool


class CommentsText(Schema):
    """Some comments, newest first."""

    items: list[CommentText]
    figures: FiguresText
    is_cut: bool = Field(description="Of the words' comments only the newest were looked at.")
    next: str | None


@router.get("/comments", response={200: CommentsText, **PROBLEMS}, summary="List comments, newest first")
@needs(Right.COMMENTS_READ)
def list_comments(
    request: HttpRequest,
    asked: Query[CommentsFilter],
    limit: Annotated[int, Query(ge=1, le=LIMIT_MOST, description="Most items on a page.")] = LIMIT,
    cursor: Cursor = "",
) -> CommentsText:
    """With their texts, and the figures of all that fit. Audited."""
    return _page(request, asked, "", limit, cursor)


@router.post("/comments/search", response={200: CommentsText, **PROBLEMS}, summary="Search comments by words")
@needs(Right.COMMENTS_READ)
def search_comments(request: HttpRequest, asked: SearchComments) -> CommentsText:
    """Comments in which all words stand, without case and accents. Audited, but not what was looked for."""
    return _page(request, asked, asked.text, asked.limit, asked.cursor)


@router.get("/comments/figures", response={200: FiguresText, **PROBLEMS}, summary="Count comments")
@needs(Right.FIGURES_READ)
def count_comments(request: HttpRequest, asked: Query[CommentsFilter]) -> FiguresText:
    """Without texts; nothing of fewer customers than the privacy minimum. One customer's need comments.read."""
    return _figures(queries.comment_figures(asked=asked_of(asked), viewer=viewer_of(request)))


def asked_of(said: CommentsFilter, text: str = "") -> CommentsAsked:
    """Read a filter; raise InvalidError for a period that ends before it begins."""
    if said.since and said.until and said.until <= said.since:
        raise InvalidError("until: must lie after since.")
    plain = ("kind", "source", "survey", "channel", "touchpoint", "unit", "language", "sentiment")
    given: dict[str, Any] = {name: getattr(said, name) for name in (*plain, "score_from", "score_to")}
    return CommentsAsked(
        **given,
        text=text,
        period=Period(since=said.since, until=said.until),
        customer=int(said.customer) if said.customer else None,
        purpose=Purpose(said.purpose),
    )


def _page(request: HttpRequest, asked: CommentsFilter, text: str, limit: int, cursor: str) -> CommentsText:
    found = actions.comments(
        asked=asked_of(asked, text), viewer=viewer_of(request), limit=limit, after=place_of(cursor)
    )
    return CommentsText(
        items=[_line(each) for each in found.rows],
        figures=_figures(found.figures),
        is_cut=found.is_cut,
        next=following(found),
    )


def following(found: CommentsPage) -> str | None:
    """Write where the next comments are."""
    return encode(found.next) if found.next else None


def place_of(cursor: str) -> tuple[int, int] | None:
    """Read a cursor; None for the first page; raise InvalidError for one that was not made here."""
    if not cursor:
        return None
    place = decode(cursor)
    if not isinstance(place, list) or [type(each) for each in place] != [int, int] or max(map(abs, place)) >= 1 << 62:
        raise InvalidError("cursor: take it from `next` of the page before.")
    return place[0], place[1]


def _line(line: CommentLine) -> CommentText:
    told = line.comment
    names = CommentText.model_fields.keys() & type(told).__slots__
    return CommentText(
        **{name: getattr(told, name) for name in names},
        said_at=told.occurred_at,
        customer=None if line.customer is None else str(line.customer),
        sentiment=line.sentiment,
        aspects=list(line.aspects),
        phrases=list(line.phrases),
        is_read=line.is_read,
    )


def _figures(figures: CommentFigures) -> FiguresText:
    return FiguresText(
        comments=figures.comments,
        customers=figures.customers,
        read=figures.read,
        negative=_share(figures.negative),
        scores=[
            ScoreText(
                measure=each.measure,
                scale=each.scale,
                direction=each.direction,
                comments=each.comments,
                mean=_share(each.mean, is_share=False),
            )
            for each in figures.scores
        ],
        too_few=figures.too_few,
    )


def _share(found: Interval | None, *, is_share: bool = True) -> ShareText | None:
    if found is None:
        return None
    too_few = found.is_too_few() if is_share else found.n < 2
    return ShareText(value=found.value, low=found.low, high=found.high, n=found.n, method=found.method, too_few=too_few)
