"""The door that questions are asked through, and what most of them ask first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Protocol, TypedDict, TypeVar

from sojourn.engine.answers.words import IDENTITY_EVENTS
from sojourn.engine.kernels import thinning
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.results import Steps
from sojourn.engine.kernels.steps import StepsFold
from sojourn.engine.kernels.words import NO_CODE, Fold
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

P = TypeVar("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
C_co = TypeVar("C_co", covariant=True)
C = TypeVar("C")

STEPS_MOST = 200
LISTED = 30  # names in an error message


@dataclass(frozen=True)
class Codes:
    """The dictionary of event names that a fold's codes are read by; codes never change their meaning.

    >>> codes = Codes(names=("", "Opened", "Paid"))
    >>> codes.code("Paid"), codes.names[1], codes.code("Never seen")
    (2, 'Opened', 65535)
    """

    names: tuple[str, ...]
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values by code, for folds that group
    currencies: tuple[str, ...] = ()  # by code, for folds that add money
    shown_as: Mapping[str, str] = field(default_factory=dict)  # labels by event name, at a level of abstraction

    def code(self, name: str) -> int:
        """Give a name's code; `NO_CODE`, which no event has, for a name that was never seen."""
        return self._codes.get(name, int(NO_CODE))

    @cached_property
    def _codes(self) -> Mapping[str, int]:
        return {name: code for code, name in enumerate(self.names) if name}  # the empty text hides a name


class Answered(Protocol[R_co, C_co]):
    """A fold's value, what it rests on, and the names that its codes stand for."""

    @property
    def value(self) -> R_co: ...
    @property
    def coverage(self) -> C_co: ...
    @property
    def names(self) -> tuple[str, ...]: ...


class Looking(Protocol):
    """What a question looks at."""

    @property
    def period(self) -> Period:
        """The period that the question is about."""
        ...

    @property
    def identity_steps(self) -> bool:
        """Whether identify, group and alias calls are steps too."""
        ...

    @property
    def fewest(self) -> int:
        """Customers below which a group is not shown; 0 where everything may be."""
        ...

    @property
    def filtered(self) -> frozenset[str]:
        """The dimensions that the question filters by."""
        ...


class Door(Looking, Protocol[C_co]):
    """Events that may be asked about, as one question sees them; `C_co` is what its answers say that they rest on."""

    def known(self) -> Period:
        """Say from when until when events are known: just after the last, or now where a sender's clock ran ahead."""
        ...

    def visitors_by(self, dimension: str, period: Period) -> Mapping[str, int]:
        """Count the customers of each value of a dimension in a period; raise InvalidError for one there is not."""
        ...

    def ask(
        self,
        fold_for: Callable[[Codes], Fold[P, R]],
        *,
        period: Period,
        key: Hashable = None,
        told: Mapping[str, object] | None = None,
        keeping: tuple[str, ...] = (),
    ) -> Answered[R, C_co]:
        """Fold the events in a period that the question's filter keeps, those named `keeping` in any case.

        `key` names the fold and its parameters, `told` are they as people read them.
        """
        ...


AnyDoor = Door[Any]


class Bounds(TypedDict):
    """A fold's period."""

    since_us: int
    until_us: int


def bounds(period: Period) -> Bounds:
    """Turn a period into a fold's bounds."""
    since, until = period.since_us, period.until_us
    return Bounds(since_us=FIRST_INSTANT if since is None else since, until_us=LAST_INSTANT if until is None else until)


def known_codes(codes: Codes, names: tuple[str, ...]) -> list[int]:
    """Give the codes of events that people named; raise InvalidError for a name that no event is seen as."""
    for name in names:
        if (label := codes.shown_as.get(name, name)) != name:
            raise InvalidError(f"{name} is seen as {label} at this level; ask for {label}, or at the level events.")
        if codes.code(name) == int(NO_CODE):
            there = sorted(filter(None, codes.names))
            near = get_close_matches(name, there, 3, 0.6)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {listed(there)}."
            raise InvalidError(f"No event is called {name}. {hint}")
    return [codes.code(name) for name in names]


def counted_codes(codes: Codes, names: tuple[str, ...], *, identity_steps: bool) -> list[int]:
    """Give the codes of the events named; of all when none are, but for what only says who somebody is."""
    if names:
        return known_codes(codes, names)
    hidden = frozenset() if identity_steps else IDENTITY_EVENTS
    return [code for code, name in enumerate(codes.names) if name and name not in hidden]


def dimension_values(codes: Codes, name: str) -> tuple[str, ...]:
    """Give a dimension's values by code; raise InvalidError for one that there is not."""
    if name not in codes.dimensions:
        raise InvalidError(f"by: there is no dimension {name}; there are {listed(sorted(codes.dimensions))}.")
    return codes.dimensions[name]


def present_steps(door: Door[C], period: Period | None = None) -> Answered[Steps, C]:
    """Count the events that the question is about, by name."""
    period = door.period if period is None else period
    return door.ask(lambda _: StepsFold(**bounds(period)), period=period, key=("journeys.steps",))


def visitors_of(door: AnyDoor, period: Period | None = None) -> dict[str, int]:
    """Count the customers of each step that the question is about."""
    present = present_steps(door, period)
    found = zip(present.value.node.tolist(), present.value.visitors.tolist(), strict=True)
    hidden = frozenset() if door.identity_steps else IDENTITY_EVENTS
    return {present.names[code]: customers for code, customers in found if present.names[code] not in hidden}


def shown_steps(door: AnyDoor, steps_shown: int, period: Period | None = None) -> tuple[tuple[str, ...], int]:
    """Choose the steps that most customers had, and say how many there are in all; raise InvalidError."""
    check_steps(steps_shown)
    visitors = visitors_of(door, period)
    return thinning.top_steps(visitors, steps_shown), len(visitors)


def check_steps(steps_shown: int) -> None:
    """Raise InvalidError for a number of steps that cannot be shown."""
    if not 1 <= steps_shown <= STEPS_MOST:
        raise InvalidError(f"steps: choose 1 to {STEPS_MOST} steps, not {steps_shown}.")


def listed(names: list[str]) -> str:
    """Write names one after the other, the first thirty."""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return (", ".join(names[:LISTED]) or "none") + more
