"""Survey KPIs from `Survey Answered` {survey, question, kind, scale, score}."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sojourn.domains.customers.contracts import Per
from sojourn.domains.metrics import rules
from sojourn.domains.metrics.rules import Estimate
from sojourn.domains.privacy.contracts import Aggregate, Coverage, Measure, MeasureRow
from sojourn.domains.privacy.queries import Reading
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import mean, net_score, net_score_clustered, proportion
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

ANSWER = "Survey Answered"
BY: Mapping[str, str] = {
    "unit": "unit", "channel": "channel", "product": "product", "survey": "properties.survey", "month": "month",
    "agent": "agent",
}  # fmt: skip
NOT_SAID = "(none)"
KIND, SCALE, SCORE = "properties.kind", "properties.scale", "properties.score"


@dataclass(frozen=True)
class _Asked:
    """One survey KPI's question to what was read of the answers."""

    kpi: str
    period: Period
    group: tuple[str, ...]
    answers: Reading
    per: Per = Per.CUSTOMER

    def measure(self, *, scale: str | None = None, **what: object) -> Measure:
        where: dict[str, tuple[str, ...]] = {KIND: (self.kpi,)}
        if scale is not None:
            where |= {SCALE: (scale,), SCORE: rules.points_of(scale)}
        return Measure(event=ANSWER, where=where, **what)  # type: ignore[arg-type]

    def rows(self, **what: object) -> tuple[MeasureRow, ...]:
        return self.answers.sums(self.measure(**what), self.period)  # type: ignore[arg-type]


def fields(parts: Iterable[str | None]) -> tuple[str, ...]:
    """List what must be read of the answers to break figures down by these parts; raise InvalidError."""
    named = {part for part in parts if part is not None}
    if unknown := sorted(named - set(BY)):
        raise InvalidError(f"by: choose one of {', '.join(BY)}, not {unknown[0]}.")
    return (KIND, SCALE, SCORE, *sorted(BY[part] for part in named if part != "month"))


def estimates(*, kpi: str, period: Period, by: str | None, answers: Reading, per: Per = Per.CUSTOMER) -> list[Estimate]:
    """Estimate a survey KPI on each scale that was answered on; the KPI's own or most answered scale comes first."""
    asked = _Asked(kpi, period, () if by is None else (BY[by],), answers, per)
    counts = {row.key[0] or "": row.events for row in asked.rows(group=(SCALE,))}
    ranked = sorted(counts, key=lambda scale: (not rules.is_standard(kpi, scale), -counts[scale], scale))
    found = [each for scale in ranked for each in _on_scale(asked, scale, counts[scale])]
    if not found and by is None:
        found = [_nothing("", Clusters.of([]), rules.STANDARD_SCALE.get(kpi, ""), "")]
    return found


def coverage(*, kpi: str, period: Period, answers: Reading) -> Coverage:
    """Say which answers a survey KPI rests on."""
    asked = _Asked(kpi, period, (), answers)
    return answers.coverage(asked.measure(group=(SCALE, SCORE)), period)


def _on_scale(asked: _Asked, scale: str, answers: int) -> list[Estimate]:
    note = "" if rules.is_standard(asked.kpi, scale) else f"non-standard scale {scale or NOT_SAID}, shown apart"
    if rules.ends_of(scale) is None or (asked.kpi == "nps" and scale not in ("0-10", "1-10")):
        return [_nothing("", Clusters.of([]), scale, f"{answers} answers on a scale without this figure; {note}")]
    return _net_scores(asked, scale, note) if asked.kpi == "nps" else _by_customer(asked, scale, note)


def _net_scores(asked: _Asked, scale: str, note: str) -> list[Estimate]:
    """Estimate NPS: each customer's last answer of the period (and part) counts once."""
    rows = asked.rows(
        scale=scale, group=(*asked.group, SCORE), last_per_customer=(SCALE, *asked.group), spread=(SCORE,)
    )
    counts: dict[str, dict[float, int]] = defaultdict(dict)
    for row in rows:
        part, score = _part(row.key[:-1]), float(row.key[-1] or 0)
        counts[part][score] = counts[part].get(score, 0) + row.events
    if asked.per is Per.CUSTOMER:
        return [_net_score(part, scores, scale, note) for part, scores in sorted(counts.items())]
    together = _net_clusters(asked, scale)
    return [_net_score_per(asked.per, scores, together[part], scale, note) for part, scores in sorted(counts.items())]


def _net_clusters(asked: _Asked, scale: str) -> dict[str, MeasureRow]:
    """Sum up +1, 0 and -1 of each account's, household's or company's last answer over those that hang together."""
    points = range((rules.ends_of(scale) or (0, 0))[1] + 1)
    rows = asked.rows(
        scale=scale,
        group=asked.group,
        aggregate=Aggregate.CLUSTERS,
        field_name=SCORE,
        hits=tuple(float(each) for each in points if each >= rules.PROMOTERS_FROM),
        misses=tuple(float(each) for each in points if each <= rules.DETRACTORS_UP_TO),
        last_per_customer=(SCALE, *asked.group),
    )
    return {_part(row.key): row for row in rows}


def _net_score_per(per: Per, counts: Mapping[float, int], row: MeasureRow, scale: str, note: str) -> Estimate:
    assert row.clusters is not None
    found = _net_score(_part(row.key), counts, scale, note)
    interval = net_score_clustered(*rules.promoters_and_detractors(counts), row.clusters)
    return replace(found, clusters=row.clusters, interval=interval, **_told_per(per, row))


def _told_per(per: Per, row: MeasureRow) -> dict[str, Any]:
    if per is Per.CUSTOMER:
        return {}
    return {"per": per, "groups": row.in_groups, "alone": row.customers - row.in_groups}


def _net_score(part: str, counts: Mapping[float, int], scale: str, note: str) -> Estimate:
    promoters, passives, detractors = rules.promoters_and_detractors(counts)
    n, k = promoters + passives + detractors, promoters - detractors
    return Estimate(
        part=part,
        clusters=Clusters(n, n, k, n, promoters + detractors, k),
        interval=net_score(promoters, passives, detractors),
        factor=100,
        width=2,
        scale=scale,
        note=note,
        mean=sum(score * times for score, times in counts.items()) / n,
    )


def _by_customer(asked: _Asked, scale: str, note: str) -> list[Estimate]:
    """Estimate CSAT (share in the top two boxes) or effort (mean), customers as clusters."""
    is_share = asked.kpi == "csat"
    hits = {"csat": rules.top_two(scale), "ces_ease": tuple(float(p) for p in range(rules.EASY_FROM, 8))}.get(asked.kpi)
    means = _clusters(asked, scale, None)
    shares = {} if hits is None else _clusters(asked, scale, hits)
    low, high = rules.ends_of(scale) or (0, 1)
    found = []
    for part, row in sorted((shares if is_share else means).items()):
        clusters = _sums(row)
        easy = f"{_sums(shares[part]).value:.0%} answered 5-7" if asked.kpi == "ces_ease" and scale == "1-7" else ""
        found.append(
            Estimate(
                part=part,
                clusters=clusters,
                interval=proportion(clusters) if is_share else mean(clusters),
                factor=100 if is_share else 1,
                width=1 if is_share else high - low,
                scale=scale,
                note="; ".join(filter(None, [note, easy])),
                mean=_sums(means[part]).value,
                **_told_per(asked.per, row),
            )
        )
    return found


def _clusters(asked: _Asked, scale: str, hits: tuple[float, ...] | None) -> dict[str, MeasureRow]:
    rows = asked.rows(scale=scale, group=asked.group, aggregate=Aggregate.CLUSTERS, field_name=SCORE, hits=hits)
    return {_part(row.key): row for row in rows}


def _sums(row: MeasureRow) -> Clusters:
    assert row.clusters is not None
    return row.clusters


def _part(key: tuple[str | None, ...]) -> str:
    return (key[0] or NOT_SAID) if key else ""


def _nothing(part: str, clusters: Clusters, scale: str, note: str) -> Estimate:
    return Estimate(part=part, clusters=clusters, interval=None, factor=1, width=1, scale=scale, note=note)
