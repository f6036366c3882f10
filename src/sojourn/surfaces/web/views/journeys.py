"""Journeys > Named journeys: how those begun in the last 90 days of the data ended."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import Completion, Journey
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import questions
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.finding import explorer_url
from sojourn.surfaces.web.forms import JourneyForm

DELETED = "journey-deleted"
UNDO_S = 3_600


@dataclass(frozen=True, kw_only=True)
class JourneyLine:
    """A journey and how it ends."""

    journey: Journey
    completion: Completion
    explorer: str

    @property
    def percent(self) -> float:
        """The completed share in per cent, as a bar's length."""
        return 100 * self.completion.completed.value


@page()
def journeys(request: PageRequest) -> HttpResponse:
    """List the named journeys."""
    deleted = request.session.pop(DELETED, None)
    context = {"lines": journey_lines(request.viewer), "how": how(), "deleted": deleted}
    return render(request, "web/journeys.html", context)


@page(Right.JOURNEYS_WRITE)
def journey_new(request: PageRequest) -> HttpResponse:
    """Save a journey, beginning with the steps of the funnel that one comes from."""
    form = JourneyForm(request.POST or None, initial=_from_funnel(request))
    return _saving(request, form, _("Save as a journey"))


@page(Right.JOURNEYS_WRITE)
def journey_edit(request: PageRequest, slug: str) -> HttpResponse:
    """Change a journey."""
    form = JourneyForm(request.POST or None, initial=_written(queries.journey(slug=slug, viewer=request.viewer)))
    return _saving(request, form, _("Change the journey"))


@page(Right.JOURNEYS_WRITE)
@require_POST
def journey_delete(request: PageRequest, slug: str) -> HttpResponse:
    """Delete a journey's definition; its events stay, and the next page offers to bring it back."""
    gone = queries.journey(slug=slug, viewer=request.viewer)
    actions.delete(slug=slug, viewer=request.viewer)
    request.session[DELETED] = {"name": gone.name, "signed": signing.dumps(_written(gone), salt=DELETED)}
    return redirect("journeys")


@page(Right.JOURNEYS_WRITE)
@require_POST
def journey_restore(request: PageRequest) -> HttpResponse:
    """Bring a journey back that was just deleted."""
    try:
        given = signing.loads(request.POST.get("signed", ""), salt=DELETED, max_age=UNDO_S)
    except signing.BadSignature:
        raise InvalidError("This journey cannot be brought back any more. Write it down anew.") from None
    saved = actions.save(journey=_read(given), viewer=request.viewer)
    messages.success(request, _("The journey %(name)s is back.") % {"name": saved.name})
    return redirect("journeys")


def how() -> str:
    """Say how completion is computed."""
    return _(
        "A journey counts by its first event, once its window has passed: before that it is open, even when the goal "
        "is reached. Completed, given up and the other outcomes are shares of the closed ones, with a 95% interval in "
        "which the customer is the unit."
    )


def journey_lines(viewer: Viewer) -> list[JourneyLine]:
    """Give each journey with its completion over the last days of the data."""
    named = queries.journeys(viewer=viewer)
    if not named:
        return []
    period = privacy.recent_period(viewer=viewer)
    return [
        JourneyLine(
            journey=each,
            completion=queries.completion(slug=each.slug, period=period, viewer=viewer),
            explorer=explorer_url(journey=each.slug),
        )
        for each in named
    ]


def _saving(request: PageRequest, form: JourneyForm, what: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = form.attempt(lambda: actions.save(journey=_read(form.cleaned_data), viewer=request.viewer))
        if saved:
            messages.success(request, _("The journey %(name)s is saved.") % {"name": saved.name})
            return redirect("journeys")
    context = {"form": form, "what": what, "back": "journeys", "area": _("Named journeys"), "do": _("Save the journey")}
    return render(request, "web/form.html", context)


def _from_funnel(request: PageRequest) -> dict[str, object]:
    asked = questions.read(request.GET, ())
    steps = asked.funnel
    if not steps and asked.journey:
        steps = queries.journey(slug=asked.journey, viewer=request.viewer).steps
    if not steps:
        return {}
    name = _("%(first)s to %(last)s") % {"first": steps[0], "last": steps[-1]}
    return {
        "name": name,
        "slug": slugify(name)[:63],
        "start": steps[0],
        "goals": steps[-1],
        "steps": "\n".join(steps),
        "window_days": asked.window,
    }


def _written(journey: Journey) -> dict[str, object]:
    return {
        "name": journey.name,
        "slug": journey.slug,
        "start": journey.start,
        "goals": "\n".join(journey.goals),
        "outcomes": "\n".join(f"{name}: {event}" for name, events in journey.outcomes.items() for event in events),
        "steps": "\n".join(journey.steps),
        "window_days": journey.window_days,
    }


def _read(given: dict[str, str]) -> Journey:
    outcomes: dict[str, tuple[str, ...]] = {}
    for line in _lines(given["outcomes"]):
        name, _colon, event = (part.strip() for part in line.partition(":"))
        outcomes[name] = (*outcomes.get(name, ()), event)
    return Journey(
        slug=given["slug"],
        name=given["name"],
        start=given["start"].strip(),
        goals=_lines(given["goals"]),
        outcomes=outcomes,
        steps=_lines(given["steps"]),
        window_days=int(given["window_days"]),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
