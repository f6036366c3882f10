"""Thought of metrics: scales, top boxes, and how an estimate becomes a figure that may be shown."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from sojourn.domains.customers.contracts import Per
from sojourn.domains.metrics.contracts import Figure, Kpi
from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.floors import shown
from sojourn.engine.stats.changes import ALPHA, Difference, benjamini_hochberg, difference
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import MIN_CUSTOMERS, Interval, mean, proportion
from sojourn.engine.stats.looking import Looks
from sojourn.engine.stats.ranking import level_of_each, rank_ranges
from sojourn.engine.stats.windows import METHOD as MOVING
from sojourn.engine.stats.windows import moved
from sojourn.kit.period import Period

COMPUTED = ("nps", "csat", "ces", "ces_ease", "completion_rate", "abandonment_rate")
SURVEY_KPIS = ("nps", "csat", "ces", "ces_ease")
STANDARD_SCALE = {"nps": "0-10", "ces": "1-5", "ces_ease": "1-7"}  # csat has a scale of each question
DETRACTORS_UP_TO = 6
PROMOTERS_FROM = 9
EASY_FROM = 5
WORDS: Mapping[Per, str] = {Per.ACCOUNT: "accounts", Per.HOUSEHOLD: "households", Per.COMPANY: "companies"}
NO_FIGURE = {"nps": "a net promoter score is asked on 0-10 (or, marked, 1-10)"}


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A KPI in one part: its sums by customer, its interval, and in what unit it is shown."""

    part: str
    clusters: Clusters
    interval: Interval | None
    factor: float  # 100 where a share is shown in percent or points
    width: float  # range that the value can take, before the factor
    scale: str = ""
    note: str = ""
    mean: float | None = None
    per: Per = Per.CUSTOMER
    groups: int | None = None
    alone: int | None = None


NOBODY = Clusters.of([])
NOTHING: Mapping[str, Any] = {"mean": None, "groups": None, "alone": None}


def catalogue() -> tuple[Kpi, ...]:
    """Read the KPI catalogue that ships with the package."""
    text = (files("sojourn.domains.metrics") / "catalogue" / "kpis.csv").read_text(encoding="utf-8")
    return tuple(_kpi(row) for row in csv.DictReader(text.splitlines()))


def _kpi(row: Mapping[str, str]) -> Kpi:
    return Kpi(
        id=row["id"],
        name=row["name"],
        family=row["family"],
        definition=row["definition"],
        unit=row["unit"],
        better=row["better"],
        target=float(row["target"]) if row["target"] else None,
        action_threshold=float(row["action_threshold"]) if row["action_threshold"] else None,
        benchmark=row["benchmark"],
        frequency=row["frequency"],
        computed=row["id"] in COMPUTED,
    )


def ends_of(scale: str) -> tuple[int, int] | None:
    """Read a scale such as `0-10`; None when it is none.

    >>> ends_of("1-7"), ends_of("stars")
    ((1, 7), None)
    """
    found = re.fullmatch(r"(\d{1,2})-(\d{1,3})", scale)
    if found is None or int(found[1]) >= int(found[2]):
        return None
    return int(found[1]), int(found[2])


def points_of(scale: str) -> tuple[str, ...]:
    """List a scale's points as they may be written in an answer.

    >>> points_of("1-2")
    ('1', '1.0', '2', '2.0')
    """
    low, high = ends_of(scale) or (0, -1)
    return tuple(text for point in range(low, high + 1) for text in (str(point), f"{point}.0"))


def top_two(scale: str) -> tuple[float, ...]:
    """Give the top two boxes of a scale.

    >>> top_two("1-5"), top_two("0-10")
    ((4.0, 5.0), (9.0, 10.0))
    """
    _, high = ends_of(scale) or (0, 0)
    return float(high - 1), float(high)


def promoters_and_detractors(counts: Mapping[float, int]) -> tuple[int, int, int]:
    """Sort answers by score into promoters (9-10), passives (7-8) and detractors (6 and less)."""
    promoters = sum(n for score, n in counts.items() if score >= PROMOTERS_FROM)
    detractors = sum(n for score, n in counts.items() if score <= DETRACTORS_UP_TO)
    return promoters, sum(counts.values()) - promoters - detractors, detractors


def is_standard(kpi: str, scale: str) -> bool:
    """Say whether a scale is the one that the KPI is defined on."""
    return STANDARD_SCALE.get(kpi, scale) == scale


def hull(periods: Iterable[Period]) -> Period:
    """Give the shortest period that holds all of these."""
    sinces, untils = zip(*((each.since, each.until) for each in periods), strict=True)
    return Period(
        since=None if None in sinces else min(sinces),
        until=None if None in untils else max(untils),
    )


def above_floor(estimates: Iterable[Estimate], *, fewest: int) -> list[Estimate]:
    """Take out of a breakdown what is of fewer customers, and what would tell it by subtraction; each row says so."""
    found = list(estimates)
    kept = {
        id(each)
        for scale in {each.scale for each in found}
        for each, is_kept in _floored([each for each in found if each.scale == scale], fewest)
        if is_kept
    }
    withheld = f"not shown: it is of fewer than {fewest} customers, or would tell a part that is"
    return [
        each if id(each) in kept else replace(each, clusters=NOBODY, interval=None, note=withheld, **NOTHING)
        for each in found
    ]


def _floored(found: list[Estimate], fewest: int) -> Iterable[tuple[Estimate, bool]]:
    return zip(found, shown([round(each.clusters.customers) for each in found], fewest=fewest), strict=True)


def together(one: Clusters, other: Clusters) -> Clusters:
    """Add the sums of two groups of customers; who is in both counts as two."""
    return Clusters(
        one.customers + other.customers,
        one.n + other.n,
        one.k + other.k,
        one.nn + other.nn,
        one.kk + other.kk,
        one.nk + other.nk,
    )


def ranks(found: Sequence[Estimate], *, lower_first: bool) -> list[tuple[int | None, int | None]]:
    """Give the first and last rank that each part may have; (None, None) where there is too little to say."""
    ranked = [each for each in found if each.interval is not None and not each.interval.is_too_few(each.width)]
    level = level_of_each(len(ranked))
    bounds = []
    for each in ranked:
        is_share = each.interval is not None and each.interval.method.startswith("Wilson")
        wide = (proportion if is_share else mean)(each.clusters, level)
        bounds.append((wide.low, wide.high) if wide else (float("-inf"), float("inf")))
    ranges = {
        id(each): pair for each, pair in zip(ranked, rank_ranges(bounds, larger_first=not lower_first), strict=True)
    }
    return [ranges.get(id(each), (None, None)) for each in found]


@dataclass(frozen=True)
class Compared:
    """How a period is compared with the one before: both finished, or moving windows of so many days."""

    looks: Looks = Looks.ONCE
    days: float = 1.0

    @property
    def method(self) -> str:
        """Name the method, to be shown beside the number."""
        return Looks.ONCE.method if self.looks is Looks.ONCE else MOVING

    def __call__(self, after: Clusters, before: Clusters) -> Difference:
        """Compare two periods by their sums over customers."""
        return difference(after, before) if self.looks is Looks.ONCE else moved(after, before, self.days)


FINISHED = Compared()


def figures(
    kpi: Kpi, now: Iterable[Estimate], before: Iterable[Estimate], coverage: Coverage, how: Compared = FINISHED
) -> tuple[Figure, ...]:
    """Turn estimates into figures, compared with the period before as one family."""
    earlier = {(each.part, each.scale): each for each in before}
    made = [_figure(kpi, each, earlier.get((each.part, each.scale)), coverage, how) for each in now]
    adjusted = benjamini_hochberg([p for _, p in made])
    return tuple(
        replace(figure, change_is_real=None if p is None else p < ALPHA)
        for (figure, _), p in zip(made, adjusted, strict=True)
    )


def _figure(
    kpi: Kpi, now: Estimate, before: Estimate | None, coverage: Coverage, how: Compared
) -> tuple[Figure, float | None]:
    found = now.interval
    few = found is None or found.is_too_few(now.width)
    figure = Figure(
        kpi=kpi.id,
        part=now.part,
        value=None if found is None or few else found.value * now.factor,
        low=None if found is None or few else found.low * now.factor,
        high=None if found is None or few else found.high * now.factor,
        n=round(now.clusters.n),
        unit=kpi.unit,
        method="" if found is None else _method(found.method, now.per),
        note="; ".join(filter(None, [_why_few(now) if few and now.clusters is not NOBODY else "", now.note])),
        change=None,
        change_is_real=None,
        coverage=coverage,
        scale=now.scale,
        mean=None if few else now.mean,
        per=now.per,
        groups=now.groups,
        alone=now.alone,
    )
    if few or before is None or before.interval is None or before.interval.is_too_few(before.width):
        return figure, None
    changed = how(now.clusters, before.clusters)
    return replace(
        figure,
        change=changed.value * now.factor,
        change_low=None if changed.low is None else changed.low * now.factor,
        change_high=None if changed.high is None else changed.high * now.factor,
        change_method=how.method,
    ), changed.p


def _method(method: str, per: Per) -> str:
    """Name an interval's method; told per group, its clusters are sets of customers who share one."""
    if per is Per.CUSTOMER:
        return method
    return f"{method.partition(', clustered')[0]}, clustered by {per.value}"


def _why_few(estimate: Estimate) -> str:
    customers = estimate.clusters.customers
    if customers < MIN_CUSTOMERS:
        ones = "customers" if estimate.per is Per.CUSTOMER else f"{WORDS[estimate.per]} and customers without one"
        return f"too few to say: {customers} {ones}, {MIN_CUSTOMERS} are needed"
    return "too few to say: the interval is wider than 30 % of the scale"
