"""Figures of the running system for Prometheus."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Right
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.catalogue.contracts import FreshnessState
from sojourn.domains.privacy import queries as privacy
from sojourn.surfaces.rest.problems import problem

STARTED_AT = time.time()
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, str, str, dict[str, str], float]  # name, type, help, labels, value


@csrf_exempt  # so that a wrong method is told as such
def metrics(request: HttpRequest) -> HttpResponse:
    """Write the figures for who asks from this machine or with an API key."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    if not _is_allowed(request):
        return problem(401, "unauthorized", "Ask from this machine, or with an API key: Authorization: Bearer <key>.")
    lines: list[str] = []
    told: set[str] = set()
    for name, kind, said, labels, value in _samples():
        if name not in told:
            lines += [f"# HELP {name} {said}", f"# TYPE {name} {kind}"]
            told.add(name)
        inner = ",".join(f'{label}="{text}"' for label, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value:g}" if inner else f"{name} {value:g}")
    return HttpResponse("\n".join(lines) + "\n", content_type=MEDIA_TYPE)


def _is_allowed(request: HttpRequest) -> bool:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        viewer = access.viewer_of_key(secret.strip())
        return viewer is not None and viewer.units_for(Right.FIGURES_READ) is None
    # Behind a proxy on this machine everybody comes from loopback, but the proxy says for whom.
    is_forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
    return access.is_loopback(request.META.get("REMOTE_ADDR", "")) and not is_forwarded


def _samples() -> Iterator[Sample]:
    stream = privacy.freshness(viewer=SYSTEM)
    yield "sojourn_events", "gauge", "Events in the stream.", {}, stream.events
    yield "sojourn_customers", "gauge", "Customers in the stream.", {}, stream.customers
    yield "sojourn_batch", "counter", "Newest batch that was committed.", {}, stream.batch
    yield "sojourn_timeline_batch", "counter", "Newest batch in the timeline.", {}, stream.timeline_batch
    if stream.received_at is not None:
        received = stream.received_at.timestamp()
        yield "sojourn_last_received_timestamp_seconds", "gauge", "When the newest event came in.", {}, received
    for each in catalogue.freshness():
        labels = {"source": each.source}
        late = each.state in {FreshnessState.LATE, FreshnessState.SILENT}
        yield "sojourn_source_events_total", "counter", "Events of a source.", labels, each.events
        yield "sojourn_source_late", "gauge", "1 when a source breaks its promise of freshness.", labels, float(late)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    yield "process_cpu_seconds_total", "counter", "CPU time of the web process.", {}, usage.ru_utime + usage.ru_stime
    yield "process_max_resident_memory_bytes", "gauge", "Peak memory of the web process.", {}, usage.ru_maxrss * 1024
    yield "process_threads", "gauge", "Threads of the web process.", {}, threading.active_count()
    yield "process_start_time_seconds", "gauge", "When the web process started.", {}, STARTED_AT
