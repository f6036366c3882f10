"""What is taken out of tables of cases for a viewer who may not see single customers (the rule: `floored`).

Cases are counted where customers are not: a case is of one customer, so that fewer cases than k are of fewer customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sojourn.domains.journeys.contracts import CaseCount, CaseEnding, CasePart, CaseSpan, CasesTable, FrictionRow
from sojourn.domains.journeys.queries.floored import is_few
from sojourn.engine.answers.cases_asked import ABANDONED, COMPLETED
from sojourn.engine.answers.floors import bins_above, joined, shown_rows
from sojourn.engine.answers.words import NO_SHARE, Share


def cases_above(table: CasesTable, fewest: int) -> CasesTable:
    """Take what is of few cases out of a table, and what would tell it beside its totals.

    `started`, `open` and `closed` are told as they are.
    """
    told = replace(
        table,
        endings=_endings(table.endings, fewest),
        sizes=_sizes(table.sizes, fewest),
        with_repeats=_share(table.with_repeats, fewest) or NO_SHARE,
        with_handoffs=None if table.with_handoffs is None else _share(table.with_handoffs, fewest),
        by_repeats=_friction(table.by_repeats, fewest),
        by_handoffs=_friction(table.by_handoffs, fewest),
        rework=tuple(each for each in table.rework if _share(each.again, fewest)),
        stages=tuple(each for each in table.stages if _share(each.given_up, fewest)),
        trend=_trend(table.trend, fewest),
        parts=_parts(table, fewest),
    )
    return replace(told, withheld=_rows(table) - _rows(told))


def _endings(endings: Sequence[CaseEnding], fewest: int) -> tuple[CaseEnding, ...]:
    kept = shown_rows([(each.cases or 0,) for each in endings], fewest=fewest)
    told = [
        each if is_kept else CaseEnding(name=each.name, cases=None, share=NO_SHARE, median_s=None, p90_s=None, bins=())
        for each, is_kept in zip(endings, kept, strict=True)
    ]
    bins = bins_above([each.bins for each in told], fewest=fewest)
    return tuple(replace(each, bins=() if each.cases is None else some) for each, some in zip(told, bins, strict=True))


def _sizes(sizes: Sequence[CaseCount], fewest: int) -> tuple[CaseCount, ...]:
    counts = [each.cases for each in sizes]
    return tuple(
        CaseCount(
            least=sizes[span.start].least, most=sizes[span.stop - 1].most, cases=sum(counts[span.start : span.stop])
        )
        for span in joined([counts], fewest=fewest)
    )


def _friction(rows: Sequence[FrictionRow], fewest: int) -> tuple[FrictionRow, ...]:
    counts = [_ways(each.cases, each.completed, each.abandoned) for each in rows]
    kept = shown_rows(counts, fewest=fewest)
    return tuple(each for each, is_kept in zip(rows, kept, strict=True) if is_kept)


def _trend(spans: Sequence[CaseSpan], fewest: int) -> tuple[CaseSpan, ...]:
    counts = [
        (each.started, *_ways(each.completed.n, each.completed, each.abandoned))
        if each.completed is not None and each.abandoned is not None
        else (each.started, 0, 0, 0)
        for each in spans
    ]
    kept = shown_rows(counts, fewest=fewest)
    return tuple(each for each, is_kept in zip(spans, kept, strict=True) if is_kept)


def _parts(table: CasesTable, fewest: int) -> tuple[CasePart, ...]:
    if not table.parts:
        return ()
    rows = [(each.open, *_ways(each.closed, each.completed, each.abandoned)) for each in table.parts]
    ended = {each.name: each.cases or 0 for each in table.endings}
    completed, abandoned = ended.get(COMPLETED, 0), ended.get(ABANDONED, 0)
    whole = (table.open, completed, abandoned, table.closed - completed - abandoned)
    outside = [total - sum(column) for total, column in zip(whole, zip(*rows, strict=True), strict=True)]
    kept = shown_rows(rows, fewest=fewest, outside=outside)
    return tuple(each for each, is_kept in zip(table.parts, kept, strict=True) if is_kept)


def _ways(cases: int, completed: Share, abandoned: Share) -> tuple[int, int, int]:
    """Count cases that were completed, abandoned and ended otherwise."""
    one, other = _of(completed), _of(abandoned)
    return one, other, cases - one - other


def _share(share: Share, fewest: int) -> Share | None:
    """Give a share where neither those of it nor the others are few."""
    return None if is_few(_of(share), fewest) or is_few(share.n - _of(share), fewest) else share


def _of(share: Share) -> int:
    return round(share.value * share.n)


def _rows(table: CasesTable) -> int:
    lists: Iterable[Sequence[object]] = (
        [each for each in table.endings if each.cases is not None],
        table.sizes,
        table.by_repeats,
        table.by_handoffs,
        table.rework,
        table.stages,
        table.trend,
        table.parts,
    )
    return sum(map(len, lists))
