"""Themes that rise: more often said, day after day, than before; and new ones.

Each theme has a baseline, its share of the comments of some weeks, taken at the upper end of what it may be. Each later
day multiplies the evidence that the share has grown; the sum of all possible beginnings (Shiryaev-Roberts) is an
e-detector (Shin, Ramdas & Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", 2023,
section 3): among themes that stay as they were, one of them is called rising once in `YEARS` or more, however often
somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sojourn.engine.text.clusters import leaders, unit
from sojourn.engine.text.words import Float32s, Floats, Int64s

YEARS: Final = 1.0
TIMES: Final = (1.5, 2.0, 4.0, 8.0, 16.0, 32.0)  # how much more often it may have become
FEWEST: Final = 3  # comments, in the days in which it rises
ALIKE: Final = 0.55  # cosine of sentences that say the same
RECENT_MOST: Final = 4_000  # sentences that new themes are looked for in
_UPPER: Final = 1.28  # of a baseline's share: one-sided 90 %


@dataclass(frozen=True, kw_only=True, slots=True)
class Rise:
    """A theme that rises: its place, the day (place) from which, its share of comments before and since."""

    theme: int
    since: int
    before: float
    now: float
    said: int  # comments since
    evidence: float  # in units of what is needed: 1 and more is a rise


def rising(daily: Int64s, comments: Int64s, *, baseline_days: int) -> list[Rise]:
    """Find themes that rise, the strongest first; O(themes · days).

    Parameters
    ----------
    daily
        Comments by theme and day, shape (themes, days).
    comments
        All comments by day, shape (days,).
    baseline_days
        The first days, which say what is usual; the rest is watched.
    """
    before = comments[:baseline_days].sum()
    if before == 0 or daily.shape[0] == 0:
        return []
    needed = YEARS * 365 * daily.shape[0]
    told = (_rise(place, daily[place], comments, baseline_days, needed) for place in range(len(daily)))
    return sorted((each for each in told if each is not None), key=lambda each: -each.evidence)


def upper_share(said: float, of: float) -> float:
    """Give the upper end of a share: Wilson's, one-sided 90 %."""
    middle = said + _UPPER**2 / 2
    return float((middle + _UPPER * np.sqrt(said * (of - said) / of + _UPPER**2 / 4)) / (of + _UPPER**2))


def evidence(said: Int64s, comments: Int64s, usual: float) -> Floats:
    """Give the evidence after each watched day that the share has grown since some day, mixed over `TIMES`."""
    grown = np.minimum(usual * np.array(TIMES), 0.9)
    gained, lost = np.log(grown / usual), np.log((1 - grown) / (1 - usual))
    sums, made = np.zeros(len(TIMES)), np.zeros(len(said))
    for day, (count, of) in enumerate(zip(said.tolist(), comments.tolist(), strict=True)):
        sums = np.minimum((1 + sums) * np.exp(np.minimum(count * gained + (of - count) * lost, 100.0)), 1e100)
        made[day] = sums.mean()
    return made


def new_directions(vectors: Float32s, *, fewest: int = FEWEST) -> Float32s:
    """Give directions that several recent sentences share, the most frequent first, shape (directions, width)."""
    some = vectors[-RECENT_MOST:]
    found = [unit(some[places].mean(axis=0)) for places in leaders(some, alike=ALIKE, fewest=fewest)]
    return np.stack(found) if found else np.zeros((0, vectors.shape[1]), dtype=np.float32)


def said_daily(directions: Float32s, vectors: Float32s, comment: Int64s, day: Sequence[int], days: int) -> Int64s:
    """Count comments with a sentence near each direction, by day, shape (directions, days); each comment once.

    ``comment`` names each sentence's comment by place, ``day`` each comment's day.
    """
    counts = np.zeros((len(directions), days), dtype=np.int64)
    of_day = np.asarray(day, dtype=np.int64)
    for place, direction in enumerate(directions):
        near = np.unique(comment[vectors @ direction >= ALIKE])
        counts[place] = np.bincount(of_day[near], minlength=days)[:days]
    return counts


def _rise(place: int, said: Int64s, comments: Int64s, baseline_days: int, needed: float) -> Rise | None:
    of_before, of_now = int(comments[:baseline_days].sum()), comments[baseline_days:]
    now = said[baseline_days:]
    share = upper_share(float(said[:baseline_days].sum()), of_before)
    if share >= 0.5 or not len(now):
        return None
    strength = float(evidence(now, of_now, share)[-1]) / needed
    since = _began(now, of_now, share)
    count, of = int(now[since:].sum()), int(of_now[since:].sum())
    if strength < 1 or count < FEWEST:
        return None
    return Rise(theme=place, since=baseline_days + since, before=float(said[:baseline_days].sum()) / of_before,
                now=count / of, said=count, evidence=strength)  # fmt: skip


def _began(said: Int64s, comments: Int64s, usual: float) -> int:
    """Give the day since which the comments say most clearly that the share has grown."""
    count, of = np.cumsum(said[::-1])[::-1], np.maximum(np.cumsum(comments[::-1])[::-1], 1)
    share = np.clip(count / of, 1e-9, 1 - 1e-9)
    gain = count * np.log(share / usual) + (of - count) * np.log((1 - share) / (1 - usual))
    return int(np.argmax(np.where(share > usual, gain, -np.inf)))
