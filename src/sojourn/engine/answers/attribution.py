"""Attribution: which touchpoints the conversions of an outcome are credited to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sojourn.engine.answers.door import AnyDoor, C, Codes, Door, bounds, dimension_values, known_codes, visitors_of
from sojourn.engine.answers.funnel_asked import WINDOW_DAYS_MOST, check_window
from sojourn.engine.answers.words import IDENTITY_EVENTS, Share, share_of
from sojourn.engine.kernels.attribution import (
    TOUCHPOINTS_MOST,
    AttributionFold,
    AttributionPartial,
    AttributionSums,
)
from sojourn.engine.kernels.thinning import top_steps
from sojourn.engine.kernels.words import Slice
from sojourn.engine.stats.attribution import MODELS, RULES, Credit, credited
from sojourn.kit.errors import InvalidError
from sojourn.kit.money import SCALE
from sojourn.kit.period import Period

TOUCHPOINTS_SHOWN: Final = 12
OTHER: Final = "(other)"


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionAsked:
    """Which outcome is attributed to which touchpoints.

    Touchpoints are events, or with `by` the values of that dimension; where none are named, the most frequent. Others
    do not count. `collapse` makes touches of one touchpoint that follow one another a single one. With a `currency`
    the outcome's money in it is shared out as well. `models` are those asked for, none: all; rules alone are
    answered several times as fast as any that is estimated from all paths.
    """

    outcome: tuple[str, ...]
    touchpoints: tuple[str, ...] = ()
    by: str = ""
    window_days: float = 30
    half_life_days: float = 7
    collapse: bool = False
    currency: str = ""
    models: tuple[str, ...] = ()

    @property
    def models_asked(self) -> tuple[str, ...]:
        """Give the models asked for, in the usual order."""
        return tuple(model for model in MODELS if not self.models or model in self.models)


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchpointCredit:
    """What one model gives a touchpoint: its share of all credit, the conversions and the money."""

    share: Share
    conversions: float
    value: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Touchpoint:
    """A touchpoint: the conversions whose paths touch it at all, and its credit by each model."""

    name: str
    touched: int
    credits: dict[str, TouchpointCredit]


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionFigures:
    """An outcome attributed to touchpoints; what no touchpoint preceded is `direct` and credited to none.

    conversions + direct are all times that the outcome happened in the period; each model shares out `conversions`, and
    `value`. `paths` are ways over touchpoints that ended without a conversion; `open` ones may still convert and count
    in no model; neither is counted (None) where only rules were asked for, which do not look at them. `unvalued`
    conversions have no money in the currency.
    """

    touchpoints: tuple[Touchpoint, ...]
    models: tuple[str, ...]
    conversions: int
    direct: int
    converted: int  # customers with an attributed conversion
    paths: int | None
    open: int | None
    currency: str
    value: float | None
    unvalued: int
    window_s: int
    half_life_s: int


def attribution(door: Door[C], asked: AttributionAsked) -> tuple[AttributionFigures, C]:
    """Credit the conversions of the question's period to touchpoints, by every model asked for.

    Touches may lie before the period, by up to the window. Raise InvalidError for what cannot be asked, or an event,
    dimension or currency that was never seen.
    """
    check(asked)
    window, half_life = timedelta(days=asked.window_days), timedelta(days=asked.half_life_days)
    read = _widened(door.period, window)
    names, rest = _touchpoints(asked, door, read)
    known_us = door.known().until_us or 0

    def fold_for(codes: Codes) -> AttributedFold:
        return AttributedFold(
            AttributionFold(
                outcomes=known_codes(codes, asked.outcome),
                touchpoints=_numbers(asked, codes, names, rest),
                by=asked.by or None,
                touches=_touching(asked, door, codes) if asked.by else None,
                window_us=window // timedelta(microseconds=1),
                half_life_us=half_life // timedelta(microseconds=1),
                collapse=asked.collapse,
                currency=_currency(asked, codes),
                as_of_us=known_us,
                paths=not set(asked.models_asked) <= set(RULES),
                **bounds(door.period),
            ),
            asked.models_asked,
        )

    answer = door.ask(
        fold_for,
        period=read,
        key=("journeys.attribution", asked, door.period, door.identity_steps, names, rest, known_us),
        told={
            "outcome": asked.outcome,
            "touchpoints": names,
            "touchpoints are": f"values of {asked.by}" if asked.by else "events",
            "window in days": asked.window_days,
            "half-life in days": asked.half_life_days,
            "conversions": door.period,
            "models": asked.models_asked,
        },
    )
    shown = (*names, OTHER) if rest else names
    return _figures(asked, shown, answer.value, (window, half_life)), answer.coverage


def check(asked: AttributionAsked) -> None:
    """Raise InvalidError when an outcome cannot be attributed as asked."""
    if not asked.outcome or not all(name.strip() for name in asked.outcome):
        raise InvalidError("outcome: name at least one event.")
    if len(set(asked.touchpoints)) != len(asked.touchpoints) or not all(asked.touchpoints):
        raise InvalidError("touchpoints: name each touchpoint once.")
    if len(asked.touchpoints) > TOUCHPOINTS_MOST:
        raise InvalidError(f"touchpoints: name at most {TOUCHPOINTS_MOST}, not {len(asked.touchpoints)}.")
    if not asked.by and (both := sorted(set(asked.outcome) & set(asked.touchpoints))):
        raise InvalidError(f"touchpoints: {', '.join(both)} is the outcome; it cannot be a touchpoint, too.")
    if unknown := sorted(set(asked.models) - set(MODELS)):
        raise InvalidError(f"models: there is no {', '.join(unknown)}; choose of {', '.join(MODELS)}.")
    check_window(asked.window_days)
    if not 0 < asked.half_life_days <= WINDOW_DAYS_MOST:
        raise InvalidError(f"half-life: choose more than 0 and at most {WINDOW_DAYS_MOST} days.")


@dataclass(frozen=True)
class _Attributed:
    """Sums, and the credits worked out of them."""

    sums: AttributionSums
    credits: dict[str, tuple[Credit, ...]]


@dataclass(frozen=True)
class AttributedFold:
    """The fold with its models, so that an answer that is kept has both."""

    sums: AttributionFold
    models: tuple[str, ...]

    def start(self) -> AttributionPartial:
        """Make the sums of no customers."""
        return self.sums.start()

    def fold(self, events: Slice, partial: AttributionPartial) -> AttributionPartial:
        """Add a slice's customers."""
        return self.sums.fold(events, partial)

    def merge(self, left: AttributionPartial, right: AttributionPartial) -> AttributionPartial:
        """Add the right partial to the left."""
        return self.sums.merge(left, right)

    def finish(self, partial: AttributionPartial) -> _Attributed:
        """Work out the credits."""
        sums = self.sums.finish(partial)
        return _Attributed(sums, credited(sums, self.models))


def _touchpoints(asked: AttributionAsked, door: AnyDoor, read: Period) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the touchpoints' names, and those brought together as one more: the rare ones, below the floor too."""
    if asked.touchpoints:
        return asked.touchpoints, ()
    if not asked.by:
        visitors = {name: many for name, many in visitors_of(door, read).items() if name not in asked.outcome}
        return top_steps(_frequent(visitors, door), TOUCHPOINTS_SHOWN), ()
    visitors = {name: many for name, many in door.visitors_by(asked.by, read).items() if name}
    shown = top_steps(_frequent(visitors, door), TOUCHPOINTS_SHOWN)
    if len(shown) < len(visitors):
        shown = shown[: TOUCHPOINTS_SHOWN - 1]
    return shown, tuple(sorted(set(visitors) - set(shown)))


def _frequent(visitors: Mapping[str, int], door: AnyDoor) -> dict[str, int]:
    return {name: customers for name, customers in visitors.items() if customers >= door.fewest}


def _numbers(asked: AttributionAsked, codes: Codes, names: Sequence[str], rest: Sequence[str]) -> dict[int, int]:
    """Number the touchpoints by code; raise InvalidError where there are none."""
    if not names and not rest:
        raise InvalidError("touchpoints: nothing but the outcome happened in this period; choose another one.")
    if not asked.by:
        return {code: place for place, code in enumerate(known_codes(codes, tuple(names)))}
    values = {value: code for code, value in enumerate(dimension_values(codes, asked.by)) if value}
    if unknown := [name for name in names if name not in values]:
        raise InvalidError(f"touchpoints: no event has the {asked.by} {', '.join(unknown)}.")
    numbers = {values[name]: place for place, name in enumerate(names)}
    return numbers | {values[name]: len(names) for name in rest if name in values}


def _touching(asked: AttributionAsked, door: AnyDoor, codes: Codes) -> list[int]:
    """Give the events that touch a value of a dimension: all but the outcome and who somebody is."""
    hidden = set(asked.outcome) | (set() if door.identity_steps else IDENTITY_EVENTS)
    return [code for code, name in enumerate(codes.names) if name and name not in hidden]


def _currency(asked: AttributionAsked, codes: Codes) -> int | None:
    if not asked.currency:
        return None
    if asked.currency not in codes.currencies:
        known = ", ".join(sorted(filter(None, codes.currencies))) or "none"
        raise InvalidError(f"currency: no event has money in {asked.currency}; there are {known}.")
    return codes.currencies.index(asked.currency)


def _widened(period: Period, window: timedelta) -> Period:
    """Add the window at both ends: touches before the period, and conversions after it that end a path in it."""
    try:
        since = None if period.since is None else period.since - window
        until = None if period.until is None else period.until + window
    except OverflowError:  # near an end of the calendar, where no event lies
        return Period()
    return Period(since=since, until=until)


def _figures(
    asked: AttributionAsked, names: Sequence[str], found: _Attributed, times: tuple[timedelta, timedelta]
) -> AttributionFigures:
    sums, touched = found.sums, found.sums.touched.sum(axis=0)
    rows = [
        Touchpoint(
            name=name,
            touched=int(touched[place]),
            credits={model: _credit(asked, each[place]) for model, each in found.credits.items()},
        )
        for place, name in enumerate(names)
    ]
    window, half_life = (round(each.total_seconds()) for each in times)
    return AttributionFigures(
        touchpoints=tuple(sorted(rows, key=lambda row: (row.name == OTHER, -row.touched, row.name))),
        models=asked.models_asked,
        conversions=int(sums.credited.sum()),
        direct=int(sums.direct.sum()),
        converted=int(sums.converted.sum()),
        paths=int(sums.failed.sum()) if len(sums.failed) else None,
        open=int(sums.open.sum()) if len(sums.open) else None,
        currency=asked.currency,
        value=int(sums.value.sum()) / SCALE if asked.currency else None,
        unvalued=int(sums.unvalued.sum()) if asked.currency else 0,
        window_s=window,
        half_life_s=half_life,
    )


def _credit(asked: AttributionAsked, credit: Credit) -> TouchpointCredit:
    return TouchpointCredit(
        share=share_of(credit.share),
        conversions=credit.conversions,
        value=credit.value / SCALE if asked.currency else None,
    )
