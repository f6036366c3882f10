"""What a journey question asks about, as parameters of an address."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import AfterValidator, Field

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.catalogue.contracts import Level
from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Abstraction, EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.rest.types import Instant

VALUES_MAX = 100
VALUE_MAX_CHARACTERS = 400
PATTERN_MAX_CHARACTERS = 2_000
DAYS_MAX = 36_500
DEFAULT_DAYS = 90
PER = Field(Per.CUSTOMER, description="What counts as one: a customer, or all of an account, household or company.")


def _in_use(purpose: str) -> str:
    there = [each.name for each in privacy.purposes()]
    if purpose not in there:
        raise ValueError(f"There is no such purpose; there are {', '.join(there)}.")
    return purpose


# Any purpose in use; one under contract or legal duty the door opens to roles bound to it only, and notes it.
ReadFor = Annotated[str, AfterValidator(_in_use)]


class PeriodAsked(Schema):
    """A span of time. Without `since` and `until`: the last `days` of the data (90 when none are given)."""

    since: Instant | None = Field(None, description="First instant, such as 2026-01-01T00:00:00Z.")
    until: Instant | None = Field(None, description="First instant after the period.")
    days: int | None = Field(None, ge=1, le=DAYS_MAX, description="The last days of the data instead.")


class ListedAsked(PeriodAsked):
    """A span of time and which events in it, one by one or summed up."""

    name: list[str] = Field([], max_length=VALUES_MAX, description="Event names to keep; none: all.")
    where: list[str] = Field(
        [], max_length=VALUES_MAX, description="`dimension:value` to keep, such as channel:web; repeat for more."
    )
    having: list[str] = Field(
        [], max_length=VALUES_MAX, description="Keep customers who have at least one of these events in the period."
    )


class EventsAsked(ListedAsked):
    """A span of time and which events in it, of which customers."""

    having_pattern: str = Field(
        "",
        max_length=PATTERN_MAX_CHARACTERS,
        description="Keep customers whose events in the period match a path pattern: `search -> [^buy]* -> $`.",
    )


class SeenAs(Schema):
    """What events are seen as."""

    level: Level = Field(Level.EVENTS, description="See events by their names, or as the plan's groups or kinds.")
    once: bool = Field(False, description="Whether events in a row that are seen as the same are one, the first.")
    expand: list[str] = Field([], max_length=VALUES_MAX, description="Groups and kinds to see one level lower.")


class Purposed(Schema):
    """Why the events are read: customers whose basis does not allow it are left out."""

    purpose: ReadFor = Field("analytics", description="Why the events are read; decides whose are.")


class QuestionAsked(SeenAs, EventsAsked):
    """What the explorer asks about."""

    steps_shown: int = Field(12, ge=1, le=200, description="Activities kept, most frequent first.")
    paths_shown: float = Field(0.86, gt=0, le=1, description="Share of transitions kept, most frequent first.")
    identity_steps: bool = Field(False, description="Whether identify, group and alias calls are steps too.")


def period(asked: PeriodAsked, viewer: Viewer) -> Period:
    """Give the period asked for; raise InvalidError when it ends before it begins."""
    if asked.since is None and asked.until is None:
        return privacy.recent_period(days=asked.days or DEFAULT_DAYS, viewer=viewer)
    if asked.days is not None:
        raise InvalidError("days: give either days, or since and until.")
    if asked.since is not None and asked.until is not None and asked.until <= asked.since:
        raise InvalidError("until: must lie after since.")
    return Period(since=asked.since, until=asked.until)


def event_filter(asked: ListedAsked) -> EventFilter:
    """Give the filter asked for; raise InvalidError for a `where` that is no dimension:value."""
    dimensions: dict[str, tuple[str, ...]] = {}
    for each in asked.where:
        dimension, separator, value = each.partition(":")
        if not separator or not dimension:
            raise InvalidError("where: must be dimension:value, such as channel:web.")
        dimensions[dimension] = (*dimensions.get(dimension, ()), value)
    pattern = asked.having_pattern.strip() if isinstance(asked, EventsAsked) else ""
    return EventFilter(
        names=tuple(asked.name),
        dimensions=dimensions,
        having=tuple(asked.having),
        having_pattern=pattern,
        abstraction=_abstraction(asked) if isinstance(asked, SeenAs) else Abstraction(),
    )


def _abstraction(asked: SeenAs) -> Abstraction:
    return Abstraction(level=asked.level, once=asked.once, expanded=tuple(sorted(set(asked.expand))))


def question(asked: QuestionAsked, viewer: Viewer) -> Question:
    """Give the question asked; raise InvalidError."""
    return Question(
        period=period(asked, viewer),
        events=event_filter(asked),
        steps_shown=asked.steps_shown,
        paths_shown=asked.paths_shown,
        identity_steps=asked.identity_steps,
    )
