"""Mix versus rate: did a score change because its parts did, or because other parts answer now?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.metrics import rules
from sojourn.domains.metrics.queries import answers as asked
from sojourn.domains.metrics.queries.kpis import kpi as kpi_of
from sojourn.domains.metrics.queries.surveys import NOT_SAID
from sojourn.domains.metrics.words import Answers, Floats, Mix, MixPart
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.stats.intervals import MIN_CUSTOMERS
from sojourn.engine.stats.mixing import Decomposed, decompose
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

ALL_EVENTS = EventFilter()
OTHERS = "others"
METHOD = "Kitagawa's components, jackknife over 64 groups of customers"


def mix(
    *,
    kpi: str,
    period: Period,
    viewer: Viewer,
    by: str = "channel",
    events: EventFilter = ALL_EVENTS,
    purpose: Purpose = Purpose.ANALYTICS,
) -> Mix:
    """Take a score's change against the period of the same length just before apart, by channel, unit, product, survey.

    Parts with fewer than 30 customers in a period (or the floor, for who may not list customers) are one part.
    Raise NotFoundError, NotComputedError, or InvalidError for an open period or a breakdown there is not.
    """
    name = asked.field_of(by)
    if period.since is None or period.until is None:
        raise InvalidError("period: only one with a beginning and an end has one before it.")
    floor = 0 if viewer.can(Right.CUSTOMERS_LIST) else settings.SOJOURN.k_floor
    return privacy.remembered(
        key=("metrics.mix", kpi, period, by, floor),
        make=lambda: _computed(kpi, period, viewer, by, name, events, purpose, max(floor, MIN_CUSTOMERS)),
        events=events,
        purpose=purpose,
        viewer=viewer,
        fields={by},
    )


def values(answers: Answers, kpi: str) -> Floats:
    """Give what each answer adds to a score in its unit: 100, 0 or -100 for NPS, 100 or 0 for CSAT, else the answer."""
    score = answers.score
    if kpi == "nps":
        return 100.0 * ((score >= rules.PROMOTERS_FROM).astype(float) - (score <= rules.DETRACTORS_UP_TO))
    if kpi == "csat":
        return np.where(np.isin(score, rules.top_two(answers.scale)), 100.0, 0.0)
    return score


def _computed(
    kpi: str,
    period: Period,
    viewer: Viewer,
    by: str,
    name: str,
    events: EventFilter,
    purpose: Purpose,
    fewest: int,
) -> Mix:
    assert period.since is not None and period.until is not None
    before = Period(since=period.since - (period.until - period.since), until=period.since)
    hull = rules.hull([period, before])
    with asked.reading(kpi=kpi, fields=(name,), period=hull, events=events, purpose=purpose, viewer=viewer) as read:
        now = asked.on_scale(read, kpi=kpi, period=period)
        then = asked.on_scale(read, kpi=kpi, period=before, scale=now.scale)
        coverage = asked.coverage(read, kpi=kpi, period=period)
    made = Mix(
        kpi=kpi, by=by, scale=now.scale, unit=kpi_of(kpi_id=kpi).unit, n_before=len(then.score), n=len(now.score),
        change=None, rate=None, rate_half=None, mix=None, mix_half=None, rows=(), method="", note="", coverage=coverage,
    )  # fmt: skip
    few = min(len(np.unique(each.customer)) for each in (now, then))
    if few < fewest:
        return replace(made, note=f"too few to say: {few} customers in one of the periods, {fewest} are needed")
    parts, part = _parts([_texts(each, name) for each in (then, now)], [then.customer, now.customer], fewest)
    is_after = np.repeat([False, True], [len(then.score), len(now.score)])
    score = np.concatenate([values(each, kpi) for each in (then, now)])
    found = decompose(part, is_after, score, np.concatenate([then.customer, now.customer]), len(parts))
    rows = [_row(place, parts[place], part, is_after, score, found) for place in range(len(parts))]
    return replace(
        made,
        change=found.change,
        rate=float(found.rate.sum()),
        rate_half=found.rate_sum_half,
        mix=float(found.mix.sum()),
        mix_half=found.mix_sum_half,
        rows=tuple(sorted(rows, key=lambda row: -abs(row.rate + row.mix))),
        method=METHOD,
    )


def _texts(answers: Answers, name: str) -> list[str]:
    return [str(each) if each else NOT_SAID for each in answers.fields[name]]


def _parts(texts: list[list[str]], customers: list[np.ndarray], fewest: int) -> tuple[list[str], np.ndarray]:
    """Name the parts and number each answer's; parts of too few customers in a period are one, never too few itself."""
    every = sorted({*texts[0], *texts[1]})
    many = {
        name: min(len({c for text, c in zip(side, who.tolist(), strict=True) if text == name})
                  for side, who in zip(texts, customers, strict=True))
        for name in every
    }  # fmt: skip
    kept = sorted((name for name in every if many[name] >= fewest), key=lambda name: -many[name])
    while 0 < _left(texts, customers, kept) < fewest and kept:
        kept = kept[:-1]
    names = [*kept, OTHERS] if set(every) - set(kept) else kept
    place = {name: names.index(name) if name in kept else len(names) - 1 for name in every}
    return names, np.array([place[text] for side in texts for text in side])


def _left(texts: list[list[str]], customers: list[np.ndarray], kept: list[str]) -> int:
    """Count the customers outside the parts kept, in the period with fewer of them that has some."""
    counts = [
        len({c for text, c in zip(side, who.tolist(), strict=True) if text not in kept})
        for side, who in zip(texts, customers, strict=True)
    ]
    return min((each for each in counts if each), default=0)


def _row(
    place: int, name: str, part: np.ndarray, is_after: np.ndarray, score: np.ndarray, found: Decomposed
) -> MixPart:
    then, now = (part == place) & ~is_after, (part == place) & is_after
    return MixPart(
        part=name,
        n_before=int(then.sum()),
        n=int(now.sum()),
        before=float(score[then].mean()) if then.any() else None,
        value=float(score[now].mean()) if now.any() else None,
        share_before=100 * float(then.sum() / (~is_after).sum()),
        share=100 * float(now.sum() / is_after.sum()),
        rate=float(found.rate[place]),
        rate_half=float(found.rate_half[place]),
        mix=float(found.mix[place]),
        mix_half=float(found.mix_half[place]),
    )
