"""How named journeys end: completed, with another outcome, abandoned, or still open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys.contracts import Completion, Question
from sojourn.domains.journeys.queries.door import as_they_are
from sojourn.domains.journeys.queries.named import journey as named
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.answers import completion as answers
from sojourn.engine.answers.floors import shown
from sojourn.engine.answers.words import resting
from sojourn.kit.period import Period


def completion(
    *,
    slug: str,
    period: Period,
    viewer: Viewer,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    per: Per = Per.CUSTOMER,
    now: datetime | None = None,
) -> Completion:
    """Say how the journeys begun in a period ended; raise NotFoundError for a journey nobody saved."""
    return completions(slug=slug, period=period, viewer=viewer, events=events, purpose=purpose, per=per, now=now)[0]


def completions(
    *,
    slug: str,
    period: Period,
    viewer: Viewer,
    by: str | None = None,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    per: Per = Per.CUSTOMER,
    now: datetime | None = None,
    floored: bool = True,
) -> tuple[Completion, ...]:
    """Say how the journeys begun in a period ended, by a dimension of their start event or by `month`.

    Without `by` there is one part. Parts in which none was started are left out, and for a viewer who may not list
    customers those of fewer than the k floor, and what would tell them by subtraction. Told `per` account, household
    or company, a journey is the group's: whoever of it begins one and whoever ends it; the floor then counts sets of
    groups that share nobody, so that each has people of its own. Raise NotFoundError, or InvalidError for a dimension
    there is not, a breakdown by month of an open period, or a path pattern per group. Who adds parts up before they are
    shown asks for all (not `floored`).
    """
    journey = named(slug=slug, viewer=viewer)
    door = Through(Question(period=period, events=as_they_are(events)), viewer, purpose, now, per)
    parts, coverage = answers.completions(door, journey, by=by)
    found = tuple(
        resting(
            Completion,
            each.figures,
            journey=journey.slug,
            completed_clusters=each.completed,
            abandoned_clusters=each.abandoned,
            coverage=replace(coverage, period=period),
        )
        for each in parts
    )
    if by is None or not floored or viewer.can(Right.CUSTOMERS_LIST):
        return found
    kept = shown([each.starters for each in parts], fewest=door.fewest)
    return tuple(each for each, is_kept in zip(found, kept, strict=True) if is_kept)
