"""The customers behind a number: what number it was, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sojourn.domains.journeys.contracts.funnels import FunnelOptions
from sojourn.domains.journeys.contracts.paths import PathNodeKind, PathsAsked
from sojourn.domains.journeys.contracts.retention import RetentionAsked
from sojourn.domains.privacy.contracts import Coverage


class StepPlace(StrEnum):
    """Where among a customer's events a step stands."""

    ANY = "any"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepChosen:
    """A step of the question's graph: who had it, or began or ended with it."""

    name: str
    place: StepPlace = StepPlace.ANY


@dataclass(frozen=True, kw_only=True, slots=True)
class PathChosen:
    """A path of the question's graph."""

    source: str
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantChosen:
    """A variant of the question: all of its steps."""

    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternChosen:
    """A path pattern."""

    pattern: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BranchChosen:
    """A node of a tree of paths: the steps to it from the root, which is not among them, and its kind.

    Of an end, or of others, the steps are those to the node before.
    """

    asked: PathsAsked
    way: tuple[str, ...]
    kind: PathNodeKind = PathNodeKind.STEP


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelChosen:
    """A step of a funnel, from 1: who reached it or, with `lost`, got no further; of one group when `part` is given.

    A part is a value of the dimension that the options break down by, "" for none.
    """

    steps: tuple[tuple[str, ...], ...]
    window_days: float
    step: int
    lost: bool = False
    part: str | None = None
    options: FunnelOptions = FunnelOptions()


@dataclass(frozen=True, kw_only=True, slots=True)
class CellChosen:
    """A cell of a retention: the cohort by a day in it, and the column from 0; without one the whole cohort."""

    asked: RetentionAsked
    cohort: date
    column: int | None = None


Chosen = StepChosen | PathChosen | VariantChosen | PatternChosen | BranchChosen | FunnelChosen | CellChosen


@dataclass(frozen=True, kw_only=True, slots=True)
class StripEvent:
    """One event of a customer, in seconds from the first event of what was chosen."""

    name: str
    offset_s: float
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerRow:
    """One customer, pseudonymous: events in the question, and those around what was chosen.

    `customer` is the number that lists of events know, as text; `token` is short, for people to tell rows apart.
    """

    customer: str
    token: str
    events: int
    first_at: datetime
    last_at: datetime
    strip: tuple[StripEvent, ...]
    earlier: int  # events before the strip
    later: int  # and after it


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerPage:
    """Some of the customers behind a number, in the order of their numbers, which are random.

    `too_few`: they are fewer than the k floor, so none is listed. `before` counts those on earlier pages; `next` is
    the place after which the following page begins, None on the last.
    """

    total: int
    before: int
    rows: tuple[CustomerRow, ...]
    next: str | None
    too_few: bool
    pattern: str | None  # the path pattern that finds the same customers among the steps shown
    coverage: Coverage
