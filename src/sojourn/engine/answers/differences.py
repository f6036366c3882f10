"""Thought of comparisons: from sums over two sides to verdicts, corrected for all that is shown together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import asin, exp, log, sqrt

from sojourn.engine.answers.words import MICROS, Share, clustered_share
from sojourn.engine.kernels.sides.graph import PACE
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.changes import ALPHA, Difference, benjamini_hochberg
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.differences import Sides, of_means, of_shares
from sojourn.engine.stats.looking import Looks

SPOKEN = "Benjamini-Hochberg over the {} differences tested together"
LOG_STEP = log(2) / PACE  # natural logarithms of one unit of a pace


class Verdict(StrEnum):
    """What a comparison says of side b beside side a, after the correction for all that was compared with it."""

    MORE = "more"
    LESS = "less"
    SAME = "no difference seen"
    TOO_FEW = "too few"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareDifference:
    """A share on two sides and b minus a, with its interval; `p` is corrected, None where nothing can be said."""

    a: Share
    b: Share
    difference: float
    low: float
    high: float
    p: float | None
    verdict: Verdict
    effect: float  # Cohen's h: 0.2 is small, 0.5 medium, 0.8 large


@dataclass(frozen=True, kw_only=True, slots=True)
class PaceDifference:
    """How long customers typically take (geometric means) on two sides, and b over a with its interval."""

    a_s: float
    b_s: float
    n_a: int
    n_b: int
    ratio: float
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    effect: float  # Cohen's d of the logarithms


@dataclass(frozen=True)
class Tested:
    """One comparison of a family: sums over the two sides, and what was found; None when a side has nobody."""

    sides: Sides
    found: Difference | None

    @property
    def p(self) -> float | None:
        """The p value before the correction."""
        return None if self.found is None else self.found.p


def sides_of(row: Int64s, scale: float = 1.0) -> Sides:
    """Turn a row of sums (`kernels.sides.COLUMNS`) into sums over two sides; `scale` is what one of k stands for."""
    n_a, k_a, kk_a, nk_a, nn_a, who_a, n_b, k_b, kk_b, nk_b, nn_b, who_b, nn, nk, kn, kk = row.tolist()
    a = Clusters(who_a, n_a, k_a * scale, nn_a, kk_a * scale * scale, nk_a * scale)
    b = Clusters(who_b, n_b, k_b * scale, nn_b, kk_b * scale * scale, nk_b * scale)
    return Sides(a, b, nn, nk * scale, kn * scale, kk * scale * scale)


def crossed(pairs: Sequence[tuple[int, bool, bool, bool, bool]]) -> Sides:
    """Sum up groups of customers, each once: how many, are they on a, with success there, on b, with success there."""

    def total(of: Callable[[bool, bool, bool, bool], bool]) -> int:
        return sum(many for many, *where in pairs if of(*where))

    n_a, k_a = total(lambda on_a, yes_a, on_b, yes_b: on_a), total(lambda on_a, yes_a, on_b, yes_b: on_a and yes_a)
    n_b, k_b = total(lambda on_a, yes_a, on_b, yes_b: on_b), total(lambda on_a, yes_a, on_b, yes_b: on_b and yes_b)
    return Sides(
        Clusters(n_a, n_a, k_a, n_a, k_a, k_a),
        Clusters(n_b, n_b, k_b, n_b, k_b, k_b),
        nn=total(lambda on_a, yes_a, on_b, yes_b: on_a and on_b),
        nk=total(lambda on_a, yes_a, on_b, yes_b: on_a and on_b and yes_b),
        kn=total(lambda on_a, yes_a, on_b, yes_b: on_a and yes_a and on_b),
        kk=total(lambda on_a, yes_a, on_b, yes_b: on_a and yes_a and on_b and yes_b),
    )


def shares(sides: Sides, looks: Looks) -> Tested:
    """Compare two shares."""
    return Tested(sides, of_shares(sides, looks))


def paces(row: Int64s, looks: Looks) -> Tested:
    """Compare two typical times, by their logarithms."""
    sides = sides_of(row, LOG_STEP)
    return Tested(sides, of_means(sides, looks))


def corrected(family: Sequence[Tested]) -> list[float | None]:
    """Correct p values for everything that is shown together."""
    return benjamini_hochberg([each.p for each in family])


def tested(family: Sequence[Tested]) -> int:
    """Count the comparisons of a family of which something can be said."""
    return sum(each.p is not None for each in family)


def spoken(looks: Looks, many: int) -> str:
    """Name the method, to be shown beside the numbers."""
    return f"{looks.method}; {SPOKEN.format(many)}"


def verdict(difference: float, p: float | None) -> Verdict:
    """Say what a corrected p value means."""
    if p is None:
        return Verdict.TOO_FEW
    if p >= ALPHA:
        return Verdict.SAME
    return Verdict.MORE if difference > 0 else Verdict.LESS


def share_difference(found: Tested, p: float | None) -> ShareDifference:
    """Write a comparison of shares down, with its corrected p value."""
    a, b = clustered_share(found.sides.a), clustered_share(found.sides.b)
    apart = b.value - a.value if a.n and b.n else 0.0
    low, high = (None, None) if found.found is None else (found.found.low, found.found.high)
    return ShareDifference(
        a=a,
        b=b,
        difference=apart,
        low=-1.0 if low is None else low,
        high=1.0 if high is None else high,
        p=p,
        verdict=verdict(apart, p),
        effect=abs(2 * asin(sqrt(b.value)) - 2 * asin(sqrt(a.value))) if a.n and b.n else 0.0,
    )


def pace_difference(found: Tested, p: float | None) -> PaceDifference | None:
    """Write a comparison of typical times down; None when one side has none."""
    a, b = found.sides.a, found.sides.b
    if not a.n or not b.n:
        return None
    apart = b.value - a.value
    low, high = (None, None) if found.found is None else (found.found.low, found.found.high)
    variance = (a.variance or 0.0) * a.n + (b.variance or 0.0) * b.n
    return PaceDifference(
        a_s=exp(a.value) / MICROS,
        b_s=exp(b.value) / MICROS,
        n_a=a.customers,
        n_b=b.customers,
        ratio=exp(apart),
        low=None if low is None else exp(low),
        high=None if high is None else exp(high),
        p=p,
        verdict=verdict(apart, p),
        effect=abs(apart) / sqrt(variance / 2) if variance else 0.0,
    )
