"""Which groups may be shown to somebody who may not see single customers."""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.engine.answers.words import GapBin


def shown(customers: Sequence[int], *, fewest: int, outside: int = 0) -> tuple[bool, ...]:
    """Say which groups may be shown beside their total: none of fewer customers, and none that can be worked out.

    What is not shown adds up to nothing or to at least `fewest`: where it would be less, the next smallest groups are
    hidden too (complementary suppression; Cox 1980, Journal of the American Statistical Association 75:377).
    `outside` are customers of the total who are in none of the groups.

    >>> shown([40, 12, 9, 2], fewest=5)
    (True, True, False, False)
    >>> shown([40, 12, 9, 2, 4], fewest=5)
    (True, True, True, False, False)
    >>> shown([40, 12], fewest=5, outside=3)
    (True, False)
    """
    kept = [count >= fewest for count in customers]
    hidden = outside + sum(count for count, is_kept in zip(customers, kept, strict=True) if not is_kept)
    for place in sorted(range(len(customers)), key=lambda place: (customers[place], -place)):
        if not 0 < hidden < fewest:
            break
        if kept[place]:
            kept[place] = False
            hidden += customers[place]
    return tuple(kept)


def shown_rows(rows: Sequence[Sequence[int]], *, fewest: int, outside: Sequence[int] = ()) -> tuple[bool, ...]:
    """Say which rows of several counts may be shown beside the totals of their columns, each whole or not at all.

    As `shown`, in every column; `outside` is what of each total is in none of the rows. Nobody is not few.

    >>> shown_rows([(40, 12), (30, 9), (20, 2)], fewest=5)
    (True, False, False)
    """
    kept = [not any(0 < count < fewest for count in row) for row in rows]
    for place in (-1, *sorted(range(len(rows)), key=lambda place: (min(rows[place]), -place))):
        if place >= 0:
            kept[place] = False
        columns = zip(*(row for row, is_kept in zip(rows, kept, strict=True) if not is_kept), strict=True)
        hidden = [sum(column) for column in columns] or [0] * len(outside)
        beside = outside or [0] * len(hidden)
        if not any(0 < one + other < fewest for one, other in zip(hidden, beside, strict=True)):
            break
    return tuple(kept)


def joined(histograms: Sequence[Sequence[int]], *, fewest: int) -> list[range]:
    """Join neighbouring bins of some histograms until each counts nothing or at least `fewest` in all of them.

    >>> joined([[3, 0, 9, 1, 2]], fewest=5)
    [range(0, 5)]
    >>> joined([[7, 0, 9, 1, 5]], fewest=5)
    [range(0, 1), range(1, 2), range(2, 3), range(3, 5)]
    """
    many = max(map(len, histograms), default=0)
    spans: list[range] = []
    begin = 0
    for end in range(1, many + 1):
        if not any(0 < sum(each[begin:end]) < fewest for each in histograms):
            spans.append(range(begin, end))
            begin = end
    while begin < many:  # what is left over goes with the bins before it
        begin = spans.pop().start if spans else 0
        if not spans or not any(0 < sum(each[begin:]) < fewest for each in histograms):
            spans.append(range(begin, many))
            begin = many
    return spans


def bins_above(histograms: Sequence[Sequence[GapBin]], *, fewest: int) -> list[tuple[GapBin, ...]]:
    """Join the bins of some histograms of times as `joined` does, over the edges that any of them has."""
    edges = sorted({(each.since_s, each.until_s) for bins in histograms for each in bins}, key=lambda edge: edge[0])
    counted = [{each.since_s: each.times for each in bins} for bins in histograms]
    times = [[counts.get(since, 0) for since, _ in edges] for counts in counted]
    spans = joined(times, fewest=fewest)
    return [
        tuple(
            GapBin(
                since_s=edges[span.start][0], until_s=edges[span.stop - 1][1], times=sum(counts[span.start : span.stop])
            )
            for span in spans
        )
        for counts in times
    ]
