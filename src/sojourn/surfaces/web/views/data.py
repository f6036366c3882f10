"""Settings > Quarantine, Flow of data, Health: what came in, what did not, and whether all is well."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.collection import queries
from sojourn.domains.collection.contracts import FlowPoint
from sojourn.domains.privacy import queries as privacy
from sojourn.surfaces.web import figures, numbers
from sojourn.surfaces.web.doors import PageRequest, page

PAGE = 50
FLOW_HOURS = (1, 6, 24)
BAR_MINUTES = {1: 1, 6: 5, 24: 30}
PAYLOAD_SHOWN = 20_000


@page(Right.IMPORTS_RUN)
def quarantine(request: PageRequest) -> HttpResponse:
    """List what was refused, by source and reason."""
    source, code, before = (request.GET.get(name, "") for name in ("source", "code", "before"))
    rows = queries.refused(before_id=numbers.plain(before), source=source or None, code=code or None, limit=PAGE)
    counts = queries.refused_counts()
    context = {
        "rows": rows,
        "counts": counts,
        "total": sum(each.count for each in counts),
        "sources": sorted({each.source for each in counts}),
        "codes": sorted({each.code for each in counts}),
        "source": source,
        "code": code,
        "next": rows[-1].id if len(rows) == PAGE else None,
    }
    return render(request, "web/quarantine.html", context)


@page(Right.QUARANTINE_READ)
def refused(request: PageRequest, number: int) -> HttpResponse:
    """Show one refused item with what was sent: personal data, so it is noted who looked."""
    row, payload = queries.refused_payload(number)
    access.audit(viewer=request.viewer, what="quarantine.look", on=f"refused:{number}")
    return render(request, "web/refused_item.html", {"row": row, "payload": _readable(payload)})


@page(Right.FIGURES_READ, whole=True)
def flow(request: PageRequest) -> HttpResponse:
    """Show what came in by minute and source, and how far behind the figures are."""
    asked = numbers.plain(request.GET.get("hours", ""))
    hours = asked if asked in FLOW_HOURS else 1
    until = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    since = until - timedelta(hours=hours)
    points = queries.flow(since=since, until=until)
    fresh = privacy.freshness(viewer=request.viewer)
    context = {
        "hours": hours,
        "choices": FLOW_HOURS,
        "totals": queries.totals(),
        "by_source": _by_source(points),
        "chart": _chart(points, since, until, hours),
        "fresh": fresh,
        "behind": fresh.batch - fresh.timeline_batch,
        "pressure": queries.back_pressure(),
        "sources": {each.slug: each for each in catalogue.sources()},
    }
    return render(request, "web/flow.html", context)


@page(Right.BACKUPS_RUN)
def health(request: PageRequest) -> HttpResponse:
    """Show the doctor's checks."""
    checks = queries.doctor()
    return render(request, "web/health.html", {"checks": checks, "failing": [each for each in checks if not each.ok]})


def _by_source(points: tuple[FlowPoint, ...]) -> list[dict[str, Any]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in points:
        for at, value in enumerate((each.accepted, each.refused, each.duplicates)):
            sums[each.source][at] += value
    ordered = sorted(sums.items(), key=lambda each: -each[1][0])
    return [{"source": name, "accepted": a, "refused": r, "duplicates": d} for name, (a, r, d) in ordered]


def _chart(points: tuple[FlowPoint, ...], since: datetime, until: datetime, hours: int) -> dict[str, Any]:
    """Sum what came in by bars of one to thirty minutes, the empty ones too."""
    minutes = BAR_MINUTES[hours]
    step = timedelta(minutes=minutes)
    bars = int((until - since) / step)
    accepted, refused = [0] * bars, [0] * bars
    for each in points:
        at = min(bars - 1, int((each.minute - since) / step))
        accepted[at] += each.accepted
        refused[at] += each.refused
    labels = [timezone.localtime(since + step * at).strftime("%H:%M") for at in range(bars)]
    says = _("In the last %(hours)s h %(accepted)s events were taken and %(refused)s refused.") % {
        "hours": hours,
        "accepted": figures.whole(sum(accepted)),
        "refused": figures.whole(sum(refused)),
    }
    return {
        "kind": "bars",
        "labels": labels,
        "series": [
            {"name": _("taken"), "values": accepted, "look": "plain"},
            {"name": _("refused"), "values": refused, "look": "harm"},
        ],
        "unit": _("events in %(n)s min") % {"n": minutes},
        "says": says,
        "rows": [each for each in zip(labels, accepted, refused, strict=True) if each[1] or each[2]],
    }


def _readable(payload: bytes) -> str:
    return payload[:PAYLOAD_SHOWN].decode("utf-8", "replace")
