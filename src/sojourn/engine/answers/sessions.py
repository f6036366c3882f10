"""Sessions: how often customers come, for how long, and what they begin and end with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.engine.answers.door import Answered, C, Codes, Door, bounds, counted_codes, known_codes
from sojourn.engine.answers.words import MICROS, Mean, Share, clustered_share, mean_of, seconds
from sojourn.engine.kernels import lens
from sojourn.engine.kernels import sessions as kernel
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.errors import InvalidError

TIMEOUT_MINUTES = 30
MINUTES_MOST = 30 * 24 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionEdge:
    """An event that sessions begin or end with; `share` is of sessions, with the customer as the unit."""

    name: str
    sessions: int
    customers: int
    share: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionFigures:
    """The sessions of a period: cut where nothing happened for longer than the timeout, and at start events.

    Figures are None when there are no sessions. A bounce is a session of a single event.
    """

    timeout_minutes: float
    starts: tuple[str, ...]
    customers: int
    sessions: int
    events: int
    bounces: Share
    per_customer: Mean | None
    events_each: Mean | None
    median_events: float | None
    p90_events: float | None
    mean_s: Mean | None
    median_s: float | None
    p90_s: float | None
    entries: tuple[SessionEdge, ...]
    exits: tuple[SessionEdge, ...]


def sessions(
    door: Door[C], *, timeout_minutes: float = TIMEOUT_MINUTES, starts: Sequence[str] = ()
) -> tuple[SessionFigures, C]:
    """Give the sessions of a period, over all events asked about, not only the steps shown.

    Events in `starts` begin a session however soon they come. Of the events that sessions begin and end with, those
    of too few customers are left out. Raise InvalidError for a timeout that cannot be, or an event that was never seen.
    """
    if not 0 < timeout_minutes <= MINUTES_MOST:
        raise InvalidError(
            f"timeout: choose more than 0 and at most {MINUTES_MOST:,} minutes, not {timeout_minutes:g}."
        )
    named = tuple(starts)
    told: dict[str, object] = {"longest pause in minutes": timeout_minutes}

    def fold_for(codes: Codes) -> kernel.SessionsFold:
        return kernel.SessionsFold(
            lens.only(counted_codes(codes, (), identity_steps=door.identity_steps)),
            timeout_us=round(timeout_minutes * 60 * MICROS),
            starts=known_codes(codes, named),
            **bounds(door.period),
        )

    answer = door.ask(
        fold_for,
        period=door.period,
        key=("journeys.sessions", timeout_minutes, named, door.identity_steps),
        told=told | ({"begun by": named} if named else {}),
    )
    return _figures(answer, timeout_minutes, named, max(door.fewest, 1)), answer.coverage


def _figures(
    answer: Answered[kernel.Sessions, C], timeout_minutes: float, starts: tuple[str, ...], fewest: int
) -> SessionFigures:
    found = answer.value
    customers, n, nn = found.customers, found.sessions, found.sessions_squares
    bounces = Clusters(customers, n, found.bounces, nn, found.bounces_squares, found.bounces_products)
    lasting = Clusters(customers, n, found.seconds, nn, found.seconds_squares, found.seconds_products)
    return SessionFigures(
        timeout_minutes=timeout_minutes,
        starts=starts,
        customers=customers,
        sessions=n,
        events=found.events,
        bounces=clustered_share(bounces),
        per_customer=mean_of(Clusters(customers, customers, n, customers, nn, n)),
        events_each=mean_of(Clusters(customers, n, found.events, nn, found.events_squares, found.events_products)),
        median_events=found.median_events if n else None,
        p90_events=found.p90_events if n else None,
        mean_s=mean_of(lasting, found.mean_duration / MICROS),
        median_s=seconds(found.median_duration),
        p90_s=seconds(found.p90_duration),
        entries=_edges(answer, found.entries, fewest),
        exits=_edges(answer, found.exits, fewest),
    )


def _edges(answer: Answered[kernel.Sessions, C], table: Int64s, fewest: int) -> tuple[SessionEdge, ...]:
    """List the events at one end of sessions, most sessions first."""
    found = answer.value
    edges = []
    for code, (times, customers, squares, products) in zip(found.node.tolist(), table.tolist(), strict=True):
        if customers >= fewest:
            clusters = Clusters(found.customers, found.sessions, times, found.sessions_squares, squares, products)
            share = clustered_share(clusters)
            edges.append(SessionEdge(name=answer.names[code], sessions=times, customers=customers, share=share))
    return tuple(sorted(edges, key=lambda edge: (-edge.sessions, edge.name)))
