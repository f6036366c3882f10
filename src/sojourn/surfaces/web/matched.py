"""A path pattern's answers as its page shows them: what is beside its matches, and the share over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from sojourn.domains.journeys.contracts import Neighbour, NeighbourKind, PatternAround, PatternSpan, PatternTable, Share
from sojourn.domains.privacy.contracts import Term
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.period import Period
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.cohorts import span_name
from sojourn.surfaces.web.questions import Asked

BY_DAY, BY_WEEK = timedelta(days=45), timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A step directly before or after: its name for people, and its bar's length in per cent of the longest."""

    name: str
    row: Neighbour
    length: float


@dataclass(frozen=True, kw_only=True)
class Example:
    """A pattern to begin with, and its page."""

    pattern: str
    address: str


def usual_unit(period: Period) -> CalendarUnit:
    """Choose days, weeks or months, so that there are neither few nor too many."""
    if period.since is None or period.until is None:
        return CalendarUnit.MONTH
    length = period.until - period.since
    if length <= BY_DAY:
        return CalendarUnit.DAY
    return CalendarUnit.WEEK if length <= BY_WEEK else CalendarUnit.MONTH


def beside(rows: tuple[Neighbour, ...], nothing: str) -> tuple[Beside, ...]:
    """Lay out what stands before matches, or after."""
    names = {NeighbourKind.OTHERS: _("other steps"), NeighbourKind.NOTHING: nothing}
    most = max((row.customers for row in rows), default=1)
    return tuple(Beside(name=names.get(row.kind, row.name), row=row, length=100 * row.customers / most) for row in rows)


def chart(around: PatternAround, zone: str) -> dict[str, Any] | None:
    """Lay the share out over time; None when no span has enough customers."""
    names = [span_name(each.since, around.unit, zone) for each in around.spans]
    shares = [None if each.share is None or each.share.too_few else each.share for each in around.spans]
    if not any(shares):
        return None
    return {
        "kind": "line",
        "labels": names,
        "series": [
            {"name": _("match, %"), "values": [_points(share, "value") for share in shares]},
            {"name": _("low"), "values": [_points(share, "low") for share in shares]},
            {"name": _("high"), "values": [_points(share, "high") for share in shares]},
        ],
        "unit": _("From"),
        "says": _says(names, shares),
        "rows": [_row(*each) for each in zip(names, shares, around.spans, strict=True)],
    }


def sentence(table: PatternTable) -> str:
    """Say in one sentence who matches."""
    if table.share.too_few or not table.customers:
        return _("Nobody matches.") if not table.customers else _("Too few customers to give a share.")
    return _("%(n)s of %(all)s customers match: %(share)s (95%% interval %(low)s to %(high)s).") % {
        "n": figures.whole(table.customers),
        "all": figures.whole(table.share.n),
        "share": figures.percent(table.share.value),
        "low": figures.percent(table.share.low),
        "high": figures.percent(table.share.high),
    }


def examples(asked: Asked, terms: Iterable[Term]) -> tuple[Example, ...]:
    """Make patterns of the busiest events, to begin with."""
    names = [f'"{term.name}"' for term in terms if '"' not in term.name and "\\" not in term.name][:3]
    if len(names) < 2:
        return ()
    one, two = names[0], names[1]
    patterns = (f"{one} -> {two}", f"{one} ->> {two} within 1h", f"{one} -> [^{two}]* -> $")
    return tuple(Example(pattern=each, address=asked.query(own=(("match", each),))) for each in patterns)


def _points(share: Share | None, name: str) -> float | None:
    return None if share is None else round(getattr(share, name) * 100, 2)


def _row(name: str, share: Share | None, span: PatternSpan) -> tuple[str, ...]:
    told = name if span.is_whole else _("%(name)s, in part") % {"name": name}
    if share is None:
        return (told, figures.too_few(span.customers), "–", "–")
    return (told, *(figures.percent(each) for each in (share.value, share.low, share.high)))


def _says(names: list[str], shares: list[Share | None]) -> str:
    told = [(name, share) for name, share in zip(names, shares, strict=True) if share]
    (first, one), (last, other) = told[0], told[-1]
    return _("From %(first)s %(one)s of the customers with an event match, from %(last)s %(other)s.") % {
        "first": first,
        "one": figures.percent(one.value),
        "last": last,
        "other": figures.percent(other.value),
    }
