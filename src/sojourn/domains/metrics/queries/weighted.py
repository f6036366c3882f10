"""Scores weighted to a known population."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.metrics.models import PopulationRow
from sojourn.domains.metrics.queries import answers as asked
from sojourn.domains.metrics.queries.kpis import kpi as kpi_of
from sojourn.domains.metrics.queries.mix import values
from sojourn.domains.metrics.queries.surveys import BY
from sojourn.domains.metrics.words import Answers, Population, WeightedScore
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import MIN_CUSTOMERS, WIDEST
from sojourn.engine.stats.weighting import rake, weighted
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import Period

ALL_EVENTS = EventFilter()
FEWEST_EFFECTIVE = MIN_CUSTOMERS


def populations() -> tuple[Population, ...]:
    """List the known populations, by name."""
    return tuple(each.contract() for each in PopulationRow.objects.order_by("name", "slug"))


def weighted_score(
    *,
    kpi: str,
    population: str,
    period: Period,
    viewer: Viewer,
    events: EventFilter = ALL_EVENTS,
    purpose: Purpose = Purpose.ANALYTICS,
) -> WeightedScore:
    """Rake a survey KPI's answers to a known population, by its slug, and give the score with its interval.

    Raise NotFoundError for a KPI or population there is not, NotComputedError for a KPI that is not of answers.
    """
    known = next((each for each in populations() if each.slug == population), None)
    if known is None:
        raise NotFoundError("There is no such population.")
    return privacy.remembered(
        key=("metrics.weighted", kpi, period, repr(known), viewer.can(Right.CUSTOMERS_LIST)),
        make=lambda: _computed(kpi, known, period, viewer, events, purpose),
        events=events,
        purpose=purpose,
        viewer=viewer,
    )


def _computed(
    kpi: str, population: Population, period: Period, viewer: Viewer, events: EventFilter, purpose: Purpose
) -> WeightedScore:
    fields = [BY.get(name, name) for name in population.margins]
    with asked.reading(kpi=kpi, fields=fields, period=period, events=events, purpose=purpose, viewer=viewer) as read:
        found = asked.on_scale(read, kpi=kpi, period=period)
        coverage = asked.coverage(read, kpi=kpi, period=period)
    groups = [_groups(found, BY.get(name, name), list(shares)) for name, shares in population.margins.items()]
    there = np.all([group >= 0 for group in groups], axis=0)
    kept = asked.narrowed(found, there)
    made = WeightedScore(
        kpi=kpi, population=population.slug, scale=found.scale, unit=kpi_of(kpi_id=kpi).unit, n=len(kept.score),
        left_out=_shown(int((~there).sum()), viewer), plain=None, value=None, low=None, high=None,
        design_effect=None, effective=None, worst=None, is_trimmed=False, method="", note="", coverage=coverage,
    )  # fmt: skip
    customers = len(np.unique(kept.customer))
    if customers < MIN_CUSTOMERS:
        return replace(made, note=f"too few to say: {customers} customers, {MIN_CUSTOMERS} are needed")
    shares = [np.array(list(each.values()), float) for each in population.margins.values()]
    return _raked(made, kept, [group[there] for group in groups], shares)


def _shown(count: int, viewer: Viewer) -> int | None:
    floor = 0 if viewer.can(Right.CUSTOMERS_LIST) else settings.SOJOURN.k_floor
    return None if 0 < count < floor else count


def _raked(made: WeightedScore, answers: Answers, groups: list[np.ndarray], shares: list[np.ndarray]) -> WeightedScore:
    score = values(answers, made.kpi)
    try:
        raked = rake(groups, shares)
    except ValueError as refusal:
        return replace(made, note=f"cannot be weighted: {refusal}")
    _, who = np.unique(answers.customer, return_inverse=True)
    n, k = np.bincount(who, raked.weights), np.bincount(who, raked.weights * score)
    interval = weighted(Clusters.of(zip(n.tolist(), k.tolist(), strict=True)), min(raked.effective, len(n)))
    made = replace(
        made,
        plain=float(score.mean()),
        design_effect=raked.design_effect,
        effective=raked.effective,
        worst=100 * raked.worst,
        is_trimmed=raked.is_trimmed,
    )
    reach = {"nps": 200.0, "csat": 100.0}.get(made.kpi, 6.0 if made.kpi == "ces_ease" else 4.0)
    if interval is None or raked.effective < FEWEST_EFFECTIVE or interval.high - interval.low >= WIDEST * reach:
        return replace(made, plain=None, note=f"too few to say: they are worth {raked.effective:.0f} equal answers")
    return replace(made, value=interval.value, low=interval.low, high=interval.high, method=interval.method)


def _groups(answers: Answers, field: str, names: list[str]) -> np.ndarray:
    """Number each answer's group in a margin, -1 where the population has none of its value."""
    place = {name: at for at, name in enumerate(names)}
    return np.array([place.get(str(each), -1) if each else -1 for each in answers.fields[field]], np.int64)
