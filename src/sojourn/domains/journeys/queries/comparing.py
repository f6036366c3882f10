"""What two comparisons have in common: which sides, and how often they are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys.contracts import Comparison, Question
from sojourn.domains.journeys.queries.through import Through, ThroughBoth
from sojourn.domains.privacy.contracts import Coverage, Purpose
from sojourn.engine.answers.comparison import Compared, F
from sojourn.engine.answers.completion import known_until_us
from sojourn.engine.answers.sides import looks_at, period_before
from sojourn.engine.answers.words import resting
from sojourn.engine.stats.looking import Looks
from sojourn.kit.errors import InvalidError

__all__ = ["Comparing", "comparing", "period_before", "rested"]


@dataclass(frozen=True)
class Comparing:
    """Both sides, until when events are known, and how often the answer is looked at."""

    sides: ThroughBoth
    known_us: int
    looks: Looks


def comparing(
    a: Question, b: Question, *, viewer: Viewer, purpose: Purpose, looks: str | None, now: datetime | None = None
) -> Comparing:
    """Make ready for a comparison; raise InvalidError when both sides are the same or `looks` is not a word for it.

    Without `looks` a comparison is looked at daily while one of its periods still goes on, else once.
    """
    if (a.period, a.events) == (b.period, b.events):
        raise InvalidError("b: both sides are the same; choose another period or filter for one of them.")
    sides = ThroughBoth(Through(a, viewer, purpose, now), Through(b, viewer, purpose, now))
    known_us = known_until_us(sides.a)
    return Comparing(sides, known_us, looks_at(looks, (sides.a, sides.b), known_us))


def rested(found: Compared[F, Coverage]) -> Comparison:
    """Say what a comparison rests on."""
    return resting(Comparison, found.rested, a=found.a, b=found.b)
