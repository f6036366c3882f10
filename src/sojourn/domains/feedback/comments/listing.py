"""The feedback hub: which comments fit, in which order, and their figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.conf import settings

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.feedback.comments import wording
from sojourn.domains.feedback.comments.columns import Columns, columns
from sojourn.domains.feedback.comments.opening import comment_of
from sojourn.domains.feedback.contracts import (
    CommentFigures,
    CommentLine,
    CommentsAsked,
    CommentsPage,
    Phrase,
    ScoreFigure,
)
from sojourn.domains.feedback.models import CommentRow
from sojourn.domains.privacy import queries as privacy
from sojourn.engine.kernels.words import Flags, Floats, Int64s
from sojourn.engine.stats import intervals
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.text.words import NEGATIVE_UNTIL, POSITIVE_FROM, Sentiment
from sojourn.kit import sealing
from sojourn.kit.errors import InvalidError

LIMIT_MOST: Final = 200
EXACT: Final = ("source", "survey", "channel", "touchpoint", "language")
Place = tuple[int, int]  # instant in microseconds, id


@dataclass(frozen=True)
class Found:
    """The comments that fit: places in the columns, and whose each is."""

    columns: Columns
    places: Int64s
    customer: Int64s
    is_cut: bool


def comments(*, asked: CommentsAsked, viewer: Viewer, limit: int = 50, after: Place | None = None) -> CommentsPage:
    """List comments with their texts, newest first, and the figures of all that fit; audited.

    Raise ForbiddenError below the right to read comments, NotFoundError for a customer who is not there for the
    viewer, and InvalidError for what cannot be asked.
    """
    viewer.require(Right.COMMENTS_READ)
    if not 1 <= limit <= LIMIT_MOST:
        raise InvalidError(f"limit: choose 1 to {LIMIT_MOST} comments.")
    found = _found(asked, viewer.within(Right.COMMENTS_READ))
    order = _newest(found, limit, after)
    rows = tuple(_lines(found, order[:limit], knows_whose=_may_know_whose(viewer)))
    access.audit(
        viewer=viewer,
        what="comments.read",
        on=f"customer:{asked.customer}" if asked.customer is not None else "comments",
        purpose=asked.purpose.value,
        comments=str(len(found.places)),
        listed=str(len(rows)),
        searched="yes" if asked.text else "",
    )
    last = found.places[order[limit - 1]] if len(order) > limit else None
    held = found.columns
    return CommentsPage(
        rows=rows,
        figures=_figures(found),
        is_cut=found.is_cut,
        next=None if last is None else (int(held.at_us[last]), int(held.id[last])),
    )


def comment_figures(*, asked: CommentsAsked, viewer: Viewer) -> CommentFigures:
    """Count comments, without their texts; of fewer customers than the privacy minimum nothing is told.

    Raise ForbiddenError below the right to see figures, or to search or to choose one customer without the right to
    read comments: what a word or a number finds says what somebody wrote. Raise InvalidError as `comments` does.
    """
    right = Right.COMMENTS_READ if asked.text or asked.customer is not None else Right.FIGURES_READ
    viewer.require(right)
    figures = _figures(_found(asked, viewer.within(right)))
    if figures.customers < settings.SOJOURN.k_floor:
        return CommentFigures(comments=0, customers=0, read=0, negative=None, scores=(), too_few=True)
    return figures


def _found(asked: CommentsAsked, viewer: Viewer) -> Found:
    held = columns()
    door = privacy.readable(held.rows, purpose=asked.purpose, viewer=viewer)
    fits = door.rows & _asked(held, asked)
    is_cut = False
    if asked.customer is not None:
        if not _may_know_whose(viewer):
            viewer.require(Right.CUSTOMERS_LIST)
        fits &= door.customer == privacy.require_reachable(asked.customer, purpose=asked.purpose, viewer=viewer)
    if asked.text:
        hits = wording.find(asked.text)
        fits &= np.isin(held.id, hits.ids)
        is_cut = hits.is_cut
    places = np.flatnonzero(fits)
    return Found(held, places, door.customer[places], is_cut)


def _may_know_whose(viewer: Viewer) -> bool:
    return viewer.can(Right.CUSTOMERS_LIST) or viewer.can(Right.CUSTOMERS_READ)


def _asked(held: Columns, asked: CommentsAsked) -> Flags:
    fits = np.ones(len(held), np.bool_)
    if asked.period.since_us is not None:
        fits &= held.at_us >= asked.period.since_us
    if asked.period.until_us is not None:
        fits &= held.at_us < asked.period.until_us
    if asked.kind is not None:
        fits &= held.among("kind", [asked.kind.value])
    for name in EXACT:
        if value := getattr(asked, name):
            fits &= held.among(name, [value])
    if asked.unit:
        fits &= privacy.lying_in(held.rows, [asked.unit])
    if asked.score_from is not None:
        fits &= held.score >= asked.score_from
    if asked.score_to is not None:
        fits &= held.score <= asked.score_to
    if asked.sentiment is not None:
        fits &= _feels(held.sentiment, asked.sentiment)
    return fits


def _feels(score: Floats, sentiment: Sentiment) -> Flags:
    if sentiment is Sentiment.NEGATIVE:
        found: Flags = score <= NEGATIVE_UNTIL
    elif sentiment is Sentiment.POSITIVE:
        found = score >= POSITIVE_FROM
    else:
        found = (score > NEGATIVE_UNTIL) & (score < POSITIVE_FROM)
    return found


def _newest(found: Found, limit: int, after: Place | None) -> Int64s:
    """Give positions in `places` of the newest behind `after`: one more than the page where there are more."""
    at, number = found.columns.at_us[found.places], found.columns.id[found.places]
    front = np.arange(len(at))
    if after is not None:
        front = np.flatnonzero((at < after[0]) | ((at == after[0]) & (number < after[1])))
    if len(front) > limit + 1:
        oldest = np.partition(at[front], -(limit + 1))[-(limit + 1)]
        front = front[at[front] >= oldest]
    order: Int64s = front[np.lexsort((-number[front], -at[front]))][: limit + 1]
    return order


def _lines(found: Found, order: Int64s, *, knows_whose: bool) -> Iterator[CommentLine]:
    """Open comments; one that was deleted since the columns were read is left out."""
    numbers = found.columns.id[found.places[order]].tolist()
    rows, sealer = CommentRow.objects.in_bulk(numbers), sealing.sealer(settings.SOJOURN)
    for number, customer in zip(numbers, found.customer[order].tolist(), strict=True):
        if number in rows:
            row = rows[number]
            yield CommentLine(
                comment=comment_of(row, sealer),
                customer=customer if knows_whose else None,
                sentiment=None if row.sentiment is None else Sentiment.of(row.sentiment),
                aspects=tuple(dict.fromkeys(each["aspect"] for each in row.findings.get("aspects", ()))),
                phrases=phrases(row.findings),
                is_read=row.model != "",
            )


def phrases(findings: dict[str, Any]) -> tuple[Phrase, ...]:
    """Give the phrases of findings in order; where two overlap, the one that begins first, or is longer.

    >>> [each.shows for each in phrases({"aspects": [{"phrase": [0, 5], "score": -0.9}], "churn": [3, 9]})]
    ['negative']
    """
    some = [Phrase(start=a, end=b, shows=shows) for shows in ("churn", "urgency") for a, b in _spans(findings, shows)]
    for each in findings.get("aspects", ()):
        start, end = each["phrase"]
        some.append(Phrase(start=start, end=end, shows=Sentiment.of(each["score"]).value))
    kept: list[Phrase] = []
    for phrase in sorted(some, key=lambda each: (each.start, -each.end)):
        if phrase.start < phrase.end and (not kept or phrase.start >= kept[-1].end):
            kept.append(phrase)
    return tuple(kept)


def _spans(findings: dict[str, Any], name: str) -> list[tuple[int, int]]:
    return [(findings[name][0], findings[name][1])] if name in findings else []


def _figures(found: Found) -> CommentFigures:
    held, places = found.columns, found.places
    whose, customer = np.unique(found.customer, return_inverse=True)
    felt = held.sentiment[places]
    is_read = ~np.isnan(felt)
    negative = _clusters(customer[is_read], (felt[is_read] <= NEGATIVE_UNTIL).astype(np.float64), len(whose))
    return CommentFigures(
        comments=len(places),
        customers=len(whose),
        read=int(is_read.sum()),
        negative=intervals.proportion(negative) if negative.n else None,
        scores=tuple(_scores(found, customer, len(whose))),
    )


def _scores(found: Found, customer: Int64s, customers: int) -> Iterator[ScoreFigure]:
    held, places = found.columns, found.places
    score = held.score[places]
    has = np.flatnonzero(~np.isnan(score))
    kinds = [held.codes[name][places[has]] for name in ("measure", "scale", "direction")]
    sizes = [max(len(held.texts[name]), 1) for name in ("measure", "scale", "direction")]
    together = np.ravel_multi_index(kinds, sizes) if len(has) else np.zeros(0, np.int64)
    for one in np.unique(together).tolist():
        those = has[together == one]
        codes = np.unravel_index(one, sizes)
        measure, scale, direction = (
            held.texts[name][int(code)] for name, code in zip(("measure", "scale", "direction"), codes, strict=True)
        )
        mean = intervals.mean(_clusters(customer[those], score[those], customers))
        yield ScoreFigure(measure=measure, scale=scale, direction=direction, mean=mean, comments=len(those))


def _clusters(customer: Int64s, value: Floats, customers: int) -> Clusters:
    """Sum up values by customer, numbered from 0."""
    n = np.bincount(customer, minlength=customers).astype(np.float64)
    k = np.bincount(customer, weights=value, minlength=customers)
    return Clusters(
        customers=int((n > 0).sum()),
        n=float(n.sum()),
        k=float(k.sum()),
        nn=float((n * n).sum()),
        kk=float((k * k).sum()),
        nk=float((n * k).sum()),
    )
