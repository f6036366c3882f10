"""Sessions: how often customers come, for how long, and what they begin and end with."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import Mean, Question, SessionEdge, SessionsTable
from sojourn.domains.journeys.queries.door import bounds, known_codes
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Answer, Codes, Purpose
from sojourn.engine.kernels import lens
from sojourn.engine.kernels import sessions as kernel
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import mean
from sojourn.kit.errors import InvalidError

TIMEOUT_MINUTES = 30
MINUTES_MOST = 30 * 24 * 60


def sessions(
    *,
    question: Question,
    viewer: Viewer,
    timeout_minutes: float = TIMEOUT_MINUTES,
    starts: Sequence[str] = (),
    purpose: Purpose = Purpose.ANALYTICS,
) -> SessionsTable:
    """Give the sessions of a period, over all events asked about, not only the steps shown.

    Events in `starts` begin a session however soon they come. Of the events that sessions begin and end with, those
    of fewer customers than the k floor are left out. Raise InvalidError for a timeout that cannot be, or an event
    that was never seen.
    """
    if not 0 < timeout_minutes <= MINUTES_MOST:
        raise InvalidError(f"timeout: choose more than 0 and at most {MINUTES_MOST} minutes, not {timeout_minutes:g}.")
    named = tuple(starts)
    told: dict[str, object] = {"longest pause in minutes": timeout_minutes}

    def fold_for(codes: Codes) -> kernel.SessionsFold:
        left_out = () if question.identity_steps else rules.IDENTITY_EVENTS
        return kernel.SessionsFold(
            lens.only(code for code, name in enumerate(codes.names) if name and name not in left_out),
            timeout_us=round(timeout_minutes * 60 * rules.MICROS),
            starts=known_codes(codes, named),
            **bounds(question.period),
        )

    answer = privacy.ask(
        fold_for=fold_for,
        period=question.period,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.sessions", timeout_minutes, named, question.identity_steps),
        told=told | ({"begun by": named} if named else {}),
    )
    return _table(answer, timeout_minutes, named)


def _table(answer: Answer[kernel.Sessions], timeout_minutes: float, starts: tuple[str, ...]) -> SessionsTable:
    found = answer.value
    customers, n, nn = found.customers, found.sessions, found.sessions_squares
    micros = rules.MICROS
    each = Clusters(customers, n, found.seconds, nn, found.seconds_squares, found.seconds_products)
    return SessionsTable(
        timeout_minutes=timeout_minutes,
        starts=starts,
        customers=customers,
        sessions=n,
        events=found.events,
        bounces=rules.clustered_share(
            Clusters(customers, n, found.bounces, nn, found.bounces_squares, found.bounces_products)
        ),
        per_customer=_mean(Clusters(customers, customers, n, customers, nn, n)),
        events_each=_mean(Clusters(customers, n, found.events, nn, found.events_squares, found.events_products)),
        median_events=found.median_events if n else None,
        p90_events=found.p90_events if n else None,
        mean_s=_mean(each, found.mean_duration / micros),
        median_s=rules.seconds(found.median_duration),
        p90_s=rules.seconds(found.p90_duration),
        entries=_edges(answer, found.entries),
        exits=_edges(answer, found.exits),
        coverage=answer.coverage,
    )


def _mean(clusters: Clusters, exact: float | None = None) -> Mean | None:
    """Give a mean with its interval; `exact` is the value where the clusters' sums are rounded."""
    if not clusters.n:
        return None
    value = clusters.value if exact is None else exact
    found = mean(clusters)
    if found is None:
        return Mean(value=value, low=None, high=None, n=clusters.customers)
    half = (found.high - found.low) / 2
    return Mean(value=value, low=value - half, high=value + half, n=clusters.customers)


def _edges(answer: Answer[kernel.Sessions], table: Int64s) -> tuple[SessionEdge, ...]:
    """List the events at one end of sessions, most sessions first."""
    found = answer.value
    edges = []
    for code, (times, customers, squares, products) in zip(found.node.tolist(), table.tolist(), strict=True):
        if customers < max(settings.SOJOURN.k_floor, 1):
            continue
        clusters = Clusters(found.customers, found.sessions, times, found.sessions_squares, squares, products)
        share = rules.clustered_share(clusters)
        edges.append(SessionEdge(name=answer.names[code], sessions=times, customers=customers, share=share))
    return tuple(sorted(edges, key=lambda edge: (-edge.sessions, edge.name)))
