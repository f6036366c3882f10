"""Voice > Comments: what customers said in words, filtered and searched; figures alone for who may not read texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from sojourn.domains.access.contracts import Right
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import CommentFigures, CommentKind, CommentLine, CommentsAsked
from sojourn.engine.text.words import Sentiment
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

ON_A_PAGE: Final = 30
DAYS: Final = (7, 28, 90, 365)
KINDS: Final = {
    CommentKind.SURVEY: gettext_lazy("survey"),
    CommentKind.REVIEW: gettext_lazy("review"),
    CommentKind.SOCIAL: gettext_lazy("social media"),
    CommentKind.CHAT: gettext_lazy("chat"),
    CommentKind.TICKET: gettext_lazy("ticket"),
    CommentKind.CALL: gettext_lazy("call"),
    CommentKind.COMPLAINT: gettext_lazy("complaint"),
    CommentKind.OTHER: gettext_lazy("other"),
}
FEELINGS: Final = {
    Sentiment.NEGATIVE: gettext_lazy("negative"),
    Sentiment.NEUTRAL: gettext_lazy("neutral"),
    Sentiment.POSITIVE: gettext_lazy("positive"),
}


class CommentsForm(PlainForm):
    """Which comments."""

    kind = forms.ChoiceField(required=False, choices=[("", ""), *((each.value, each.value) for each in CommentKind)])
    sentiment = forms.ChoiceField(required=False, choices=[("", ""), *((each.value, each.value) for each in Sentiment)])
    source = forms.CharField(required=False, max_length=63)
    survey = forms.CharField(required=False, max_length=100)
    channel = forms.CharField(required=False, max_length=63)
    touchpoint = forms.CharField(required=False, max_length=100)
    unit = forms.CharField(required=False, max_length=63)
    language = forms.CharField(required=False, max_length=12)
    score_from = forms.FloatField(required=False, label=gettext_lazy("Score from"))
    score_to = forms.FloatField(required=False, label=gettext_lazy("Score to"))
    days = forms.TypedChoiceField(
        required=False, choices=[("", ""), *((str(each), str(each)) for each in DAYS)], coerce=int, empty_value=None
    )
    customer = forms.IntegerField(required=False, min_value=0, max_value=(1 << 63) - 1)

    def asked(self, text: str) -> CommentsAsked:
        """Say which comments are asked for, as of now."""
        given: dict[str, Any] = dict(self.cleaned_data)
        days, kind, sentiment = given.pop("days"), given.pop("kind"), given.pop("sentiment")
        return CommentsAsked(
            **given,
            text=text,
            period=Period(since=timezone.now() - timedelta(days=days)) if days else Period(),
            kind=CommentKind(kind) if kind else None,
            sentiment=Sentiment(sentiment) if sentiment else None,
        )


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of a comment; `shows` names what it shows, "" for the rest."""

    text: str
    shows: str = ""


@page(Right.FIGURES_READ)
def comments(request: PageRequest) -> HttpResponse:
    """Show comments, newest first; words that are looked for come in the body, never in an address."""
    given = request.POST if request.method == "POST" else request.GET
    form, text = CommentsForm(given), given.get("text", "").strip()[:300] if request.method == "POST" else ""
    said = {name: value for name in form.fields if (value := given.get(name, "").strip()[:300])}
    context: dict[str, Any] = {
        "said": said | {"text": text},
        "is_filtered": bool(said or text),
        "kinds": [(each.value, words) for each, words in KINDS.items()],
        "feelings": [(each.value, words) for each, words in FEELINGS.items()],
        "days": DAYS,
        "kept": urlencode(said),
    }
    if not form.is_valid():
        mistakes = "; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
        return render(request, "web/comments.html", {**context, "refused": mistakes}, status=422)
    try:
        context |= _found(request, form.asked(text), given.get("after", ""))
    except (InvalidError, NotFoundError) as refusal:
        return render(request, "web/comments.html", {**context, "refused": refusal.message}, status=refusal.status)
    return render(request, "web/comments.html", context)


def _found(request: PageRequest, asked: CommentsAsked, after: str) -> dict[str, Any]:
    if not request.viewer.can(Right.COMMENTS_READ):
        return {"figures": _told(queries.comment_figures(asked=asked, viewer=request.viewer))}
    found = actions.comments(asked=asked, viewer=request.viewer, limit=ON_A_PAGE, after=_place(after))
    return {
        "figures": _told(found.figures),
        "rows": [_row(each) for each in found.rows],
        "is_cut": found.is_cut,
        "following": ".".join(map(str, found.next)) if found.next else "",
        "is_first": not after,
    }


def _place(text: str) -> tuple[int, int] | None:
    """Read `instant.id` as `following` writes it; raise InvalidError."""
    if not text:
        return None
    at, _dot, number = text.partition(".")
    try:
        return int(at[:20]), int(number[:20])
    except ValueError:
        raise InvalidError("after: take it from the page before.") from None


def _told(figures: CommentFigures) -> dict[str, Any]:
    return {
        "all": figures,
        "negative": figures.negative if figures.negative and not figures.negative.is_too_few() else None,
    }


def _row(line: CommentLine) -> dict[str, Any]:
    return {
        "line": line,
        "pieces": list(_pieces(line)),
        "kind": KINDS[line.comment.kind],
        "feeling": FEELINGS[line.sentiment] if line.sentiment else "",
    }


def _pieces(line: CommentLine) -> Iterator[Piece]:
    """Cut a comment at its phrases."""
    text, at = line.comment.text, 0
    for each in line.phrases:
        if each.start > at:
            yield Piece(text=text[at : each.start])
        yield Piece(text=text[each.start : each.end], shows=each.shows)
        at = each.end
    if at < len(text):
        yield Piece(text=text[at:])
