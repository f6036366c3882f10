"""Retention and lifecycle as the page shows them: the heat map, the curve, the bars, and what is open at the side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from sojourn.domains.journeys.contracts import (
    Cohort,
    LifecycleTable,
    RetentionCell,
    RetentionColumn,
    RetentionTable,
    Share,
)
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.web import figures

DEEPEST = 55  # per cent of colour in the cell with the highest share; words stay readable on it
EVERYBODY = "all"


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """A cell: its key, the address that opens it, what it says, and how deep its colour is (per cent)."""

    key: str
    address: str
    share: Share | None
    depth: float
    name: str
    is_open_at_side: bool
    is_withheld: bool


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    """A cohort, or all of them pooled."""

    name: str
    customers: int | None
    is_running: bool
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, kw_only=True)
class Heat:
    """The heat map."""

    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    highest: float | None
    says: str
    is_withheld: bool


@dataclass(frozen=True, kw_only=True)
class Detail:
    """What is open at the side: one cell in numbers; `cohorts` is 1 or, pooled, how many its time has passed for."""

    name: str
    share: Share | None
    returned: int | None
    customers: int | None
    cohorts: int
    is_pooled: bool


def heat(table: RetentionTable, chosen: str, address: Callable[[str], str]) -> Heat:
    """Lay the table out, the pooled row first; `chosen` is the key of the cell open at the side."""
    columns = tuple(column_name(each, table.distance_unit) for each in table.columns)
    shares = [cell.share for cohort in table.cohorts for cell in cohort.cells]
    highest = max((told.value for share in shares if (told := _told(share))), default=None)

    def cells(row: str, name: str, shares: Iterable[tuple[Share | None, bool]]) -> tuple[HeatCell, ...]:
        return tuple(
            HeatCell(
                key=(key := f"{row}.{place}"),
                address=address(key),
                share=share,
                is_withheld=is_withheld,
                depth=_depth(_told(share), highest),
                name=f"{name}, {columns[place]}",
                is_open_at_side=chosen == key,
            )
            for place, (share, is_withheld) in enumerate(shares)
        )

    pooled = cells(EVERYBODY, _("All"), ((each.share, each.is_withheld) for each in table.columns))
    rows = [HeatRow(name=_("All"), customers=table.customers, is_running=False, cells=pooled)]
    for cohort in reversed(table.cohorts):
        name = span_name(cohort.since, table.unit, table.zone)
        theirs = ((cell.share, cell.is_withheld) for cell in cohort.cells)
        mine = cells(_day_key(cohort.since, table.zone), name, theirs)
        rows.append(HeatRow(name=name, customers=cohort.customers, is_running=cohort.is_open, cells=mine))
    is_withheld = any(cell.is_withheld for row in rows for cell in row.cells)
    says = _sentence(table, columns)
    return Heat(columns=columns, rows=tuple(rows), highest=highest, says=says, is_withheld=is_withheld)


def detail(table: RetentionTable, chosen: str) -> Detail | None:
    """Give the cell of a key in numbers; None when there is none."""
    row, _dot, number = chosen.rpartition(".")
    if not number.isascii() or not number.isdigit() or int(number) >= len(table.columns):
        return None
    column = table.columns[int(number)]
    name = column_name(column, table.distance_unit)
    if row == EVERYBODY:
        return Detail(
            name=_("All cohorts → %(column)s") % {"column": name},
            share=column.share,
            returned=column.returned if column.share else None,
            customers=column.customers,
            cohorts=column.cohorts,
            is_pooled=True,
        )
    found = next((each for each in table.cohorts if _day_key(each.since, table.zone) == row), None)
    return None if found is None else _cohort_detail(found, found.cells[int(number)], name, table)


def _cohort_detail(cohort: Cohort, cell: RetentionCell, column: str, table: RetentionTable) -> Detail:
    return Detail(
        name=f"{span_name(cohort.since, table.unit, table.zone)} → {column}",
        share=cell.share,
        returned=cell.returned,
        customers=cohort.customers,
        cohorts=1,
        is_pooled=False,
    )


def curve(table: RetentionTable) -> dict[str, Any] | None:
    """Lay the pooled columns out as a line with its interval; None when no column has enough customers."""
    names = [column_name(each, table.distance_unit) for each in table.columns]
    shares = [_told(each.share) for each in table.columns]
    if not any(shares):
        return None
    return {
        "kind": "line",
        "labels": names,
        "series": [
            {"name": _("came back, %"), "values": [_points(share.value) if share else None for share in shares]},
            {"name": _("low"), "values": [_points(share.low) if share else None for share in shares]},
            {"name": _("high"), "values": [_points(share.high) if share else None for share in shares]},
        ],
        "unit": _("Time since the start"),
        "says": _sentence(table, tuple(names)),
        "rows": [_curve_row(*each) for each in zip(names, shares, table.columns, strict=True)],
    }


def lifecycle_chart(table: LifecycleTable) -> dict[str, Any] | None:
    """Lay the lifecycle out as bars, those gone quiet below the line; None when no period has passed."""
    if not table.periods:
        return None
    names = [span_name(each.since, table.unit, table.zone) for each in table.periods]
    return {
        "kind": "bars",
        "labels": names,
        "series": [
            {"name": _("Retained"), "values": [each.retained for each in table.periods], "look": "plain"},
            {"name": _("New"), "values": [each.new for each in table.periods], "look": "fresh"},
            {"name": _("Resurrected"), "values": [each.resurrected for each in table.periods], "look": "back"},
            {"name": _("Dormant"), "values": [-each.dormant for each in table.periods], "look": "quiet"},
        ],
        "unit": _("From"),
        "says": _lifecycle_sentence(table),
        "rows": [
            (name, *(figures.whole(n) for n in (each.retained, each.new, each.resurrected, each.dormant)))
            for name, each in zip(names, table.periods, strict=True)
        ],
    }


def column_name(column: RetentionColumn, unit: CalendarUnit) -> str:
    """Name a column: Week 3, or Days 4–7."""
    one = {CalendarUnit.DAY: _("Day %(n)s"), CalendarUnit.WEEK: _("Week %(n)s"), CalendarUnit.MONTH: _("Month %(n)s")}
    if column.first == column.last:
        return one[unit] % {"n": column.first}
    return _("Days %(first)s–%(last)s") % {"first": column.first, "last": column.last}


def span_name(since: datetime, unit: CalendarUnit, zone: str) -> str:
    """Name a day, a week by its Monday, or a month."""
    return str(formats.date_format(since.astimezone(ZoneInfo(zone)), "M Y" if unit == CalendarUnit.MONTH else "j M Y"))


def _depth(share: Share | None, highest: float | None) -> float:
    return DEEPEST * min(share.value / highest, 1) if share and highest else 0.0


def _day_key(since: datetime, zone: str) -> str:
    return f"{since.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def _told(share: Share | None) -> Share | None:
    return None if share is None or share.too_few else share


def _points(value: float) -> float:
    return round(value * 100, 2)


def _curve_row(name: str, share: Share | None, column: RetentionColumn) -> tuple[str, ...]:
    if share is None:
        n = column.share.n if column.share else 0
        return (name, figures.too_few(n) if n else _("not passed yet"), "–", "–")
    return (name, *(figures.percent(each) for each in (share.value, share.low, share.high)))


def _sentence(table: RetentionTable, columns: tuple[str, ...]) -> str:
    """Say the first column after the start and the last one with enough customers."""
    named = zip(columns, table.columns, strict=True)
    told = [(name, share, each.first) for name, each in named if (share := _told(each.share))]
    later = [(name, share) for name, share, distance in told if distance > 0] or [each[:2] for each in told]
    if not later:
        return _("Too few customers have started for long enough to say who comes back.")
    (first, at_first), (last, at_last) = later[0], later[-1]
    counted = _("or later ") if table.or_after else ""
    says = _("Of all cohorts, %(share)s come back in %(column)s %(counted)s(n = %(n)s)") % {
        "share": figures.percent(at_first.value), "column": first, "counted": counted, "n": figures.whole(at_first.n)
    }  # fmt: skip
    if first == last:
        return f"{says}."
    return _("%(says)s and %(share)s in %(column)s (n = %(n)s).") % {
        "says": says, "share": figures.percent(at_last.value), "column": last, "n": figures.whole(at_last.n)
    }  # fmt: skip


def _lifecycle_sentence(table: LifecycleTable) -> str:
    last = table.periods[-1]
    says = _("From %(since)s: %(active)s active customers, of whom %(new)s new and %(back)s resurrected") % {
        "since": span_name(last.since, table.unit, table.zone),
        "active": figures.whole(last.active),
        "new": figures.whole(last.new),
        "back": figures.whole(last.resurrected),
    }
    if last.kept.too_few:
        return f"{says}."
    kept = _("%(share)s of the %(n)s active before stayed, %(gone)s went quiet.") % {
        "share": figures.percent(last.kept.value),
        "n": figures.whole(last.before),
        "gone": figures.whole(last.dormant),
    }
    return f"{says}; {kept}"
