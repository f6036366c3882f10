"""Which groups may be shown to somebody who may not see single customers."""

from __future__ import annotations

from collections.abc import Sequence


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
