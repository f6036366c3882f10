"""Sessions of a file's or DataFrame's events."""

from __future__ import annotations

import os

from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels import sessions as kernel
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.clusters import Clusters
from sojourn.surfaces.library.asked import Filter
from sojourn.surfaces.library.looking import bounds, seen
from sojourn.surfaces.library.recorded import IDENTITY_EVENTS, Recorded
from sojourn.surfaces.library.results.sessions import SessionEdge, Sessions
from sojourn.surfaces.library.words import clustered_share, mean_of, seconds

MICROS = 1_000_000


def sessions(
    recorded: Recorded, asked: Filter, *, timeout_minutes: float, starts: tuple[str, ...], identity_steps: bool
) -> Sessions:
    """Cut each customer's events into sessions; raise InvalidError for a start event that there is not."""
    shown = [at for at, name in enumerate(recorded.names) if identity_steps or name not in IDENTITY_EVENTS]
    since, until = bounds(asked.period)
    fold = kernel.SessionsFold(
        lens.only(shown),
        timeout_us=round(timeout_minutes * 60 * MICROS),
        starts=[recorded.code(name) for name in starts],
        since_us=since,
        until_us=until,
    )
    looking = seen(recorded, asked)
    found = running.run(fold, [looking.events], os.cpu_count() or 1)
    customers, n, nn = found.customers, found.sessions, found.sessions_squares
    bounces = Clusters(customers, n, found.bounces, nn, found.bounces_squares, found.bounces_products)
    lasting = Clusters(customers, n, found.seconds, nn, found.seconds_squares, found.seconds_products)
    return Sessions(
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
        entries=_edges(recorded, found, found.entries),
        exits=_edges(recorded, found, found.exits),
        coverage=looking.coverage,
    )


def _edges(recorded: Recorded, found: kernel.Sessions, table: Int64s) -> tuple[SessionEdge, ...]:
    """List the events at one end of sessions, most sessions first."""
    edges = []
    for code, (times, customers, squares, products) in zip(found.node.tolist(), table.tolist(), strict=True):
        if times:
            clusters = Clusters(found.customers, found.sessions, times, found.sessions_squares, squares, products)
            edges.append(
                SessionEdge(
                    name=recorded.names[code], sessions=times, customers=customers, share=clustered_share(clusters)
                )
            )
    return tuple(sorted(edges, key=lambda edge: (-edge.sessions, edge.name)))
