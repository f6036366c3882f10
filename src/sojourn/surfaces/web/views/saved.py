"""Journeys > Saved questions: give a question a name, find it again, change it, pin it to Home."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Right
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import Parameters, QuestionPage, SavedQuestion
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import NotFoundError, SojournError
from sojourn.surfaces.web import questions
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import QuestionForm
from sojourn.surfaces.web.headlines import headline
from sojourn.surfaces.web.saved import NAMES, address, asked_at, parameters

DELETED = "question-deleted"
LISTED = 50


@page()
def saved_questions(request: PageRequest) -> HttpResponse:
    """List the questions that the viewer may open, last saved first."""
    text, kind, who = (request.GET.get(name, "").replace("\x00", "")[:200] for name in ("q", "page", "who"))
    found = queries.saved_questions(
        viewer=request.viewer,
        text=text,
        page=QuestionPage(kind) if kind in set(QuestionPage) else None,
        owner=request.viewer.name if who == "me" else None,
        before=_place(request.GET.get("after", "")),
        limit=LISTED + 1,
    )
    shown = found[:LISTED]
    more = [("q", text), ("page", kind), ("who", who)]
    context = {
        "rows": _rows(shown, request),
        "more": _more(more, shown[-1]) if len(found) > LISTED else "",
        "text": text,
        "kind": kind,
        "who": who,
        "kinds": NAMES,
        "is_narrowed": bool(text or kind or who),
        "deleted": request.session.pop(DELETED, None),
    }
    return render(request, "web/saved.html", context)


@page()
def saved_question(request: PageRequest, question: str) -> HttpResponse:
    """Open a saved question: its page, with what was saved."""
    return redirect(address(queries.saved_question(id=question, viewer=request.viewer)))


@page(Right.JOURNEYS_WRITE)
def saved_new(request: PageRequest) -> HttpResponse:
    """Save a page's question under a name."""
    path = request.POST.get("place", request.GET.get("address", ""))
    kind, asked = _asked(path, request)
    form = QuestionForm(request.POST or None, initial={"place": path, "name": _suggested(kind, asked)})
    if request.method == "POST" and form.is_valid():
        made = form.attempt(
            lambda: actions.save_question(
                name=form.cleaned_data["name"],
                description=form.cleaned_data["description"],
                page=kind,
                parameters=asked,
                is_shared=form.is_shared(),
                viewer=request.viewer,
            )
        )
        if made:
            messages.success(request, _("The question %(name)s is saved.") % {"name": made.name})
            return redirect("saved", question=made.id)
    return _form(request, form, _("Save this question"), path)


@page(Right.JOURNEYS_WRITE)
def saved_change(request: PageRequest, question: str) -> HttpResponse:
    """Change a saved question's name, description and who sees it."""
    found = queries.saved_question(id=question, viewer=request.viewer)
    seen_by = "everyone" if found.is_shared else "me"
    form = QuestionForm(
        request.POST or None, initial={"name": found.name, "description": found.description, "seen_by": seen_by}
    )
    if request.method == "POST" and form.is_valid():
        changed = form.attempt(
            lambda: actions.change_question(
                id=question,
                name=form.cleaned_data["name"],
                description=form.cleaned_data["description"],
                is_shared=form.is_shared(),
                viewer=request.viewer,
            )
        )
        if changed:
            messages.success(request, _("The question %(name)s is saved.") % {"name": changed.name})
            return redirect(_next(request))
    return _form(request, form, _("Change the saved question"), _next(request))


@page(Right.JOURNEYS_WRITE)
@require_POST
def saved_replace(request: PageRequest, question: str) -> HttpResponse:
    """Save what the page's controls say now in place of what was saved."""
    asked = _asked(request.POST.get("place", ""), request)
    saved = actions.change_question(id=question, asked=asked, viewer=request.viewer)
    messages.success(request, _("The question %(name)s is saved as it is now.") % {"name": saved.name})
    return redirect("saved", question=saved.id)


@page(Right.JOURNEYS_WRITE)
@require_POST
def saved_delete(request: PageRequest, question: str) -> HttpResponse:
    """Delete a saved question; the next page offers to bring it back."""
    found = queries.saved_question(id=question, viewer=request.viewer)
    actions.delete_question(id=question, viewer=request.viewer)
    request.session[DELETED] = {"name": found.name, "id": found.id}
    return redirect("saved-questions")


@page(Right.JOURNEYS_WRITE)
@require_POST
def saved_restore(request: PageRequest, question: str) -> HttpResponse:
    """Bring back a saved question that was just deleted."""
    back = actions.restore_question(id=question, viewer=request.viewer)
    messages.success(request, _("The question %(name)s is back.") % {"name": back.name})
    return redirect("saved-questions")


@page()
@require_POST
def saved_pin(request: PageRequest, question: str) -> HttpResponse:
    """Pin a saved question to the viewer's own Home, or take it down."""
    if request.POST.get("what") == "unpin":
        actions.unpin_question(id=question, viewer=request.viewer)
        messages.success(request, _("It no longer stands on your Home."))
    else:
        actions.pin_question(id=question, viewer=request.viewer)
        messages.success(request, _("It stands on your Home now."))
    return redirect(_next(request))


@page()
def saved_card(request: PageRequest, question: str) -> HttpResponse:
    """Answer a saved question in one figure, for its card on Home."""
    found = queries.saved_question(id=question, viewer=request.viewer)
    try:
        context = {"headline": headline(found, request.viewer), "period": _period(found)}
        return render(request, "web/saved_card.html", context)
    except SojournError as refusal:  # what it asks about may be gone; its page says more
        return render(request, "web/saved_card.html", {"refused": refusal.message})


def _period(question: SavedQuestion) -> str:
    said = dict(question.parameters)
    period = said.get("period", questions.DEFAULT_DAYS)
    if period.isdigit():
        return ngettext("last %(n)s day", "last %(n)s days", int(period)) % {"n": period}
    if period != "custom":
        return _("all time")
    since, until = said.get("since", _("the beginning")), said.get("until", _("now"))
    return _("%(since)s to %(until)s") % {"since": since, "until": until}


def _rows(shown: tuple[SavedQuestion, ...], request: PageRequest) -> list[dict[str, object]]:
    names = access.names(each.owner for each in shown)
    viewer = request.viewer
    return [
        {
            "question": each,
            "kind": NAMES[each.page],
            "owner": names[each.owner],
            "is_mine": each.owner == viewer.name,
            "may_change": viewer.can(Right.JOURNEYS_WRITE)
            and (each.owner == viewer.name or viewer.can(Right.PEOPLE_MANAGE)),
        }
        for each in shown
    ]


def _asked(path: str, request: PageRequest) -> tuple[QuestionPage, Parameters]:
    """Read the page's address that is to be saved; raise NotFoundError for another's."""
    parts = urlsplit(path)
    kind = next((each for each in QuestionPage if reverse(each.value) == parts.path), None)
    if kind is None:
        raise NotFoundError("This address is no question that can be saved. Open an analysis and save it from there.")
    dimensions = privacy.vocabulary(viewer=request.viewer).dimensions
    return kind, parameters(asked_at(kind, QueryDict(parts.query), dimensions))


def _suggested(kind: QuestionPage, asked: Parameters) -> str:
    steps = [value for name, value in asked if name == "f"]
    if kind is QuestionPage.EXPLORER and len(steps) > 1:
        return (_("%(first)s to %(last)s") % {"first": steps[0], "last": steps[-1]})[:100]
    return ""


def _form(request: PageRequest, form: QuestionForm, what: str, path: str) -> HttpResponse:
    context = {
        "form": form,
        "what": what,
        "back": "saved-questions",
        "area": _("Saved questions"),
        "do": _("Save the question"),
        "leave": path,
    }
    return render(request, "web/form.html", context)


def _next(request: PageRequest) -> str:
    """Give the page to go back to, of this server only."""
    place = request.POST.get("next", request.GET.get("next", ""))
    inside = url_has_allowed_host_and_scheme(place, allowed_hosts=None) and place.startswith("/")
    return place if inside else reverse("saved-questions")


def _place(text: str) -> tuple[datetime, str] | None:
    at, _comma, last = text.partition(",")
    try:
        instant = parse_datetime(at)
    except ValueError:
        return None
    return (instant, last) if instant and instant.tzinfo and last.isalnum() else None


def _more(parts: list[tuple[str, str]], last: SavedQuestion) -> str:
    pairs = [pair for pair in parts if pair[1]]
    return "?" + urlencode([*pairs, ("after", f"{last.saved_at.isoformat()},{last.id}")])
