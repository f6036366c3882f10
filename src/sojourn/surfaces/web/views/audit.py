"""Privacy > Audit: who saw, exported or changed what, and whether somebody touched the log."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import AuditAsked, Right
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import numbers
from sojourn.surfaces.web.doors import PageRequest, page

PAGE = 50
FIELDS = ("who", "what", "object", "since", "until")


@page(Right.AUDIT_READ)
def audit(request: PageRequest) -> HttpResponse:
    """List entries, newest first; with `verify` the chain is recomputed."""
    given = {name: request.GET.get(name, "").strip() for name in FIELDS}
    try:
        asked, mistake = _asked(given), ""
    except InvalidError as error:
        asked, mistake = AuditAsked(), error.message
    rows = queries.audit_log(
        viewer=request.viewer, asked=asked, before=numbers.plain(request.GET.get("before", "")), limit=PAGE
    )
    choices = queries.audit_choices(viewer=request.viewer)
    names = queries.names({each.who for each in rows} | set(choices.who))
    chosen = {name: value for name, value in given.items() if value}
    context = {
        "rows": [(each, names[each.who]) for each in rows],
        "people": sorted(((each, names[each]) for each in choices.who), key=lambda pair: pair[1]),
        "whats": choices.what,
        "given": given,
        "is_filtered": bool(chosen),
        "mistake": mistake,
        "kept": urlencode(chosen),
        "older": urlencode(chosen | {"before": rows[-1].id}) if len(rows) == PAGE else "",
        "verdict": queries.audit_check(viewer=request.viewer) if "verify" in request.GET else None,
    }
    return render(request, "web/audit.html", context)


@page(Right.AUDIT_READ)
def audit_export(request: PageRequest) -> HttpResponseBase:
    """Send the entries of the filter as JSON lines; that is audited too."""
    asked = _asked({name: request.GET.get(name, "").strip() for name in FIELDS})
    file = actions.export_audit(viewer=request.viewer, asked=asked)
    answer = StreamingHttpResponse(file.pieces, content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def _asked(given: dict[str, str]) -> AuditAsked:
    """Read the filter; raise InvalidError for what is no day, or a period that ends before it begins."""
    since, until = _day("since", given["since"]), _day("until", given["until"])
    if since and until and until < since:
        raise InvalidError("until: the last day lies before the first.")
    return AuditAsked(
        who=given["who"],
        what=given["what"],
        object=given["object"],
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
    )


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InvalidError(f"{name}: give a day such as 2026-01-31.") from None
    if not 1000 <= found.year <= 8999:
        raise InvalidError(f"{name}: give a day of the years 1000 to 8999.")
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
