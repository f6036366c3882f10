"""Cases as they are answered, out of what the kernel found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sojourn.engine.answers.cases_asked import ABANDONED, COMPLETED, Stage
from sojourn.engine.answers.cases_found import (
    CaseCount,
    CaseEnding,
    CasePart,
    CaseSpan,
    Effort,
    FrictionRow,
    Handoff,
    ReworkStep,
    StageTimes,
    WayBack,
)
from sojourn.engine.answers.words import MICROS, Share, clustered_share, filled_bins, mean_of, seconds
from sojourn.engine.kernels.cases.found import BUCKETS, CaseGroup, Cases, Measured, Pairs, StageStay
from sojourn.engine.kernels.customer_sums import CustomerSums
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.period import Period

UNKNOWN: Final = Effort(mean=None, median=None, p90=None)
SIZES: Final = (1, 2, 3, 4, 5, 6, 8, 11, 16, 21, 31, 51)  # least numbers of events of the bins


def share(sums: CustomerSums) -> Share:
    """Give a share of cases with the customer as the unit."""
    return clustered_share(Clusters(*sums))


def effort(measured: Measured) -> Effort:
    """Give a number that each case has."""
    if not measured.sums.n:
        return UNKNOWN
    mean = mean_of(Clusters(*measured.sums))
    if mean is not None and mean.low is not None:  # a count lies above 0, whatever Student's interval says
        mean = replace(mean, low=max(mean.low, 0.0))
    return Effort(mean=mean, median=measured.median, p90=measured.p90)


def endings(found: Cases, outcomes: Sequence[str]) -> tuple[CaseEnding, ...]:
    """Give the ways in which cases ended."""
    return tuple(
        CaseEnding(
            name=name,
            cases=sums.k,
            share=share(sums),
            median_s=seconds(times[0]),
            p90_s=seconds(times[1]),
            bins=filled_bins(bins),
        )
        for name, sums, times, bins in zip(
            (COMPLETED, ABANDONED, *outcomes), found.whole.endings, found.whole.times, found.bins.tolist(), strict=True
        )
    )


def sizes(found: Cases) -> tuple[CaseCount, ...]:
    """Count cases by events, from the smallest to the largest there are."""
    counts = found.sizes.tolist()
    bins = [
        CaseCount(least=least, most=None if end is None else end - 1, cases=sum(counts[least:end]))
        for least, end in zip(SIZES, (*SIZES[1:], None), strict=True)
    ]
    filled = [place for place, each in enumerate(bins) if each.cases]
    return tuple(bins[filled[0] : filled[-1] + 1]) if filled else ()


def friction(rows: Sequence[Sequence[CustomerSums]]) -> tuple[FrictionRow, ...]:
    """Say how cases ended by how many of something they had."""
    return tuple(
        FrictionRow(
            least=least,
            most=None if least == BUCKETS - 1 else least,
            cases=row[0].n,
            completed=share(row[0]),
            abandoned=share(row[1]),
        )
        for least, row in enumerate(rows)
    )


def rework(found: Cases, names: Sequence[str], fewest: int) -> tuple[ReworkStep, ...]:
    """List the events of cases, those with most repeats first."""
    rows = (
        ReworkStep(
            name=names[each.code],
            times=each.times,
            cases=each.again.n,
            customers=each.again.customers,
            again=share(each.again),
            extra=each.extra,
            at_once=each.at_once,
            returns=each.extra - each.at_once,
            ping_pong=each.ping_pong,
        )
        for each in found.steps
        if each.again.customers >= fewest and not 0 < each.again_customers < fewest
    )
    return tuple(sorted(rows, key=lambda row: (-row.extra, -row.times, row.name)))


def ways_back(found: Pairs, names: Sequence[str], fewest: int) -> tuple[WayBack, ...]:
    """List the ways back, the most frequent first."""
    rows = (
        WayBack(source=names[a], target=names[b], times=times, cases=cases, customers=customers, ping_pong=pings)
        for a, b, times, cases, customers, pings in _rows(found)
        if customers >= fewest
    )
    return tuple(sorted(rows, key=lambda row: (-row.times, row.source, row.target)))


def passes(found: Cases, fewest: int) -> tuple[Handoff, ...]:
    """List the hand-offs, the most frequent first."""
    names = (*found.channels, None)
    rows = (
        Handoff(source=names[a], target=names[b], times=times, cases=cases, customers=customers)
        for a, b, times, cases, customers, _ in _rows(found.handoffs)
        if customers >= fewest
    )
    return tuple(sorted(rows, key=lambda row: (-row.times, row.source or "", row.target or "")))


def stages(found: Sequence[StageStay], asked: Sequence[Stage], fewest: int) -> tuple[StageTimes, ...]:
    """Give the stages in the order in which they were asked for."""
    return tuple(
        StageTimes(
            name=stage.name,
            cases=stay.given_up.n,
            customers=stay.given_up.customers,
            given_up=share(stay.given_up),
            visits=mean_of(Clusters(*stay.visits)),
            left=stay.stayed.n,
            mean_s=mean_of(Clusters(*stay.stayed), stay.mean / MICROS),
            median_s=seconds(stay.median),
            p90_s=seconds(stay.p90),
            waiting=_share_of_time(stay.waiting),
            share=_share_of_time(stay.share),
        )
        for stage, stay in zip(asked, found, strict=True)
        if stay.given_up.customers >= fewest
    )


def parts(found: Cases, fewest: int, *, crossing: bool) -> tuple[CasePart, ...]:
    """Give the parts of a breakdown, with hand-offs where `crossing`; a rest of too few customers is left out."""
    last = len(found.parts) - 1
    return tuple(
        CasePart(
            name=found.names[place] if place < last else "",
            is_rest=place == last,
            customers=part.endings[0].customers,
            open=part.open,
            closed=part.closed,
            completed=share(part.endings[0]),
            abandoned=share(part.endings[1]),
            median_s=seconds(part.times[0, 0]),
            p90_s=seconds(part.times[0, 1]),
            events=effort(part.events),
            repeats=effort(part.repeats),
            handoffs=effort(part.handoffs) if crossing else UNKNOWN,
        )
        for place, part in enumerate(found.parts)
        if place < last or part.endings[0].customers >= fewest
    )


def trend(
    found: Sequence[CaseGroup], edges: Sequence[datetime], window: timedelta, known: Period
) -> tuple[CaseSpan, ...]:
    """Give the spans of a trend."""
    told = []
    for part, (since, until) in zip(found, pairwise(edges), strict=False):
        is_open = known.until is None or until + window > known.until
        told.append(
            CaseSpan(
                since=since,
                until=until,
                customers=part.endings[0].customers,
                started=part.open + part.closed,
                completed=None if is_open else share(part.endings[0]),
                abandoned=None if is_open else share(part.endings[1]),
                is_open=is_open,
            )
        )
    return tuple(told)


def _share_of_time(sums: CustomerSums) -> Share | None:
    """Give a share of seconds; its n is customers. None where no time was spent."""
    if not sums.n:
        return None
    found = clustered_share(Clusters(*sums))
    return Share(value=found.value, low=found.low, high=found.high, n=sums.customers, too_few=found.too_few)


def _rows(found: Pairs) -> list[tuple[int, ...]]:
    columns = (found.source, found.target, found.times, found.cases, found.customers, found.ping_pong)
    return list(zip(*(each.tolist() for each in columns), strict=True))
