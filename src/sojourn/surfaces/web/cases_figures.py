"""Cases as a page shows them: endings, distributions, rework, the matrix of hand-offs, stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from sojourn.domains.journeys.contracts import CaseEnding, CasesTable, FrictionRow, Handoff, ReworkStep, StageTimes
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.cohorts import span_name

LOOKS: Final = ("plain", "harm", "quiet", "fresh", "back")  # of endings: completed, given up, then outcomes
DEEPEST: Final = 60  # per cent of the bar's colour behind the largest number of a matrix


@dataclass(frozen=True, kw_only=True)
class Ending:
    """An ending with the name that people read."""

    name: str
    ending: CaseEnding


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row with its bar's length in per cent of the longest."""

    row: ReworkStep | StageTimes
    length: float


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """Hand-offs from one channel: a cell for each channel, None where there were none."""

    name: str
    cells: tuple[tuple[Handoff | None, float], ...]  # with the depth of its colour


@dataclass(frozen=True, kw_only=True)
class FrictionLine:
    """How cases with some repeats or hand-offs ended."""

    name: str
    row: FrictionRow


def endings(found: CasesTable) -> tuple[Ending, ...]:
    """Give each way to end."""
    return tuple(Ending(name=ending_name(each.name), ending=each) for each in found.endings)


def ending_name(name: str) -> str:
    """Name an ending as pages do."""
    return {"completed": _("Completed"), "abandoned": _("Given up")}.get(name, name[:1].upper() + name[1:])


def durations(found: CasesTable) -> dict[str, Any] | None:
    """Lay out how long cases lasted as bars, one colour an ending; None when no case is closed."""
    edges = sorted(
        {(each.since_s, each.until_s) for ending in found.endings for each in ending.bins}, key=lambda e: e[0]
    )
    if not edges:
        return None
    shown = [each for each in found.endings if each.cases][: len(LOOKS)]
    counts = [{each.since_s: each.times for each in ending.bins} for ending in shown]
    names = [_span(since, until) for since, until in edges]
    completed = found.endings[0]
    says = _("%(n)s closed cases by how long they lasted.") % {"n": figures.whole(found.closed)}
    if completed.median_s is not None and completed.p90_s is not None:
        says = _("Half of the completed cases take at most %(median)s, nine of ten at most %(p90)s.") % {
            "median": figures.duration(completed.median_s),
            "p90": figures.duration(completed.p90_s),
        }
    values = [[count.get(since, 0) for since, _end in edges] for count in counts]
    return {
        "kind": "bars",
        "labels": names,
        "series": [
            {"name": ending_name(ending.name), "values": each, "look": look}
            for ending, each, look in zip(shown, values, LOOKS, strict=False)
        ],
        "unit": _("Lasted"),
        "says": says,
        "rows": _rows(names, values),
    }


def sizes(found: CasesTable) -> dict[str, Any] | None:
    """Lay out how many events cases take as bars; None when no case is closed."""
    if not found.sizes or found.events.median is None or found.events.p90 is None:
        return None
    names = [_many(each.least, each.most) for each in found.sizes]
    values = [each.cases for each in found.sizes]
    return {
        "kind": "bars",
        "labels": names,
        "series": [{"name": _("Cases"), "values": values, "look": "plain"}],
        "unit": _("Events in the case"),
        "says": _("Half of the cases take at most %(median)s events, nine of ten at most %(p90)s.") % {
            "median": figures.decimal(found.events.median, 0 if found.events.median % 1 == 0 else 1),
            "p90": figures.decimal(found.events.p90, 0 if found.events.p90 % 1 == 0 else 1),
        },
        "rows": _rows(names, [values]),
    }  # fmt: skip


def friction(found: CasesTable) -> list[dict[str, Any]]:
    """Give how cases ended by their repeats and by their hand-offs."""
    tables = [(_("Repeats"), found.by_repeats), (_("Hand-offs"), found.by_handoffs)]
    return [
        {"title": title, "rows": [FrictionLine(name=_many(row.least, row.most), row=row) for row in rows if row.cases]}
        for title, rows in tables
        if any(row.cases for row in rows)
    ]


def rework(found: CasesTable) -> list[Line]:
    """List the events that came again, with their extra occurrences as bars."""
    again = [row for row in found.rework if row.extra]
    most = max((row.extra for row in again), default=1)
    return [Line(row=row, length=100 * row.extra / most) for row in again]


def matrix(found: CasesTable) -> dict[str, Any] | None:
    """Lay the hand-offs out as a matrix, from the row's channel to the column's; None when there are none."""
    if not found.passes:
        return None
    names = _by_times(found.passes)
    cells = {(each.source, each.target): each for each in found.passes}
    most = max(each.times for each in found.passes)

    def cell(source: str | None, target: str | None) -> tuple[Handoff | None, float]:
        handoff = cells.get((source, target))
        return handoff, DEEPEST * handoff.times / most if handoff else 0.0

    first = found.passes[0]
    return {
        "columns": [_channel(name) for name in names],
        "rows": [MatrixRow(name=_channel(a), cells=tuple(cell(a, b) for b in names)) for a in names],
        "says": _("Most often from %(source)s to %(target)s: %(times)s times, in %(cases)s cases.") % {
            "source": _channel(first.source),
            "target": _channel(first.target),
            "times": figures.whole(first.times),
            "cases": figures.whole(first.cases),
        },
    }  # fmt: skip


def stages(found: CasesTable) -> list[Line]:
    """List the stages with their medians as bars."""
    most = max((row.median_s for row in found.stages if row.median_s), default=1.0)
    return [Line(row=row, length=100 * (row.median_s or 0) / most) for row in found.stages]


def trend(found: CasesTable) -> dict[str, Any] | None:
    """Lay the share of completed cases out as a line over time; None where nothing can be said of it."""
    unit = found.asked.trend
    told = [each.completed if each.completed and not each.completed.too_few else None for each in found.trend]
    if unit is None or not any(told):
        return None
    names = [span_name(each.since, unit, found.asked.zone) for each in found.trend]

    def points(bound: str) -> list[float | None]:
        return [round(100 * getattr(share, bound), 2) if share else None for share in told]

    last = [(name, share) for name, share in zip(names, told, strict=True) if share][-1]
    return {
        "kind": "line",
        "labels": names,
        "series": [
            {"name": _("completed, %"), "values": points("value")},
            {"name": _("low"), "values": points("low")},
            {"name": _("high"), "values": points("high")},
        ],
        "unit": _("Begun from"),
        "says": _("Of the cases begun from %(since)s, %(share)s are completed (n = %(n)s).") % {
            "since": last[0], "share": figures.percent(last[1].value), "n": figures.whole(last[1].n),
        },
        "rows": [
            (name, *((figures.percent(x) for x in (share.value, share.low, share.high)) if share else ("–",) * 3))
            for name, share in zip(names, told, strict=True)
        ],
    }  # fmt: skip


def sentence(found: CasesTable) -> str:
    """Say in one sentence how it goes."""
    completed, abandoned = found.endings[0].share, found.endings[1].share
    if completed.too_few or abandoned.too_few:
        return _("There are too few closed cases to say how they end.")
    says = _("%(completed)s of the cases are completed and %(abandoned)s are given up.") % {
        "completed": figures.percent(completed.value),
        "abandoned": figures.percent(abandoned.value),
    }
    again = next((row for row in found.rework if row.extra and not row.again.too_few), None)
    if again is None:
        return says
    return _("%(says)s %(name)s comes again most often: in %(share)s of the cases that have it.") % {
        "says": says,
        "name": again.name,
        "share": figures.percent(again.again.value),
    }


def _rows(names: Sequence[str], values: Sequence[Sequence[int]]) -> list[tuple[str, ...]]:
    return [(name, *(figures.whole(each[place]) for each in values)) for place, name in enumerate(names)]


def _span(since_s: float, until_s: float | None) -> str:
    if until_s is None:
        return _("from %(since)s") % {"since": figures.duration(since_s)}
    return _("up to %(until)s") % {"until": figures.duration(until_s)}


def _many(least: int, most: int | None) -> str:
    if most == least:
        return figures.whole(least)
    if most is None:
        return _("%(n)s or more") % {"n": figures.whole(least)}
    return f"{figures.whole(least)}–{figures.whole(most)}"


def _channel(name: str | None) -> str:
    return _("others") if name is None else name


def _by_times(passes: Sequence[Handoff]) -> list[str | None]:
    """Order the channels by how often cases leave or enter them, the others last."""
    times: dict[str | None, int] = {}
    for each in passes:
        for end in (each.source, each.target):
            times[end] = times.get(end, 0) + each.times
    return sorted(times, key=lambda name: (name is None, -times[name], name or ""))
