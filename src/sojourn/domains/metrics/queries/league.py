"""League tables: a KPI by the units of a level, with the ranks that each may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import queries as customers
from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.metrics import rules
from sojourn.domains.metrics.contracts import League, LeagueRow
from sojourn.domains.metrics.queries import endings, surveys
from sojourn.domains.metrics.queries.figures import NotComputedError
from sojourn.domains.metrics.queries.kpis import kpi as kpi_of
from sojourn.domains.metrics.rules import Estimate
from sojourn.domains.organisation import queries as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Coverage, EventFilter, Measure, Purpose
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

UNITS_MOST = 300


def league(
    *,
    kpi: str,
    level: str,
    period: Period,
    viewer: Viewer,
    journey: str | None = None,
    purpose: Purpose = Purpose.ANALYTICS,
    per: Per = Per.CUSTOMER,
) -> League:
    """Compare the units of a level (region, branch, ...) by a KPI, each with all units below it while they were.

    Best first, with the ranks that each may have, all at once with 95 %; those of too few customers have none. A
    viewer of some units compares those. A journey belongs to the unit of its start event. Told `per` account, household
    or company, each of them counts in the place of its customers, as `figure` has it. Raise NotFoundError,
    NotComputedError, or InvalidError for a level there is not, too many units, or a KPI of journeys without one.
    """
    defined = kpi_of(kpi_id=kpi)
    if not defined.computed:
        raise NotComputedError(f"{defined.name} is defined, but not computed in this release.")
    is_of_journeys = kpi not in rules.SURVEY_KPIS
    if is_of_journeys and journey is None:
        raise InvalidError("journey: name one; its units are compared.")
    units = _units(level, period, viewer)
    accounts = 0 if per is Per.CUSTOMER else customers.accounts_version()
    fewest = 0 if viewer.can(Right.CUSTOMERS_LIST) else settings.SOJOURN.k_floor

    def make() -> League:
        if is_of_journeys:
            found, coverage = _of_journeys(kpi, journey or "", units, period, viewer, purpose, per)
        else:
            found, coverage = _of_answers(kpi, units, period, viewer, purpose, per)
        if fewest:
            found = rules.above_floor(found, fewest=fewest)
        return replace(_ranked(kpi, found, units, coverage), level=level)

    key = ("metrics.league", kpi, level, period, journey, fewest, organisation.version(), per, accounts)
    return privacy.remembered(key=key, make=make, events=EventFilter(), purpose=purpose, viewer=viewer)


def most_told(*, period: Period, viewer: Viewer) -> str:
    """Choose the survey KPI with the most answers that name a unit, which league tables can say most about."""
    asked = Measure(event=surveys.ANSWER, group=(surveys.KIND, "unit"))
    rows = privacy.measure(measure=asked, period=period, viewer=viewer).value
    told = dict.fromkeys(rules.SURVEY_KPIS, 0)
    for row in rows:
        kind, unit = row.key
        if kind in told and unit:
            told[kind] += row.events
    return max(told, key=lambda kpi: told[kpi])


def levels() -> tuple[str, ...]:
    """List the kinds of units there are, the highest first."""
    rows = organisation.units()
    depth: dict[str, int] = {}
    parents = {unit.code: unit.parent for unit in rows}
    for unit in rows:
        steps, at = 0, unit.parent
        while at is not None and steps < len(rows):
            steps, at = steps + 1, parents.get(at)
        depth[unit.kind] = min(depth.get(unit.kind, steps), steps)
    return tuple(sorted(depth, key=lambda kind: (depth[kind], kind)))


def _units(level: str, period: Period, viewer: Viewer) -> dict[str, str]:
    """Give the names of a level's units in a period, by code, as far as the viewer sees them."""
    if level not in levels():
        raise InvalidError(f"level: choose one of {', '.join(levels()) or 'none, for there are no units'}.")
    since, until = (None if at is None else at.date() for at in (period.since, period.until))
    found = {unit.code: unit.name for unit in organisation.units() if unit.kind == level and _meets(unit, since, until)}
    if viewer.units is not None:
        mine = {code for each in organisation.stretches(viewer.units) for code in each.codes}
        found = {code: name for code, name in found.items() if code in mine}
    if len(found) > UNITS_MOST:
        raise InvalidError(f"level: {len(found):,} units are more than {UNITS_MOST}; choose a higher level.")
    return found


def _meets(unit: Unit, since: date | None, until: date | None) -> bool:
    begins_late = until is not None and unit.since is not None and unit.since > until
    return not begins_late and not (since is not None and unit.until is not None and unit.until <= since)


def _of_answers(
    kpi: str, units: Iterable[str], period: Period, viewer: Viewer, purpose: Purpose, per: Per
) -> tuple[list[Estimate], Coverage | None]:
    found, coverage = [], None
    for code in units:
        with privacy.reading(
            event=surveys.ANSWER,
            fields=surveys.fields([None]),
            where={surveys.KIND: (kpi,)},
            period=period,
            events=EventFilter(dimensions={"unit": (code,)}),
            purpose=purpose,
            viewer=viewer,
            groups=customers.groups(per),
        ) as answers:
            first = surveys.estimates(kpi=kpi, period=period, by=None, answers=answers, per=per)[0]
            coverage = coverage or surveys.coverage(kpi=kpi, period=period, answers=answers)
        found.append(replace(first, part=code))
    return found, coverage


def _of_journeys(
    kpi: str, journey: str, units: Iterable[str], period: Period, viewer: Viewer, purpose: Purpose, per: Per
) -> tuple[list[Estimate], Coverage | None]:
    sums: dict[str, Clusters] = defaultdict(lambda: Clusters.of([]))
    coverage = None
    for span, of in _spans(units, period):
        for each in journeys.completions(
            slug=journey, period=span, by="unit", viewer=viewer, purpose=purpose, per=per, floored=False
        ):
            coverage = coverage or each.coverage
            for code in of.get(each.part, ()):
                sums[code] = rules.together(sums[code], endings.clusters(kpi, each))
    return [endings.estimate(code, sums[code], per) for code in units], coverage


def _spans(units: Iterable[str], period: Period) -> list[tuple[Period, dict[str, set[str]]]]:
    """Cut a period where the tree changed, and say for each piece which of the units each unit belongs to."""
    placed = {code: organisation.stretches([code]) for code in units}
    days = {day for each in placed.values() for at in each for day in (at.since, at.until) if day is not None}
    zone = ZoneInfo(settings.SOJOURN.time_zone)
    inside = [
        at
        for at in (datetime.combine(day, time(), tzinfo=zone) for day in sorted(days))
        if (period.since is None or period.since < at) and (period.until is None or at < period.until)
    ]
    pieces = []
    for since, until in zip([period.since, *inside], [*inside, period.until], strict=True):
        day = since.astimezone(zone).date() if since else date.min
        of: dict[str, set[str]] = defaultdict(set)
        for code, stretches in placed.items():
            for at in stretches:
                if (at.since is None or at.since <= day) and (at.until is None or day < at.until):
                    for below in at.codes:
                        of[below].add(code)
        pieces.append((Period(since=since, until=until), of))
    return pieces


def _ranked(kpi: str, found: list[Estimate], names: dict[str, str], coverage: Coverage | None) -> League:
    defined = kpi_of(kpi_id=kpi)
    if coverage is None:
        return League(kpi=kpi, level="", rows=(), ranked=0)
    shown = rules.figures(defined, found, [], coverage)
    ranks = rules.ranks(found, lower_first=defined.better == "low")
    rows = [
        LeagueRow(unit=figure.part, name=names[figure.part], figure=figure, first=first, last=last)
        for figure, (first, last) in zip(shown, ranks, strict=True)
    ]
    sign = 1 if defined.better == "low" else -1
    rows.sort(key=lambda row: (row.figure.value is None, sign * (row.figure.value or 0), row.name))
    return League(kpi=kpi, level="", rows=tuple(rows), ranked=sum(first is not None for first, _ in ranks))
