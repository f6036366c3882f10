"""What two comparisons have in common: which sides, how often they are looked at, which steps are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import differing, rules
from sojourn.domains.journeys.contracts import Comparison, Question
from sojourn.domains.journeys.queries.completion import known_until_us
from sojourn.domains.journeys.queries.door import bounds, present_steps
from sojourn.domains.privacy.contracts import Coverage, EventFilter, Purpose
from sojourn.engine.kernels import thinning
from sojourn.engine.kernels.sides_funnel import Span
from sojourn.engine.stats.looking import Looks
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

Side = tuple[Period, EventFilter]


@dataclass(frozen=True)
class Comparing:
    """Two questions, who asks, until when events are known, and how often the answer is looked at."""

    a: Question
    b: Question
    viewer: Viewer
    purpose: Purpose
    known_us: int
    looks: Looks

    @property
    def sides(self) -> tuple[Side, Side]:
        """What privacy's door is asked for."""
        return (self.a.period, self.a.events), (self.b.period, self.b.events)

    @property
    def spans(self) -> tuple[Span, Span]:
        """Bounds of both periods."""
        a, b = bounds(self.a.period), bounds(self.b.period)
        return (a["since_us"], a["until_us"]), (b["since_us"], b["until_us"])

    def windowed(self, window_s: float, *, since: bool = True) -> tuple[Side, Side]:
        """Give the sides with what may come within a window after them, and without `since` all that came before."""
        more = timedelta(seconds=window_s)
        periods = [
            Period(since=each.since if since else None, until=None if each.until is None else each.until + more)
            for each in (self.a.period, self.b.period)
        ]
        return (periods[0], self.a.events), (periods[1], self.b.events)

    def about(self, a: Coverage, b: Coverage, both: int, many: int) -> Comparison:
        """Say what the comparison rests on."""
        return Comparison(
            a=a,
            b=b,
            both=both if both == 0 or both >= settings.SOJOURN.k_floor else None,
            tested=many,
            looks=self.looks.value,
            method=differing.spoken(self.looks, many),
        )


def comparing(
    a: Question, b: Question, *, viewer: Viewer, purpose: Purpose, looks: str | None, now: datetime | None = None
) -> Comparing:
    """Make ready for a comparison; raise InvalidError when both sides are the same or `looks` is not a word for it.

    Without `looks` a comparison is looked at daily while one of its periods still goes on, else once.
    """
    if (a.period, a.events) == (b.period, b.events):
        raise InvalidError("b: both sides are the same; choose another period or filter for one of them.")
    known_us = known_until_us(now or timezone.now(), viewer, purpose)
    return Comparing(a, b, viewer, purpose, known_us, looks_at(looks, (a.period, b.period), known_us))


def period_before(period: Period) -> Period:
    """Give the period of the same length just before; raise InvalidError for one without a beginning or an end."""
    if period.since is None or period.until is None:
        raise InvalidError("before: only a period with a beginning and an end has one before it.")
    try:
        return Period(since=period.since - (period.until - period.since), until=period.since)
    except OverflowError:
        raise InvalidError("before: the calendar does not reach that far back.") from None


def shown_on_either(asked: Comparing) -> tuple[tuple[str, ...], int]:
    """Choose the steps that most customers of the two sides had, the smaller side counting as much as the larger."""
    rules.check_explorer(steps_shown=asked.a.steps_shown, paths_shown=asked.a.paths_shown)
    weight: dict[str, float] = {}
    for question in (asked.a, asked.b):
        present = present_steps(question, asked.viewer, asked.purpose)
        everybody = max(present.value.total_customers, 1)
        for code, visitors in zip(present.value.node.tolist(), present.value.visitors.tolist(), strict=True):
            name = present.names[code]
            weight[name] = weight.get(name, 0.0) + visitors / everybody
    if not asked.a.identity_steps:
        weight = {name: share for name, share in weight.items() if name not in rules.IDENTITY_EVENTS}
    scaled = {name: round(share * 1e9) for name, share in weight.items()}
    return thinning.top_steps(scaled, asked.a.steps_shown), len(weight)


def looks_at(said: str | None, periods: tuple[Period, ...], known_us: int) -> Looks:
    """Say how often an answer is looked at; raise InvalidError for a word that does not say it."""
    if said is None:
        goes_on = any(each.until_us is None or each.until_us > known_us for each in periods)
        return Looks.DAILY if goes_on else Looks.ONCE
    if said not in list(Looks):
        raise InvalidError(f"looks: choose {' or '.join(Looks)}, not {said}.")
    return Looks(said)
