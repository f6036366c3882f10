"""What the pages of analyses share with the explorer: the question in the address, and the filters above the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Journey, Question
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Vocabulary
from sojourn.surfaces.web import questions
from sojourn.surfaces.web.doors import PageRequest
from sojourn.surfaces.web.filters import choices, chosen
from sojourn.surfaces.web.questions import Asked


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A page's question: as it stands in the address, for the room, and with what can be chosen."""

    asked: Asked
    question: Question
    journey: Journey | None
    vocabulary: Vocabulary
    viewer: Viewer

    def context(self) -> dict[str, Any]:
        """Give what `web/analysis.html` needs."""
        return {
            "asked": self.asked,
            "journey": self.journey,
            "journeys": journeys.journeys(viewer=self.viewer),
            "choices": choices(self.asked, self.vocabulary),
            "chosen": chosen(self.asked),
            "vocabulary": self.vocabulary,
        }


def opened(request: PageRequest, own: Iterable[str] = ()) -> Analysis:
    """Read the question from a page's address; `own` are the page's own parameters, kept by every filter."""
    viewer = request.viewer
    vocabulary = privacy.vocabulary(viewer=viewer)
    asked = questions.read(request.GET, vocabulary.dimensions, own)
    journey = journeys.journey(slug=asked.journey, viewer=viewer) if asked.journey else None
    days = int(asked.period) if asked.period.isdigit() else int(questions.DEFAULT_DAYS)
    recent = privacy.recent_period(days=days, viewer=viewer)
    question = questions.question(asked, recent=recent, journey=journey)
    return Analysis(asked=asked, question=question, journey=journey, vocabulary=vocabulary, viewer=viewer)
