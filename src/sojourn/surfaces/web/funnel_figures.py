"""A funnel's times to convert, groups and trend, as the page draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from sojourn.domains.journeys.contracts import FunnelCounts, FunnelPart, FunnelSpan, FunnelTable, GapBin, Share
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.surfaces.web import figures


@dataclass(frozen=True, kw_only=True)
class TimeLine:
    """One bin of the distribution, its bar's length in per cent of the longest."""

    says: str
    times: int
    share: float
    length: float


@dataclass(frozen=True, kw_only=True)
class Times:
    """A distribution of times with its median and 90th percentile; `choices` are the ones there are."""

    lines: tuple[TimeLine, ...]
    median_s: float | None
    p90_s: float | None
    n: int
    chosen: int
    choices: tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """One group: its name, first and last step, and the interval in per cent of the widest bar."""

    name: str
    first: FunnelCounts
    last: FunnelCounts
    part: FunnelPart
    listed: str  # the list of the customers at its first step, "" where there is none


@dataclass(frozen=True, kw_only=True)
class TrendLine:
    """One span of time in the trend's table."""

    when: str
    span: FunnelSpan


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Shares over time: `line` and `band` are paths in a square of 100, `top` is the share at its upper edge."""

    rows: tuple[TrendLine, ...]
    line: str
    dots: str
    band: str
    top: float
    says: str


def times(table: FunnelTable, timed: int) -> Times:
    """Lay out the times to convert, from the first step to the last or up to one step."""
    timed = timed if 0 < timed < len(table.steps) else 0
    bins = table.steps[timed].bins if timed else table.bins
    total = sum(each.times for each in bins)
    if table.options.order is Order.ANY:  # which steps they are differs from customer to customer
        names = [_("step %(n)s to be taken") % {"n": at + 1} for at in range(len(table.steps))]
    else:
        names = [f"{at + 1} {step.name}" for at, step in enumerate(table.steps)]
    return Times(
        lines=time_lines(bins),
        median_s=table.steps[timed].median_s if timed else table.median_total_s,
        p90_s=table.steps[timed].p90_s if timed else table.p90_total_s,
        n=total,
        chosen=timed,
        choices=(
            (0, _("from the first step to the last")),
            *((at, f"{names[at - 1]} → {names[at]}") for at in range(1, len(names))),
        ),
    )


def time_lines(bins: Sequence[GapBin]) -> tuple[TimeLine, ...]:
    """Lay a distribution of times out as bars."""
    total, longest = sum(each.times for each in bins), max((each.times for each in bins), default=1)
    return tuple(
        TimeLine(
            says=_span(each), times=each.times, share=each.times / total, length=100 * each.times / max(longest, 1)
        )
        for each in bins
    )


def parts(table: FunnelTable, listed: Callable[[str], str]) -> tuple[PartLine, ...]:
    """Lay out the groups; `listed` gives the address of the list of a group's customers."""
    return tuple(
        PartLine(
            name=_("the rest") if part.is_rest else part.name or _("(none)"),
            first=part.steps[0],
            last=part.steps[-1],
            part=part,
            listed="" if part.is_rest or not part.name else listed(part.name),
        )
        for part in table.parts
    )


def trend(table: FunnelTable) -> Trend | None:
    """Draw the trend; None when none was asked for. What is still open, or too few to say, is left out of the line."""
    if not table.trend:
        return None
    shares = [_drawn(span) for span in table.trend]
    top = max((share.high for share in shares if share), default=1.0)
    top = min(1.0, next(edge for edge in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0) if edge >= min(top, 1.0)))
    runs = list(_runs(shares))
    last = max(len(shares) - 1, 1)

    def place(at: int, value: float) -> str:
        return f"{100 * at / last:.2f} {100 - 100 * value / top:.2f}"

    return Trend(
        rows=tuple(TrendLine(when=_day(span), span=span) for span in table.trend),
        line=" ".join("M" + " L".join(place(at, share.value) for at, share in run) for run in runs),
        dots=" ".join(f"M{place(at, share.value)} h0" for run in runs for at, share in run),
        band=" ".join(
            "M"
            + " L".join(
                [
                    *(place(at, share.high) for at, share in run),
                    *(place(at, share.low) for at, share in reversed(run)),
                ]
            )
            + " Z"
            for run in runs
        ),
        top=top,
        says=_trend_sentence(table.trend, shares),
    )


def _drawn(span: FunnelSpan) -> Share | None:
    return span.converted if span.converted is not None and not span.converted.too_few else None


def _runs(shares: Sequence[Share | None]) -> Sequence[list[tuple[int, Share]]]:
    runs: list[list[tuple[int, Share]]] = []
    for at, share in enumerate(shares):
        if share is None:
            continue
        if not runs or runs[-1][-1][0] != at - 1:
            runs.append([])
        runs[-1].append((at, share))
    return runs


def _trend_sentence(spans: Sequence[FunnelSpan], shares: Sequence[Share | None]) -> str:
    told = [(span, share) for span, share in zip(spans, shares, strict=True) if share]
    if not told:
        return _("Too few, or all still within the window: nothing to say yet.")
    (first, one), (last, other) = told[0], told[-1]
    low, high = (pick(share.value for _span, share in told) for pick in (min, max))
    return _("%(one)s from %(first)s, %(other)s from %(last)s; lowest %(low)s, highest %(high)s.") % {
        "one": figures.percent(one.value),
        "first": _day(first),
        "other": figures.percent(other.value),
        "last": _day(last),
        "low": figures.percent(low),
        "high": figures.percent(high),
    }


def _day(span: FunnelSpan) -> str:
    return str(formats.date_format(span.since, "j M Y"))


def _span(each: GapBin) -> str:
    if each.until_s is None:
        return _("over %(time)s") % {"time": figures.duration(each.since_s)}
    if each.since_s == 0:
        return _("under %(time)s") % {"time": figures.duration(each.until_s)}
    return _("%(since)s to %(until)s") % {
        "since": figures.duration(each.since_s),
        "until": figures.duration(each.until_s),
    }
