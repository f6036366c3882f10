"""What the pages of analyses share with the explorer: the question in the address, and the filters above the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Journey, Question, QuestionPage
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Vocabulary
from sojourn.engine.kernels.patterns import PatternError
from sojourn.surfaces.web import questions
from sojourn.surfaces.web.doors import PageRequest
from sojourn.surfaces.web.filters import Refused, choices, chosen, refused
from sojourn.surfaces.web.levels import Levels, as_seen, levels
from sojourn.surfaces.web.questions import Asked
from sojourn.surfaces.web.saved import SavedHere, open_here, page_of


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A page's question: as it stands in the address, for the room, and with what can be chosen."""

    asked: Asked
    question: Question
    journey: Journey | None
    vocabulary: Vocabulary
    levels: Levels
    viewer: Viewer
    refused: Refused | None = None  # the pattern that was asked for and is not applied
    saved: SavedHere | None = None
    page: QuestionPage | None = None  # whose questions can be saved

    def context(self) -> dict[str, Any]:
        """Give what `web/analysis.html` needs."""
        return {
            "asked": self.asked,
            "journey": self.journey,
            "journeys": journeys.journeys(viewer=self.viewer),
            "choices": choices(self.asked, self.vocabulary),
            "chosen": chosen(self.asked),
            "pattern_refused": self.refused,
            "vocabulary": self.vocabulary,
            "levels": self.levels,
            "saved": self.saved,
            "can_save": self.page is not None and self.viewer.can(Right.JOURNEYS_WRITE),
        }


def opened(request: PageRequest, own: Iterable[str] = ()) -> Analysis:
    """Read the question from a page's address; `own` are the page's own parameters, kept by every filter.

    A pattern that means nothing is shown with its mistake and not applied.
    """
    return analysed(request.GET, request.viewer, own, page_of(request))


def analysed(query: QueryDict, viewer: Viewer, own: Iterable[str], page: QuestionPage | None) -> Analysis:
    """Read the question from a query, for the page that answers it."""
    vocabulary = privacy.vocabulary(viewer=viewer)
    saved = open_here(page, query, vocabulary.dimensions, viewer)
    asked = questions.read(query, vocabulary.dimensions, own)
    asked = replace(asked, saved=saved.question.id if saved else "")
    chosen_levels = levels(asked, (term.name for term in vocabulary.names))
    asked = as_seen(asked, chosen_levels)
    journey = journeys.journey(slug=asked.journey, viewer=viewer) if asked.journey else None
    days = int(asked.period) if asked.period.isdigit() else int(questions.DEFAULT_DAYS)
    recent = privacy.recent_period(days=days, viewer=viewer)
    question = questions.question(asked, recent=recent, journey=journey)
    if asked.level:
        vocabulary = privacy.vocabulary(abstraction=asked.abstraction, viewer=viewer)
    found = Analysis(
        asked=asked,
        question=question,
        journey=chosen_levels.journey(journey) if journey else None,
        vocabulary=vocabulary,
        levels=chosen_levels,
        viewer=viewer,
        saved=saved,
        page=page,
    )
    try:
        journeys.check_filter(question=question, viewer=viewer)
    except PatternError as error:
        return replace(found, question=_without_pattern(question), refused=refused(error))
    return found


def _without_pattern(question: Question) -> Question:
    return replace(question, events=replace(question.events, having_pattern=""))
