"""Saved questions on the analysis pages: which one is open, and whether the controls still say the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Parameters, QuestionPage, SavedQuestion
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.surfaces.web import questions
from sojourn.surfaces.web.funnel_settings import settings
from sojourn.surfaces.web.questions import Asked

NAMES: Final[dict[QuestionPage, str | Promise]] = {
    QuestionPage.EXPLORER: _("Explorer"),
    QuestionPage.PATHS: _("Paths"),
    QuestionPage.RETENTION: _("Retention"),
    QuestionPage.PROCESS: _("Process"),
    QuestionPage.ATTRIBUTION: _("Attribution"),
    QuestionPage.COMPARE: _("Compare"),
    QuestionPage.CASES: _("Cases"),
    QuestionPage.PATTERNS: _("Patterns"),
}
# What a page's controls send though nobody chose it: it says the same as nothing.
USUAL: Final[dict[QuestionPage, dict[str, str]]] = {
    QuestionPage.EXPLORER: {},
    QuestionPage.PATHS: {"depth": "4", "breadth": "4", "timeout": "30"},
    QuestionPage.RETENTION: {"by": "week"},
    QuestionPage.PROCESS: {"covers": "80"},
    QuestionPage.ATTRIBUTION: {"lookback": "30", "half": "7"},
    QuestionPage.COMPARE: {"kinds": "25", "show": "graph", "against": "before"},
    QuestionPage.CASES: {"soon": "24", "across": "channel"},
    QuestionPage.PATTERNS: {},
}
OPEN_AT_THE_SIDE: Final = frozenset({"node", "cell"})


@dataclass(frozen=True, kw_only=True)
class SavedHere:
    """The saved question that a page shows."""

    question: SavedQuestion
    is_changed: bool  # the controls no longer say what was saved
    may_change: bool
    owner: str

    @property
    def address(self) -> str:
        """Its short address, which opens it as it was saved."""
        return reverse("saved", args=[self.question.id])


def page_of(request: HttpRequest) -> QuestionPage | None:
    """Say which analysis page a request is for; None for others."""
    name = request.resolver_match.url_name if request.resolver_match else None
    return QuestionPage(name) if name in set(QuestionPage) else None


def address(question: SavedQuestion) -> str:
    """Give the address of a question's page, which knows what it shows."""
    return f"{reverse(question.page.value)}?{urlencode([*question.parameters, ('saved', question.id)])}"


def to_save(path: str) -> str:
    """Give the address at which a page's question gets a name."""
    return f"{reverse('saved-new')}?{urlencode({'address': path})}"


def asked_at(page: QuestionPage, query: QueryDict, dimensions: Iterable[str]) -> Asked:
    """Read a page's question, without what is usual or open at the side; raise InvalidError for nonsense."""
    own = sorted(journeys.own_parameters(page) | {"fxe", "fxat"})
    asked = questions.read(query, dimensions, own)
    pairs = settings(asked).own() if page is QuestionPage.EXPLORER else asked.own
    usual = USUAL[page]
    kept = tuple(pair for pair in pairs if pair[0] not in OPEN_AT_THE_SIDE and usual.get(pair[0]) != pair[1])
    return replace(asked, own=kept, at="", path=None, saved="")


def parameters(asked: Asked) -> Parameters:
    """Write a question as it is saved."""
    return asked.hidden()


def open_here(
    page: QuestionPage | None, query: QueryDict, dimensions: Iterable[str], viewer: Viewer
) -> SavedHere | None:
    """Give the saved question that an address names; None when it names none that this page and viewer may open."""
    named = query.get("saved", "")
    if page is None or not named:
        return None
    try:
        found = journeys.saved_question(id=named, viewer=viewer)
    except NotFoundError:
        return None
    if found.page is not page:
        return None
    known = tuple(dimensions)
    may = viewer.can(Right.JOURNEYS_WRITE) and (found.owner == viewer.name or viewer.can(Right.PEOPLE_MANAGE))
    changed = _said(page, query, known) != _said(page, query_of(found), known)
    owner = access.names([found.owner])[found.owner]
    return SavedHere(question=found, is_changed=changed, may_change=may, owner=owner)


def query_of(question: SavedQuestion) -> QueryDict:
    """Give a saved question's parameters as a page reads them."""
    return QueryDict(urlencode(question.parameters))


def _said(page: QuestionPage, query: QueryDict, dimensions: Iterable[str]) -> tuple[object, object] | None:
    """Give what a question says, in an order that does not matter but for a funnel's steps."""
    try:
        asked = asked_at(page, query, dimensions)
    except InvalidError:
        return None
    return asked.funnel, frozenset(parameters(asked))
