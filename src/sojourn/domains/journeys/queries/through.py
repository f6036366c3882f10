"""Privacy's door, as the questions of `engine.answers` go through it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from django.conf import settings
from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers import queries as customers
from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Answer, Codes, EventFilter, Purpose, SidesAnswer
from sojourn.engine.kernels.words import Fold
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, instant, micros

P = TypeVar("P")
R = TypeVar("R")
SAID: Final[Mapping[Per, str]] = {
    Per.ACCOUNT: "each account with all events of its holders; who holds none alone",
    Per.HOUSEHOLD: "each household with all events of its members; who is in none alone",
    Per.COMPANY: "each company with all events of its people; who is in none alone",
}


@dataclass(frozen=True)
class Looked:
    """What a question looks at."""

    question: Question

    @property
    def period(self) -> Period:
        """The question's period."""
        return self.question.period

    @property
    def identity_steps(self) -> bool:
        """Whether identify, group and alias calls are steps too."""
        return self.question.identity_steps

    @property
    def fewest(self) -> int:
        """The k floor."""
        return settings.SOJOURN.k_floor

    @property
    def filtered(self) -> frozenset[str]:
        """The dimensions that the question filters by."""
        return frozenset(self.question.events.dimensions)


@dataclass(frozen=True)
class Through(Looked):
    """One question of a viewer for a purpose; `engine.answers.door.Door` says what each of it means."""

    viewer: Viewer
    purpose: Purpose
    now: datetime | None = None
    per: Per = Per.CUSTOMER

    def known(self) -> Period:
        """Say from when until when events are known: just after the last, or now where a sender's clock ran ahead."""
        return known_span(self.now, self.viewer, self.purpose)

    def visitors_by(self, dimension: str, period: Period) -> Mapping[str, int]:
        """Count the customers of each value of a dimension; raise InvalidError for one that there is not."""
        terms = privacy.vocabulary(period=period, purpose=self.purpose, viewer=self.viewer).dimensions
        if dimension not in terms:
            there = ", ".join(sorted(terms)) or "none"
            raise InvalidError(f"by: there is no dimension {dimension}; there are {there}.")
        return {term.name: term.customers for term in terms[dimension]}

    def ask(
        self,
        fold_for: Callable[[Codes], Fold[P, R]],
        *,
        period: Period,
        key: Hashable = None,
        told: Mapping[str, object] | None = None,
        keeping: tuple[str, ...] = (),
    ) -> Answer[R]:
        """Fold what viewer and purpose may see, of groups in the place of customers where the question is per group."""
        # What ends after the period was begun in it, by whoever belongs to the group when it ends.
        span = Period(since=self.question.period.since, until=period.until)
        return privacy.ask(
            fold_for=fold_for,
            period=period,
            events=kept_too(self.question.events, keeping),
            purpose=self.purpose,
            viewer=self.viewer,
            key=key,
            told=told if self.per is Per.CUSTOMER else {"counted as one": SAID[self.per], **(told or {})},
            groups=customers.groups(self.per),
            span=span,
        )


@dataclass(frozen=True)
class ThroughBoth:
    """Two questions of a viewer for a purpose; `engine.answers.sides.Sides` says what each of it means."""

    a: Through
    b: Through

    def ask(
        self,
        fold_for: Callable[[Codes], Fold[P, R]],
        *,
        periods: tuple[Period, Period],
        key: Hashable,
        told: Mapping[str, object] | None = None,
    ) -> SidesAnswer[R]:
        """Fold what viewer and purpose may see of both sides."""
        return privacy.ask_sides(
            fold_for=fold_for,
            a=(periods[0], self.a.question.events),
            b=(periods[1], self.b.question.events),
            purpose=self.a.purpose,
            viewer=self.a.viewer,
            key=key,
            told=told,
        )


def kept_too(events: EventFilter, names: tuple[str, ...]) -> EventFilter:
    """Let a filter by name keep these names, too."""
    return replace(events, names=tuple(dict.fromkeys((*events.names, *names)))) if events.names and names else events


def known_span(now: datetime | None, viewer: Viewer, purpose: Purpose) -> Period:
    """Say from when until when events are known: just after the last, or now where a sender's clock ran ahead."""
    fresh, now = privacy.freshness(purpose=purpose, viewer=viewer), now or timezone.now()
    if fresh.first_at is None or fresh.last_at is None:
        return Period(since=now, until=now)
    return Period(since=fresh.first_at, until=instant(min(micros(fresh.last_at) + 1, micros(now))))
