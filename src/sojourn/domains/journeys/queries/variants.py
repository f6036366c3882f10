"""The most frequent ways through."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys.contracts import Question, VariantTable
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import variants as answers
from sojourn.engine.answers.words import resting


def variants(
    *, question: Question, viewer: Viewer, top: int = 20, purpose: Purpose = Purpose.ANALYTICS
) -> VariantTable:
    """Give the `top` sequences of the steps that the graph of the same question shows; raise InvalidError."""
    door = Through(question, viewer, purpose)
    found, coverage = answers.variants(door, top=top, steps_shown=question.steps_shown)
    return resting(VariantTable, found, coverage=coverage)
