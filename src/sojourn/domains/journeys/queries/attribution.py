"""Attribution: which touchpoints the conversions of an outcome are credited to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import (
    AttributionAsked,
    AttributionTable,
    Question,
    Share,
    Touchpoint,
    TouchpointCredit,
)
from sojourn.domains.journeys.queries.door import bounds, known_codes, present_steps
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, Coverage, Purpose
from sojourn.engine.kernels.attribution import AttributionFold, AttributionPartial, AttributionSums
from sojourn.engine.kernels.thinning import top_steps
from sojourn.engine.kernels.words import Int64s, Slice
from sojourn.engine.stats.attribution import MODELS, Credit, assisted, credited
from sojourn.engine.stats.intervals import Interval
from sojourn.kit.errors import InvalidError
from sojourn.kit.money import SCALE
from sojourn.kit.period import Period, micros

TOUCHPOINTS_SHOWN: Final = 12
OTHER: Final = "(other)"


def attribution(
    *,
    asked: AttributionAsked,
    question: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> AttributionTable:
    """Credit the conversions of the question's period to touchpoints, by every model.

    Touches may lie before the period, by up to the window. Raise InvalidError for what cannot be asked, or an event,
    dimension or currency that was never seen.
    """
    rules.check_attribution(asked)
    window, half_life = timedelta(days=asked.window_days), timedelta(days=asked.half_life_days)
    read = _widened(question.period, window)
    names, rest = _touchpoints(asked, replace(question, period=read), viewer, purpose)
    as_of_us = _known_until_us(now or timezone.now(), viewer, purpose)

    def fold_for(codes: Codes) -> AttributedFold:
        return AttributedFold(
            AttributionFold(
                outcomes=known_codes(codes, asked.outcome),
                touchpoints=_numbers(asked, codes, names, rest),
                by=asked.by or None,
                touches=_touching(asked, question, codes) if asked.by else None,
                window_us=window // timedelta(microseconds=1),
                half_life_us=half_life // timedelta(microseconds=1),
                collapse=asked.collapse,
                currency=_currency(asked, codes),
                as_of_us=as_of_us,
                **bounds(question.period),
            )
        )

    answer = privacy.ask(
        fold_for=fold_for,
        period=read,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.attribution", asked, question.period, question.identity_steps, names, rest, as_of_us),
        told={
            "outcome": asked.outcome,
            "touchpoints": names,
            "touchpoints are": f"values of {asked.by}" if asked.by else "events",
            "window in days": asked.window_days,
            "half-life in days": asked.half_life_days,
            "conversions": question.period,
        },
    )
    coverage = replace(answer.coverage, period=question.period)
    shown = (*names, OTHER) if rest else names
    return _table(asked, shown, answer.value, (window, half_life), coverage)


@dataclass(frozen=True)
class _Attributed:
    """Sums, and the credits worked out of them."""

    sums: AttributionSums
    credits: dict[str, tuple[Credit, ...]]
    touched: Int64s


@dataclass(frozen=True)
class AttributedFold:
    """The fold with its models, so that an answer that is kept has both."""

    sums: AttributionFold

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
        return _Attributed(sums, credited(sums), assisted(sums))


def _touchpoints(
    asked: AttributionAsked, question: Question, viewer: Viewer, purpose: Purpose
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the touchpoints' names, and those brought together as one more: the rare ones, below the k floor too."""
    if asked.touchpoints:
        return asked.touchpoints, ()
    if not asked.by:
        present = present_steps(question, viewer, purpose)
        found = zip(present.value.node.tolist(), present.value.visitors.tolist(), strict=True)
        hidden = set(asked.outcome) | (set() if question.identity_steps else rules.IDENTITY_EVENTS)
        visitors = {present.names[code]: customers for code, customers in found if present.names[code] not in hidden}
        frequent = {name: customers for name, customers in visitors.items() if customers >= settings.SOJOURN.k_floor}
        return top_steps(frequent, TOUCHPOINTS_SHOWN), ()
    terms = privacy.vocabulary(period=question.period, purpose=purpose, viewer=viewer).dimensions
    if asked.by not in terms:
        raise InvalidError(f"by: there is no dimension {asked.by}; there are {', '.join(sorted(terms)) or 'none'}.")
    visitors = {term.name: term.customers for term in terms[asked.by] if term.name}
    frequent = {name: customers for name, customers in visitors.items() if customers >= settings.SOJOURN.k_floor}
    shown = top_steps(frequent, TOUCHPOINTS_SHOWN)
    if len(shown) < len(visitors):
        shown = shown[: TOUCHPOINTS_SHOWN - 1]
    return shown, tuple(sorted(set(visitors) - set(shown)))


def _numbers(asked: AttributionAsked, codes: Codes, names: Sequence[str], rest: Sequence[str]) -> dict[int, int]:
    """Number the touchpoints by code; raise InvalidError where there are none."""
    if not names and not rest:
        raise InvalidError("touchpoints: nothing but the outcome happened in this period; choose another one.")
    if not asked.by:
        return {code: place for place, code in enumerate(known_codes(codes, tuple(names)))}
    if asked.by not in codes.dimensions:
        raise InvalidError(f"by: there is no dimension {asked.by}; there are {', '.join(sorted(codes.dimensions))}.")
    values = {value: code for code, value in enumerate(codes.dimensions[asked.by]) if value}
    if unknown := [name for name in names if name not in values]:
        raise InvalidError(f"touchpoints: no event has the {asked.by} {', '.join(unknown)}.")
    numbers = {values[name]: place for place, name in enumerate(names)}
    return numbers | {values[name]: len(names) for name in rest if name in values}


def _touching(asked: AttributionAsked, question: Question, codes: Codes) -> list[int]:
    """Give the events that touch a value of a dimension: all but the outcome and who somebody is."""
    hidden = set(asked.outcome) | (set() if question.identity_steps else rules.IDENTITY_EVENTS)
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


def _known_until_us(now: datetime, viewer: Viewer, purpose: Purpose) -> int:
    """Say until when events are known: a microsecond after the last, or now where a sender's clock ran ahead."""
    last_at = privacy.freshness(purpose=purpose, viewer=viewer).last_at
    return 0 if last_at is None else min(micros(last_at) + 1, micros(now))


def _table(
    asked: AttributionAsked,
    names: Sequence[str],
    found: _Attributed,
    times: tuple[timedelta, timedelta],
    coverage: Coverage,
) -> AttributionTable:
    sums = found.sums
    rows = [
        Touchpoint(
            name=name,
            touched=int(found.touched[place]) if len(found.touched) else 0,
            credits={model: _credit(asked, each[place]) for model, each in found.credits.items()},
        )
        for place, name in enumerate(names)
    ]
    window, half_life = (round(each.total_seconds()) for each in times)
    return AttributionTable(
        touchpoints=tuple(sorted(rows, key=lambda row: (row.name == OTHER, -row.touched, row.name))),
        models=MODELS,
        conversions=int(sums.credited.sum()),
        direct=int(sums.direct.sum()),
        converted=int(sums.converted.sum()),
        paths=int(sums.taken[:, :, 1].sum()),
        open=int(sums.open.sum()),
        currency=asked.currency,
        value=int(sums.value.sum()) / SCALE if asked.currency else None,
        unvalued=int(sums.unvalued.sum()) if asked.currency else 0,
        window_s=window,
        half_life_s=half_life,
        coverage=coverage,
    )


def _credit(asked: AttributionAsked, credit: Credit) -> TouchpointCredit:
    return TouchpointCredit(
        share=_share(credit.share),
        conversions=credit.conversions,
        value=credit.value / SCALE if asked.currency else None,
    )


def _share(found: Interval) -> Share:
    return Share(value=found.value, low=found.low, high=found.high, n=found.n, too_few=found.is_too_few())
