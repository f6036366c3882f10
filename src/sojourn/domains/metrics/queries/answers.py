"""Answers one by one, for figures that sums by group cannot give; they do not leave the room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.metrics import rules
from sojourn.domains.metrics.queries.figures import NotComputedError
from sojourn.domains.metrics.queries.kpis import kpi as kpi_of
from sojourn.domains.metrics.queries.surveys import ANSWER, BY, KIND, SCALE, SCORE
from sojourn.domains.metrics.words import Answers
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Coverage, EventFilter, EventRows, Measure, Purpose
from sojourn.domains.privacy.queries import Reading
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

ALWAYS = ("channel", "unit", "product", BY["survey"])


@contextmanager
def reading(
    *, kpi: str, fields: Sequence[str], period: Period, events: EventFilter, purpose: Purpose, viewer: Viewer
) -> Iterator[Reading]:
    """Read the answers of a survey KPI with their channel, unit, product, survey and what else is named.

    Raise NotFoundError for a KPI there is not, NotComputedError for one that is not of answers.
    """
    if kpi not in rules.SURVEY_KPIS:
        raise NotComputedError(f"{kpi_of(kpi_id=kpi).name} is not a figure of answers to a survey.")
    named = tuple(dict.fromkeys((KIND, SCALE, SCORE, *ALWAYS, *fields)))
    with privacy.reading(
        event=ANSWER, fields=named, where={KIND: (kpi,)}, period=period, events=events, purpose=purpose, viewer=viewer
    ) as read:
        yield read


def on_scale(read: Reading, *, kpi: str, period: Period, survey: str | None = None, scale: str = "") -> Answers:
    """Give the answers of a period on one scale: the one named, else the KPI's own, else the most answered.

    Of an NPS each customer's last answer counts, as in the figure. Answers off the scale do not count.
    """
    rows = read.rows(period)
    if survey is not None:
        rows = _kept(rows, rows.fields[BY["survey"]] == survey)
    scale = scale or _scale(kpi, [str(each or "") for each in rows.fields[SCALE]])
    points = set(rules.points_of(scale))
    is_there = [
        each == scale and point in points for each, point in zip(rows.fields[SCALE], rows.fields[SCORE], strict=True)
    ]
    rows = _kept(rows, np.array(is_there, bool))
    if kpi == "nps":
        rows = _kept(rows, np.append(np.diff(rows.customer) != 0, True)[: len(rows.customer)])
    return Answers(
        customer=rows.customer,
        at_us=rows.at_us,
        event_id=rows.event_id,
        score=np.array([float(each) for each in rows.fields[SCORE]], float),
        fields={name: values for name, values in rows.fields.items() if name not in (KIND, SCALE, SCORE)},
        scale=scale,
    )


def narrowed(answers: Answers, mask: np.ndarray) -> Answers:
    """Keep some of the answers."""
    return Answers(
        customer=answers.customer[mask],
        at_us=answers.at_us[mask],
        event_id=answers.event_id[mask],
        score=answers.score[mask],
        fields={name: values[mask] for name, values in answers.fields.items()},
        scale=answers.scale,
    )


def coverage(read: Reading, *, kpi: str, period: Period) -> Coverage:
    """Say which answers a figure rests on."""
    return read.coverage(Measure(event=ANSWER, where={KIND: (kpi,)}, group=(SCALE, SCORE)), period)


def surveys_answered(*, kpi: str, period: Period, viewer: Viewer) -> tuple[str, ...]:
    """List the surveys that ask for a KPI and were answered, the most answered first."""
    asked = Measure(event=ANSWER, where={KIND: (kpi,)}, group=(BY["survey"],))
    rows = privacy.measure(measure=asked, period=period, viewer=viewer).value
    return tuple(row.key[0] for row in sorted(rows, key=lambda row: -row.events) if row.key[0])


def field_of(by: str) -> str:
    """Name the field of the stream behind a breakdown; raise InvalidError."""
    if by not in BY or by in ("month", "agent"):
        raise InvalidError(f"by: choose one of {', '.join(name for name in BY if name not in ('month', 'agent'))}.")
    return BY[by]


def _scale(kpi: str, scales: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for each in scales:
        counts[each] = counts.get(each, 0) + 1
    usable = [each for each in counts if rules.ends_of(each) and (kpi != "nps" or each in ("0-10", "1-10"))]
    ranked = sorted(usable, key=lambda scale: (not rules.is_standard(kpi, scale), -counts[scale], scale))
    return ranked[0] if ranked else rules.STANDARD_SCALE.get(kpi, "")


def _kept(rows: EventRows, mask: np.ndarray) -> EventRows:
    return EventRows(
        customer=rows.customer[mask],
        at_us=rows.at_us[mask],
        event_id=rows.event_id[mask],
        fields={name: values[mask] for name, values in rows.fields.items()},
        hidden=rows.hidden,
    )
