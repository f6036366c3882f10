"""Figures: a KPI over a period, whole or by part, with its change against the period before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import cast

from django.conf import settings

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import queries as customers
from sojourn.domains.customers.contracts import CustomerState, Per
from sojourn.domains.metrics import rules
from sojourn.domains.metrics.contracts import Figure, Wanted
from sojourn.domains.metrics.queries import endings, surveys
from sojourn.domains.metrics.queries.kpis import kpi as kpi_of
from sojourn.domains.metrics.rules import Estimate
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Coverage, EventFilter, Purpose
from sojourn.domains.privacy.queries import Reading
from sojourn.engine.stats.looking import Looks
from sojourn.kit.errors import ConflictError, InvalidError
from sojourn.kit.period import Period

ALL_EVENTS = EventFilter()
DAY_SECONDS = 86_400


class NotComputedError(ConflictError):
    """The KPI is defined, but this release does not compute it."""

    code = "not_computed"


@dataclass(frozen=True)
class _Asking:
    """Who asks, why, and about which events."""

    viewer: Viewer
    purpose: Purpose
    events: EventFilter
    per: Per
    state: CustomerState | None
    looks: Looks


def figure(
    *,
    kpi: str,
    period: Period,
    viewer: Viewer,
    by: str | None = None,
    journey: str | None = None,
    events: EventFilter = ALL_EVENTS,
    purpose: Purpose = Purpose.ANALYTICS,
    per: Per = Per.CUSTOMER,
    state: CustomerState | None = None,
    looks: Looks = Looks.ONCE,
) -> tuple[Figure, ...]:
    """Compute a KPI over a period.

    Survey KPIs: one figure for each scale that was answered on, the KPI's own first, else the most answered one;
    `by` unit, channel, product, survey, agent or month gives one for each part. Journey KPIs: one for each named
    journey; with `journey` one for it, or `by` unit, channel, product, source or month. The change is against the
    period of the same length just before (none for an open period or months), tested as one family: as two finished
    periods, or, with `looks` daily, as moving windows that somebody looks at again and again.

    Told `per` account, household or company, each of them counts where the KPI says customer; an answer counts for
    each that its customer was in at the time, a journey is the group's whoever of it begins and ends it, and who is in
    none counts alone. With a `state` only customers, prospects or anonymous visitors count. Raise NotFoundError,
    NotComputedError, or InvalidError for a breakdown there is not, and for a KPI of journeys of a state.
    """
    wanted = Wanted(kpi=kpi, period=period, by=by, journey=journey)
    return figures(wanted=(wanted,), viewer=viewer, events=events, purpose=purpose, per=per, state=state, looks=looks)[
        0
    ]


def figures(
    *,
    wanted: Sequence[Wanted],
    viewer: Viewer,
    events: EventFilter = ALL_EVENTS,
    purpose: Purpose = Purpose.ANALYTICS,
    per: Per = Per.CUSTOMER,
    state: CustomerState | None = None,
    looks: Looks = Looks.ONCE,
) -> tuple[tuple[Figure, ...], ...]:
    """Compute several figures, reading the answers to surveys once; each as `figure` does.

    An answer may be as old as the setting `figure_age_seconds` says; its coverage says how old.
    """
    for each in wanted:
        if not kpi_of(kpi_id=each.kpi).computed:
            raise NotComputedError(f"{kpi_of(kpi_id=each.kpi).name} is defined, but not computed in this release.")
        if each.kpi not in rules.SURVEY_KPIS and state is not None:
            raise InvalidError(f"state: {kpi_of(kpi_id=each.kpi).name} is told of all customers only; leave it out.")
    asking = _Asking(viewer, purpose, events, per, state, looks)
    accounts = 0 if per is Per.CUSTOMER and state is None else customers.accounts_version()
    return privacy.remembered(
        key=("metrics.figures", tuple(wanted), viewer.can(Right.CUSTOMERS_LIST), per, state, accounts, looks),
        make=lambda: _computed(tuple(wanted), asking),
        events=events,
        purpose=purpose,
        viewer=viewer,
        fields={each.by for each in wanted if each.by is not None},
    )


def _computed(wanted: tuple[Wanted, ...], asking: _Asking) -> tuple[tuple[Figure, ...], ...]:
    with _answers(wanted, asking) as answers:
        return tuple(_figure(each, asking, answers) for each in wanted)


def _answers(wanted: tuple[Wanted, ...], asking: _Asking) -> AbstractContextManager[Reading | None]:
    """Read what all survey KPIs among those wanted rest on."""
    asked = [each for each in wanted if each.kpi in rules.SURVEY_KPIS]
    if not asked:
        return nullcontext()
    return privacy.reading(
        event=surveys.ANSWER,
        fields=surveys.fields(each.by for each in asked),
        where={surveys.KIND: tuple(sorted({each.kpi for each in asked}))},
        period=rules.hull([period for each in asked for period in (each.period, _before(each)) if period]),
        events=asking.events,
        purpose=asking.purpose,
        viewer=asking.viewer,
        groups=customers.groups(asking.per),
        among=None if asking.state is None else customers.in_state(asking.state),
    )


def _figure(wanted: Wanted, asking: _Asking, answers: Reading | None) -> tuple[Figure, ...]:
    now, coverage = _estimates(wanted, wanted.period, asking, answers)
    earlier = _before(wanted)
    before = [] if earlier is None else _estimates(wanted, earlier, asking, answers)[0]
    if wanted.by is not None and not asking.viewer.can(Right.CUSTOMERS_LIST):
        fewest = settings.SOJOURN.k_floor
        now, before = rules.above_floor(now, fewest=fewest), rules.above_floor(before, fewest=fewest)
    if coverage is None:
        coverage = surveys.coverage(kpi=wanted.kpi, period=wanted.period, answers=cast(Reading, answers))
    how = rules.FINISHED if earlier is None else rules.Compared(asking.looks, _days(earlier))
    return rules.figures(kpi_of(kpi_id=wanted.kpi), now, before, coverage, how)


def _estimates(
    wanted: Wanted, period: Period, asking: _Asking, answers: Reading | None
) -> tuple[list[Estimate], Coverage | None]:
    if wanted.kpi in rules.SURVEY_KPIS:
        assert answers is not None
        return surveys.estimates(kpi=wanted.kpi, period=period, by=wanted.by, answers=answers, per=asking.per), None
    return endings.estimates(
        kpi=wanted.kpi,
        journey=wanted.journey,
        period=period,
        by=wanted.by,
        events=asking.events,
        viewer=asking.viewer,
        purpose=asking.purpose,
        per=asking.per,
    )


def _before(wanted: Wanted) -> Period | None:
    period = wanted.period
    if wanted.by == "month" or period.since is None or period.until is None:
        return None
    return Period(since=period.since - (period.until - period.since), until=period.since)


def _days(period: Period) -> float:
    assert period.since is not None and period.until is not None
    return (period.until - period.since).total_seconds() / DAY_SECONDS
