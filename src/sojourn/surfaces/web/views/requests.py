"""Privacy > Requests: the desk, one request, its letter, certificates, and the calendar of deadlines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Channel, Contact, Outcome, Request, RequestKind, RequestState
from sojourn.kit.errors import ConflictError, SojournError
from sojourn.kit.ids import short
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.request_forms import CHANNELS, KINDS, NewRequestForm, VerifyForm

STATES = {
    RequestState.UNVERIFIED: gettext_lazy("who asks is to be checked"),
    RequestState.OPEN: gettext_lazy("to be worked on"),
    RequestState.PAUSED: gettext_lazy("the clock stands"),
    RequestState.WORKING: gettext_lazy("being worked on"),
    RequestState.FAILED: gettext_lazy("a step could not be done"),
    RequestState.CLOSED: gettext_lazy("closed"),
}
OUTCOMES = {
    Outcome.DONE: gettext_lazy("done as asked"),
    Outcome.IN_PART: gettext_lazy("answered in part"),
    Outcome.REFUSED: gettext_lazy("refused"),
    Outcome.WITHDRAWN: gettext_lazy("taken back"),
}
PAUSES = {
    "identity": gettext_lazy("a proof of who they are"),
    "clarification": gettext_lazy("what exactly they mean"),
}
STEPS = {
    "gather": gettext_lazy("Gather what is held"),
    "correct": gettext_lazy("Correct the attributes"),
    "restrict": gettext_lazy("Restrict reading to legal duties"),
    "object": gettext_lazy("Refuse the purposes"),
    "do_not_sell": gettext_lazy("Refuse selling and sharing"),
    "duties": gettext_lazy("Look for duties and holds"),
    "erase": gettext_lazy("Erase"),
    "prove": gettext_lazy("Prove that nothing is left"),
    "answer": gettext_lazy("Answer the customer"),
}


@page(Right.REQUESTS_HANDLE)
def requests(request: PageRequest) -> HttpResponse:
    """List requests, the next due first, and erasures that are not proven yet."""
    found = queries.requests(viewer=request.viewer)
    erasures = [each for each in queries.erasures(viewer=request.viewer) if each.finished_at is None]
    context = {
        "rows": [_row(each) for each in found],
        "late": sum(each.is_overdue for each in found),
        "erasures": erasures,
        "public": request.build_absolute_uri(reverse("your-data")),
    }
    return render(request, "web/requests.html", context)


@page(Right.REQUESTS_HANDLE)
def request_new(request: PageRequest) -> HttpResponse:
    """Write a request down that came by phone or letter."""
    form = NewRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.attempt(lambda: _opened(form.cleaned_data, request.viewer.name))
        if made is not None:
            return redirect("request", number=made.id)
    return render(request, "web/request_new.html", {"form": form})


@page(Right.REQUESTS_HANDLE)
def one(request: PageRequest, number: int) -> HttpResponse:
    """Show a request: who asks, its clock, its steps, and its letter."""
    return _shown(request, number, VerifyForm(initial=_guess(request, number)))


@page(Right.REQUESTS_HANDLE)
@require_POST
def request_change(request: PageRequest, number: int) -> HttpResponse:
    """Do one thing to a request; what is refused is said above it."""
    what = request.POST.get("what", "")
    if what == "verify":
        form = VerifyForm(request.POST)
        if not form.is_valid() or form.attempt(lambda: _verified(request, number, form.cleaned_data)) is None:
            return _shown(request, number, form, status=422)
        return redirect("request", number=number)
    do = _DO.get(what)
    if do is None:
        return redirect("request", number=number)
    if what == "work" and not _is_confirmed(request, number):
        messages.error(request, _("Nothing is erased. Type the customer's number as the page shows it."))
        return redirect("request", number=number)
    try:
        do(request, number)
    except SojournError as refusal:
        messages.error(request, refusal.message)
    return redirect("request", number=number)


def _is_confirmed(request: PageRequest, number: int) -> bool:
    """Say whether what cannot be undone was typed out: an erasure names its customer."""
    found = queries.request(number, viewer=request.viewer)
    if found.kind is not RequestKind.ERASURE or not found.customer:
        return True
    return request.POST.get("confirm", "").strip().lower() == short(found.customer)


@page(Right.REQUESTS_HANDLE)
def certificate(request: PageRequest, number: int) -> HttpResponse:
    """Show the certificate of an erasure, to be read and printed."""
    told = queries.erasure_certificate(number, viewer=request.viewer)
    return render(request, "web/certificate.html", {"told": told, "content": told.content})


@page(Right.REQUESTS_HANDLE)
def calendar(request: PageRequest) -> HttpResponse:
    """Give the deadlines as a calendar (iCalendar, RFC 5545)."""
    found = queries.requests(viewer=request.viewer, is_open=True)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sojourn//Requests//EN"]
    for each in found:
        lines += [
            "BEGIN:VEVENT",
            f"UID:request-{each.id}@{request.get_host()}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{each.due_on:%Y%m%d}",
            f"SUMMARY:Request {each.id}: {each.kind.value.replace('_', ' ')} ({each.regulation})",
            f"URL:{request.build_absolute_uri(reverse('request', kwargs={'number': each.id}))}",
            "END:VEVENT",
        ]
    answer = HttpResponse("\r\n".join([*lines, "END:VCALENDAR", ""]), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="requests.ics"'
    return answer


def _row(found: Request) -> dict[str, Any]:
    return {
        "request": found,
        "kind": KINDS[found.kind],
        "state": STATES[found.state],
        "outcome": OUTCOMES[found.outcome] if found.outcome else "",
        "late_by": -found.days_left,
    }


def _opened(given: dict[str, Any], by: str) -> Request:
    corrections = {given["trait"]: given["value"]} if given["trait"] and given["value"] else {}
    return actions.open_request(
        kind=RequestKind(given["kind"]),
        regulation=given["regulation"],
        channel=Channel(given["channel"]),
        contact=Contact(
            name=given["name"],
            email=given["email"],
            phone=given["phone"],
            message=given["message"],
            language=given["language"],
            corrections=corrections,
        ),
        by=by,
    )


def _shown(request: PageRequest, number: int, form: VerifyForm, *, status: int = 200) -> HttpResponse:
    found = queries.request(number, viewer=request.viewer)
    contact = queries.contact_of(number, viewer=request.viewer)
    law = queries.regulations().get(found.regulation)
    told = _row(found)
    site = settings.SOJOURN.public_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    letter = queries.letter_of(number, viewer=request.viewer, site=site)
    context = {
        "kind": told["kind"],
        "state": told["state"],
        "outcome": told["outcome"],
        "one": found,
        "contact": contact,
        "corrections": sorted((contact.corrections or {}).items()),
        "channel": CHANNELS[found.channel],
        "law": law,
        "asked_for": PAUSES.get(found.paused_for, found.paused_for),
        "pauses": [(each, PAUSES[each]) for each in sorted(law.clocks[found.kind].pauses)] if law else [],
        "due": queries.due_day(number, viewer=request.viewer),
        "clock": law and law.clocks[found.kind],
        "steps": [(STEPS.get(each.name, each.name), each) for each in found.steps],
        "form": form,
        "letter": letter,
        "is_unreachable": site in letter.body and _is_here(urlsplit(site).hostname or ""),
        "is_open": found.state is not RequestState.CLOSED,
        "is_working": found.state is RequestState.WORKING,
        "may_begin": found.state in (RequestState.OPEN, RequestState.FAILED),
        "confirms": found.kind is RequestKind.ERASURE and bool(found.customer),
    }
    return render(request, "web/request.html", context, status=status)


def _is_here(host: str) -> bool:
    return host == "localhost" or access.is_loopback(host)


def _guess(request: PageRequest, number: int) -> dict[str, Any]:
    found = queries.request(number, viewer=request.viewer)
    return {} if found.customer is None else {"customer": found.customer}


def _verified(request: PageRequest, number: int, given: dict[str, Any]) -> Request:
    return actions.verify_request(number=number, customer=given["customer"], how=given["how"], viewer=request.viewer)


def _code(request: PageRequest, number: int) -> None:
    code = actions.send_request_code(number=number, viewer=request.viewer)
    messages.success(request, _("The code %(code)s counts for half an hour.") % {"code": code})


def _check(request: PageRequest, number: int) -> None:
    if not actions.check_request_code(number=number, code=request.POST.get("code", "")):
        raise ConflictError(_("This is not the code, or its time is over. Make a new one."))


_DO: dict[str, Callable[[PageRequest, int], Any]] = {
    "acknowledge": lambda request, number: actions.acknowledge_request(number=number, viewer=request.viewer),
    "code": _code,
    "check": _check,
    "pause": lambda request, number: actions.pause_request(
        number=number, why=request.POST.get("why", ""), reason=request.POST.get("reason", ""), viewer=request.viewer
    ),
    "resume": lambda request, number: actions.resume_request(number=number, viewer=request.viewer),
    "extend": lambda request, number: actions.extend_request(
        number=number, reason=request.POST.get("reason", ""), viewer=request.viewer
    ),
    "work": lambda request, number: actions.begin_request(number=number, viewer=request.viewer),
    "close": lambda request, number: actions.refuse_request(
        number=number,
        reason=request.POST.get("reason", ""),
        withdrawn="withdrawn" in request.POST,
        viewer=request.viewer,
    ),
}
