"""Doubts about a survey's wording: what would bend its answers, said in words before it goes live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sojourn.domains.feedback.words.surveys import Question, QuestionKind, Survey

BEGGING: Final = re.compile(
    r"\b(?:(?:give|rate) us (?:a )?(?:10|ten|5|five)|only (?:10s?|tens?|5s?|fives?) (?:count|help)"
    r"|anything (?:below|less than|under) (?:a )?(?:10|ten|9|nine)|top (?:score|marks)|my (?:bonus|job) depends"
    r"|nur eine (?:10|zehn)|geben sie uns (?:eine )?(?:10|zehn)|bestnote)\b",
    re.IGNORECASE,
)
LEADING: Final = re.compile(
    r"\b(?:how much did you (?:love|enjoy)|don't you agree|wouldn't you say|our (?:excellent|award))\b", re.IGNORECASE
)
LONG: Final = 12  # questions; fewer finish, and those who do are others


def doubts(survey: Survey) -> Iterator[str]:
    """Say what would bend a survey's answers, in whole sentences."""
    for question in survey.questions:
        yield from _of_question(question, survey)
    for name, texts in (("introduction", survey.intro), ("title", survey.title)):
        if any(map(BEGGING.search, texts.values())):
            yield f"The {name} begs for a good score; answers to it are not comparable."
    if len(survey.questions) > LONG:
        yield f"{len(survey.questions)} questions are many; past {LONG} people leave, and who stays is unlike the rest."


def _of_question(question: Question, survey: Survey) -> Iterator[str]:
    texts = [*question.text.values(), *question.help.values(), *question.low.values(), *question.high.values()]
    if any(map(BEGGING.search, texts)):
        yield f"{question.id} begs for a good score; answers to it are not comparable."
    if any(map(LEADING.search, texts)):
        yield f"{question.id} leads to an answer; ask it without praise."
    first = next((each for each in survey.questions if each.is_scored), None)
    if question.kind is QuestionKind.NPS and survey.follows == "interaction" and first is question:
        yield f"{question.id}: right after an interaction, ask for effort or satisfaction; this NPS is kept apart."
