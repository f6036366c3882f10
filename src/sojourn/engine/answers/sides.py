"""The door to two sides of a comparison, and what all comparisons ask first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Protocol, TypeVar

from sojourn.engine.answers.door import C_co, Codes, Door, Looking, R_co, bounds, check_steps, present_steps
from sojourn.engine.answers.funnel import with_window
from sojourn.engine.answers.words import IDENTITY_EVENTS
from sojourn.engine.kernels import thinning
from sojourn.engine.kernels.sides.funnel import Span
from sojourn.engine.kernels.words import Fold
from sojourn.engine.stats.looking import Looks
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

C = TypeVar("C")
P = TypeVar("P")
R = TypeVar("R")


class SidesAnswered(Protocol[R_co, C_co]):
    """A fold's value about two sides, what each rests on, and the names that its codes stand for."""

    @property
    def value(self) -> R_co: ...
    @property
    def a(self) -> C_co: ...
    @property
    def b(self) -> C_co: ...
    @property
    def names(self) -> tuple[str, ...]: ...


class Sides(Protocol[C_co]):
    """Two questions of the same events; differences are side b minus side a."""

    @property
    def a(self) -> Door[C_co]: ...
    @property
    def b(self) -> Door[C_co]: ...

    def ask(
        self,
        fold_for: Callable[[Codes], Fold[P, R]],
        *,
        periods: tuple[Period, Period],
        key: Hashable,
        told: Mapping[str, object] | None = None,
    ) -> SidesAnswered[R, C_co]:
        """Fold both sides at once, in a period each: slices are of `kernels.sides`."""
        ...


def spans(sides: Sides[C]) -> tuple[Span, Span]:
    """Give the bounds of both periods."""
    a, b = bounds(sides.a.period), bounds(sides.b.period)
    return (a["since_us"], a["until_us"]), (b["since_us"], b["until_us"])


def windowed(sides: Sides[C], window_s: float, *, since: bool = True) -> tuple[Period, Period]:
    """Give the periods with what may come within a window after them, and without `since` all that came before."""
    return with_window(sides.a.period, window_s, since=since), with_window(sides.b.period, window_s, since=since)


def shown_on_either(sides: Sides[C], steps_shown: int) -> tuple[tuple[str, ...], int]:
    """Choose the steps that most customers of the two sides had, the smaller side counting as much as the larger."""
    check_steps(steps_shown)
    weight: dict[str, float] = {}
    for door in (sides.a, sides.b):
        present = present_steps(door)
        everybody = max(present.value.total_customers, 1)
        for code, visitors in zip(present.value.node.tolist(), present.value.visitors.tolist(), strict=True):
            name = present.names[code]
            weight[name] = weight.get(name, 0.0) + visitors / everybody
    if not sides.a.identity_steps:
        weight = {name: share for name, share in weight.items() if name not in IDENTITY_EVENTS}
    scaled = {name: round(share * 1e9) for name, share in weight.items()}
    return thinning.top_steps(scaled, steps_shown), len(weight)


def looks_at(said: str | None, looked: tuple[Looking, ...], known_us: int) -> Looks:
    """Say how often an answer is looked at; raise InvalidError for a word that does not say it.

    Without a word it is daily while one of the periods still goes on, else once.
    """
    if said is None:
        goes_on = any(each.period.until_us is None or each.period.until_us > known_us for each in looked)
        return Looks.DAILY if goes_on else Looks.ONCE
    if said not in list(Looks):
        raise InvalidError(f"looks: choose {' or '.join(Looks)}, not {said}.")
    return Looks(said)


def period_before(period: Period) -> Period:
    """Give the period of the same length just before; raise InvalidError for one without a beginning or an end."""
    if period.since is None or period.until is None:
        raise InvalidError("before: only a period with a beginning and an end has one before it.")
    try:
        return Period(since=period.since - (period.until - period.since), until=period.since)
    except OverflowError:
        raise InvalidError("before: the calendar does not reach that far back.") from None
