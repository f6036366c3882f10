"""Finding a page, a journey, a saved question, an event or a KPI by some letters of its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.metrics import queries as metrics
from sojourn.domains.privacy import queries as privacy
from sojourn.surfaces.web.shell import bar

MOST = 20
MOST_QUESTIONS = 500


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something that the palette leads to."""

    label: str
    kind: str
    url: str
    posts: bool = False  # what was typed goes there in the body of a form


def find(text: str, viewer: Viewer) -> list[Found]:
    """List what the viewer may open whose name holds every word of `text`, best first; last a search for customers."""
    words = text.casefold().split()
    hits = [each for each in everything(viewer) if all(word in each.label.casefold() for word in words)]
    begins = words[0] if words else ""
    found = sorted(hits, key=lambda each: not each.label.casefold().startswith(begins))[:MOST]
    if words and viewer.can(Right.CUSTOMERS_READ):
        found.append(Found(label=text, kind=gettext("search customers"), url=reverse("customer-search"), posts=True))
    return found


def everything(viewer: Viewer) -> Iterator[Found]:
    """Give all that can be found, pages first."""
    for line in bar(viewer, "/"):
        for part in line.parts or (line,):
            yield Found(label=str(part.entry.label), kind=gettext("page"), url=part.entry.url)
    for journey in journeys.journeys(viewer=viewer):
        yield Found(label=journey.name, kind=gettext("journey"), url=explorer_url(journey=journey.slug))
    for question in journeys.saved_questions(viewer=viewer, limit=MOST_QUESTIONS):
        yield Found(label=question.name, kind=gettext("saved question"), url=reverse("saved", args=[question.id]))
    for term in privacy.vocabulary(viewer=viewer).names:
        yield Found(label=term.name, kind=gettext("event"), url=explorer_url(at=term.name))
    for kpi in metrics.kpis():
        yield Found(label=kpi.name, kind=gettext("KPI"), url=reverse("kpi", args=[kpi.id]))
    yield Found(label=gettext("Change password"), kind=gettext("page"), url=reverse("account_change_password"))


def explorer_url(**parts: str) -> str:
    """Give the explorer's address for one question."""
    return f"{reverse('explorer')}?{urlencode(parts)}"
