"""Customers: finding them, and the page of each."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Look, Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import Customer, CustomerState, FoundBy, PanelLine
from sojourn.domains.organisation import queries as organisation
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.ids import short
from sojourn.kit.look import one_look
from sojourn.kit.period import Period
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.told import linked, linked_page, trait_lines

EVENTS = 30
KINDS = {"user": gettext_lazy("Customer number"), "anonymous": gettext_lazy("Device"), "group": gettext_lazy("Company")}
STATES = {
    CustomerState.CUSTOMER: gettext_lazy("customer"),
    CustomerState.PROSPECT: gettext_lazy("prospect"),
    CustomerState.ANONYMOUS: gettext_lazy("anonymous visitor"),
}
FOUND_BY = {
    FoundBy.NUMBER: gettext_lazy("customer number"),
    FoundBy.DEVICE: gettext_lazy("device"),
    FoundBy.CASE: gettext_lazy("case number"),
    FoundBy.MAIL: gettext_lazy("mail address"),
    FoundBy.PHONE: gettext_lazy("phone number"),
    FoundBy.TOKEN: gettext_lazy("number shown on pages"),
    FoundBy.WORDS: gettext_lazy("words of name, company or town"),
}


@page(Right.CUSTOMERS_READ)
def search(request: PageRequest) -> HttpResponse:
    """Find customers; what is looked for comes in the body, never in an address."""
    text = request.POST.get("text", "").strip()
    context: dict[str, Any] = {"text": text}
    if request.method == "POST":
        begun = time.perf_counter()
        try:
            hits = actions.search(text=text, viewer=request.viewer, limit=actions.HITS_MOST)
        except InvalidError as refusal:
            return render(request, "web/customer_search.html", {**context, "refused": refusal.message}, status=422)
        if len(hits.rows) == 1 and not hits.is_cut:
            return redirect("customer", number=hits.rows[0].customer)
        context |= {
            "hits": hits,
            "took_ms": (time.perf_counter() - begun) * 1_000,
            "rows": [{"hit": each, "state": STATES[each.state], "by": FOUND_BY[each.found_by]} for each in hits.rows],
        }
    return render(request, "web/customer_search.html", context)


@page(Right.CUSTOMERS_READ, masked=Right.CUSTOMERS_LIST)
@one_look()
def customer(request: PageRequest, number: int) -> HttpResponse:
    """Show a customer, masked to who may only list them; an htmx request gets the next events only."""
    if not request.viewer.can(Right.CUSTOMERS_READ):
        return _masked(request, number)
    if request.htmx and request.GET.get("cursor"):
        return render(request, "web/customer_events.html", _events(request, number))
    seen = actions.view_customer(customer=number, viewer=request.viewer)
    if seen.number != number:
        return redirect("customer", number=seen.number)
    context = {
        "seen": seen,
        "title": seen.name or _("Customer %(token)s") % {"token": short(seen.number)},
        "state": STATES[seen.state],
        "traits": trait_lines(seen.traits),
        "identifiers": [(KINDS.get(each.kind, each.kind), each.value) for each in seen.identifiers],
        "panels": [
            {"panel": panel, "lines": [(line, _address(line)) for line in panel.lines]}
            for panel in queries.panels(customer=seen.number, viewer=request.viewer)
        ],
        "notes": _notes(request, seen),
        "looks": _looks(queries.who_looked(customer=seen.number, viewer=request.viewer, limit=10)),
        **_events(request, seen.number),
    }
    return render(request, "web/customer.html", context)


def _masked(request: PageRequest, number: int) -> HttpResponse:
    seen = actions.view_masked(customer=number, viewer=request.viewer)
    if seen.number != number:
        return redirect("customer", number=seen.number)
    cursor = request.GET.get("cursor") or None
    found = queries.masked_timeline(customer=number, viewer=request.viewer, cursor=cursor, limit=EVENTS)
    context = {
        "seen": seen,
        "title": _("Customer %(token)s") % {"token": short(seen.number)},
        "state": STATES[seen.state],
        "events": found.rows,
        "following": linked([("cursor", found.next_cursor)]) if found.next_cursor else "",
        "is_later_page": cursor is not None,
    }
    return render(request, "web/customer_masked.html", context)


@page(Right.CUSTOMERS_WRITE)
@require_POST
def note_add(request: PageRequest, number: int) -> HttpResponse:
    """Write a note."""
    _attempt(request, lambda: actions.add_note(customer=number, text=_text(request), viewer=request.viewer))
    return redirect("customer", number=number)


@page(Right.CUSTOMERS_WRITE)
@require_POST
def note_change(request: PageRequest, number: int, note: int) -> HttpResponse:
    """Change or delete one's own note."""
    if request.POST.get("what") == "delete":
        actions.delete_note(customer=number, note=note, viewer=request.viewer)
        messages.success(request, _("The note is deleted."))
        return redirect("customer", number=number)
    text = _text(request)
    _attempt(request, lambda: actions.change_note(customer=number, note=note, text=text, viewer=request.viewer))
    return redirect("customer", number=number)


def _text(request: PageRequest) -> str:
    return request.POST.get("text", "")


def _attempt(request: PageRequest, do: Any) -> None:
    try:
        do()
    except InvalidError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The note is saved."))


def _events(request: PageRequest, number: int) -> dict[str, Any]:
    """Give what the timeline shows: filters, events, and the address of the following ones."""
    asked = {name: request.GET.get(name, "").strip() for name in ("channel", "name", "since", "until")}
    refused = ""
    try:
        found = queries.timeline(
            customer=number,
            viewer=request.viewer,
            period=Period(since=_day(asked["since"]), until=_day(asked["until"], days=1)),
            events=EventFilter(
                names=(asked["name"],) if asked["name"] else (),
                dimensions={"channel": (asked["channel"],)} if asked["channel"] else {},
            ),
            cursor=request.GET.get("cursor") or None,
            limit=EVENTS,
        )
    except InvalidError as refusal:
        found, refused = None, refusal.message
    kept = [(name, value) for name, value in asked.items() if value]
    following = linked([*kept, ("cursor", found.next_cursor)]) if found and found.next_cursor else ""
    return {
        "number": number,
        "asked": asked,
        "events": _shown(found.rows) if found else [],
        "events_refused": refused,
        "following": following,
        "is_filtered": bool(kept),
        "is_later_page": bool(request.GET.get("cursor")),
    }


def _shown(rows: Iterable[Any]) -> list[dict[str, Any]]:
    names = {each.code: each.name for each in organisation.units()}
    return [_event(each, names.get(each.event.unit, each.event.unit)) for each in rows]


def _event(told: Any, unit: str | None) -> dict[str, Any]:
    row = told.event
    hidden = {f"{name}_id" for name, _ in told.texts}
    facts = [(name, value) for name, value in row.properties.items() if name not in hidden and value not in (None, "")]
    return {"row": row, "texts": told.texts, "facts": facts, "unit": unit}


def _day(text: str, *, days: int = 0) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise InvalidError(_("Give days such as 2026-01-31.")) from None


def _notes(request: PageRequest, seen: Customer) -> list[dict[str, Any]]:
    names = access.names({each.author for each in seen.notes})
    return [
        {"note": each, "author": names[each.author], "is_own": each.author == request.viewer.name}
        for each in seen.notes
    ]


def _looks(looks: tuple[Look, ...]) -> list[tuple[Look, str]]:
    names = access.names({each.who for each in looks})
    return [(each, names[each.who]) for each in looks]


def _address(line: PanelLine) -> str:
    return linked_page(*line.page) if line.page else ""
