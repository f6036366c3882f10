"""Sessions as a fold: a customer's events, cut where nothing happened for longer than a timeout.

A session goes on while the next event seen comes at most `timeout_us` after the one before; with start events
named, each of them begins a session of its own, however soon it comes. What the lens, the masks or the period leave out
is passed over as if it had not happened, so a session lies wholly in the period. Thirty minutes are what web analytics
settled on; where they come from: Catledge and Pitkow (1995), "Characterizing browsing strategies in the World-Wide
Web", Computer Networks and ISDN Systems 27(6), who cut at 25.5 minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np

from sojourn.engine.kernels.compiling import frozen
from sojourn.engine.kernels.hashing import narrowed
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.projecting import projected
from sojourn.engine.kernels.quantiles import ranked, workspace
from sojourn.engine.kernels.sessions_cut import cut
from sojourn.engine.kernels.words import Int64s, Slice, UInt16s

TIMEOUT_US = 30 * 60 * 1_000_000
QUANTILES = (0.5, 0.9)
_NONE = np.zeros(0, np.int64)
TIMES, VISITORS, SQUARES, PRODUCTS = range(4)  # columns of the tables of events at a session's edges


@dataclass(frozen=True, kw_only=True, slots=True)
class Sessions:
    """The sessions of a period; durations in microseconds from first event to last, NaN when there are none.

    Sums that intervals by customer need are over customers with `n` sessions, `b` of them of a single event (bounces),
    and `e` events. `entries` and `exits` have a row for each code in `node`, the events that sessions begin and end
    with: sessions, customers with at least one of them, and over customers with `k` such sessions the sums of `k * k`
    and `n * k`.
    """

    customers: int
    sessions: int  # sum of n
    sessions_squares: int  # sum of n * n
    bounces: int  # sum of b
    bounces_squares: int
    bounces_products: int  # sum of n * b
    events: int  # sum of e
    events_squares: int
    events_products: int  # sum of n * e
    seconds: int  # sum of d: a customer's durations together, in whole seconds
    seconds_squares: int
    seconds_products: int  # sum of n * d
    median_events: float  # a session
    p90_events: float
    mean_duration: float
    median_duration: float
    p90_duration: float
    node: UInt16s
    entries: Int64s  # (nodes, 4)
    exits: Int64s  # (nodes, 4)


@dataclass(slots=True)
class SessionsPartial:
    """Sums, tables of the events that sessions begin and end with, and the durations of sessions."""

    sums: Int64s  # the first nine figures of `Sessions`
    seconds: list[int]  # the next three, which may take more than 64 bits, and the sum of durations in microseconds
    entries: Int64s  # (CODES, 4), by code shown
    exits: Int64s
    sizes: Int64s  # sessions by number of events
    durations: list[Int64s] = field(default_factory=list)  # those above 0


class SessionsFold:
    """Asks for the sessions of a period; see `Sessions`.

    Time is linear in events. A partial result keeps eight bytes a session, for exact quantiles.
    """

    def __init__(
        self,
        lens: UInt16s,
        *,
        timeout_us: int = TIMEOUT_US,
        starts: Iterable[int] = (),
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
    ) -> None:
        """Ask about what the lens shows; `starts` are codes, as shown, that always begin a session.

        Raise ValueError for a negative timeout.
        """
        if timeout_us < 0:
            raise ValueError("a timeout cannot be negative")
        self._lens = frozen(lens)
        self._cuts = frozen(np.isin(np.arange(CODES), np.fromiter(starts, np.uint16)).astype(np.uint8))
        self._cutting = bool(self._cuts.any())
        self._timeout_us, self._since_us, self._until_us = timeout_us, since_us, until_us

    def start(self) -> SessionsPartial:
        """Make the sessions of no customers."""
        return SessionsPartial(np.zeros(9, np.int64), [0, 0, 0, 0], _edge_table(), _edge_table(), np.zeros(2, np.int64))

    def fold(self, events: Slice, partial: SessionsPartial) -> SessionsPartial:
        """Add a slice's customers."""
        seen = projected(events, self._lens, self._since_us, self._until_us)
        event = frozen(narrowed(seen.event, self._lens))
        codes = int(event.max(initial=0)) + 1
        sizes = np.zeros(int(np.diff(seen.offset).max(initial=1)) + 1, np.int64)
        wide, edges = np.zeros((4, 2), np.uint64), np.zeros((4, 2 * codes), np.int64)
        durations = np.empty(len(event) // 2 + 1, np.int64)  # as many as there can be, of sessions of two events
        filled = cut(
            seen.offset, seen.at, event, codes, self._cuts, self._cutting, self._timeout_us,
            partial.sums, wide, edges, sizes, durations,
        )  # fmt: skip
        durations.resize(filled, refcheck=False)  # gives the memory back
        partial.durations.append(durations)
        for place, (low, high) in enumerate(wide.tolist()):
            partial.seconds[place] += (high << 64) + low
        partial.entries[:codes] += edges[:, :codes].T
        partial.exits[:codes] += edges[:, codes:].T
        partial.sizes = _added(partial.sizes, sizes)
        return partial

    def merge(self, left: SessionsPartial, right: SessionsPartial) -> SessionsPartial:
        """Add the right partial to the left."""
        left.sums += right.sums
        left.seconds = [a + b for a, b in zip(left.seconds, right.seconds, strict=True)]
        left.entries += right.entries
        left.exits += right.exits
        left.sizes = _added(left.sizes, right.sizes)
        left.durations.extend(right.durations)
        return left

    def finish(self, partial: SessionsPartial) -> Sessions:
        """Work out means and quantiles."""
        durations = partial.durations[0] if len(partial.durations) == 1 else np.concatenate([*partial.durations, _NONE])
        sessions = int(partial.sums[1])
        median, p90 = _with_zeros(sessions - len(durations), durations)
        node = np.flatnonzero(partial.entries[:, TIMES] + partial.exits[:, TIMES])
        figures = (each.name for each in fields(Sessions))
        return Sessions(
            **dict(zip(figures, [*partial.sums.tolist(), *partial.seconds[:3]], strict=False)),
            median_events=_of_counts(partial.sizes, 0.5),
            p90_events=_of_counts(partial.sizes, 0.9),
            mean_duration=partial.seconds[3] / sessions if sessions else float("nan"),
            median_duration=median,
            p90_duration=p90,
            node=node.astype(np.uint16),
            entries=partial.entries[node],
            exits=partial.exits[node],
        )


def _edge_table() -> Int64s:
    return np.zeros((CODES, 4), np.int64)


def _with_zeros(zeros: int, values: Int64s) -> list[float]:
    """Give the quantiles of values above 0 and some zeros, as `quantiles.grouped` would; NaN of none."""
    n = zeros + len(values)
    if n == 0:
        return [float("nan")] * len(QUANTILES)
    ranks = np.array([[int(q * (n - 1)), min(int(q * (n - 1)) + 1, n - 1)] for q in QUANTILES]).ravel() - zeros
    found = np.zeros(len(ranks), np.int64)
    above = ranks >= 0
    if above.any():
        kept = found[above]
        ranked(frozen(values), ranks[above], *workspace(len(values)), kept)
        found[above] = kept
    pairs = zip(QUANTILES, found.reshape(-1, 2).tolist(), strict=True)
    return [low + (q * (n - 1) - int(q * (n - 1))) * (high - low) for q, (low, high) in pairs]


def _added(left: Int64s, right: Int64s) -> Int64s:
    """Add two tables of counts of which one may be shorter."""
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    longer = longer.copy()
    longer[: len(shorter)] += shorter
    return longer


def _of_counts(counts: Int64s, q: float) -> float:
    """Give the quantile of whole numbers of which there are ``counts[value]`` each; NaN of none."""
    up_to = np.cumsum(counts)
    n = int(up_to[-1])
    if n == 0:
        return float("nan")
    rank = q * (n - 1)
    below = int(rank)
    low, high = np.searchsorted(up_to, [below, min(below + 1, n - 1)], side="right").tolist()
    return float(low + (rank - below) * (high - low))
