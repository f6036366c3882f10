"""Who hangs together through pairs: connected components by union-find."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def clusters(pairs: npt.NDArray[np.int64]) -> dict[int, int]:
    """Give the smallest member of each member's cluster, for pairs as rows of two; O(n log* n).

    >>> clusters(np.array([[3, 2], [2, 5], [8, 9]]))
    {3: 2, 2: 2, 5: 2, 8: 8, 9: 8}
    """
    parent: dict[int, int] = {}

    def root(of: int) -> int:
        parent.setdefault(of, of)
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    for one, other in pairs.tolist():
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {each: root(each) for each in parent}
