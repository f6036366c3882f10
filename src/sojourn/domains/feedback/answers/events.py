"""The events that answers become: one `Survey Answered` for each question, as the KPI catalogue reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from sojourn.domains.feedback.surveys.flow import plain_text
from sojourn.domains.feedback.words.surveys import SCALES, Question, QuestionKind, Survey

ANSWERED: Final = "Survey Answered"


def events_of(
    survey: Survey,
    answers: Mapping[str, Any],
    *,
    around: Mapping[str, Any],
    released: Collection[str] = (),
) -> Iterator[dict[str, Any]]:
    """Give the properties of each event that answers become; those of `released` questions are there already.

    `around` stands in each: survey, version, response, language, channel and the like. A text goes as `comment` with
    the score asked before it, so that score and reason are one event; contact data never become events.
    """
    texts = dict(_texts(survey, answers, released))
    for question in survey.questions:
        value = answers.get(question.id)
        if value is None or question.id in released or question.kind is QuestionKind.CONTACT:
            continue
        if question.kind is QuestionKind.TEXT and question.id in texts.values():
            continue
        for told in _told(question, value, survey):
            comment = answers.get(texts.get(question.id, ""))
            yield {**around, **told, **({} if comment is None else {"comment": comment})}


def _texts(survey: Survey, answers: Mapping[str, Any], released: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pair a scored question with the text that follows it, each once."""
    scored = ""
    for question in survey.questions:
        if question.id in released or answers.get(question.id) is None:
            continue
        if question.kind in SCALES:
            scored = question.id
        elif question.kind is QuestionKind.TEXT and scored:
            yield scored, question.id
            scored = ""


def _told(question: Question, value: Any, survey: Survey) -> Iterator[dict[str, Any]]:
    """Give what an event tells of an answer, a matrix by row."""
    told = {
        "question": plain_text(question, survey),
        "question_id": question.id,
        "kind": _kind(question, survey),
        **({"dimension": question.dimension} if question.dimension else {}),
        **({"side": question.side} if question.side else {}),
    }
    if question.kind in SCALES:
        yield {**told, "scale": question.scale, "direction": question.direction, "score": value}
    elif question.kind is QuestionKind.MATRIX:
        names = {each.id: each.text[survey.language] for each in question.rows}
        for row, score in value.items():
            at = {"question": f"{told['question']} {names[row]}", "question_id": f"{question.id}.{row}"}
            yield {**told, **at, "scale": question.scale, "direction": question.direction, "score": score}
    elif question.kind is QuestionKind.TEXT:
        yield {**told, "comment": value}
    elif question.kind is QuestionKind.CONSENT:
        yield {**told, "answer": value, "purpose": question.purpose}
    else:
        yield {**told, "answer": value}


def _kind(question: Question, survey: Survey) -> str:
    if question.kind is QuestionKind.NPS and survey.follows == "interaction":
        return "nps_transactional"  # never pooled with the relationship's
    return question.kind.value
