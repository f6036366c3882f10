"""Which questions come next: branching, pages, piping, quotas; pure functions of what was answered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sojourn.domains.feedback.surveys.reading import PIPED
from sojourn.domains.feedback.words.surveys import Condition, Question, QuestionKind, Survey

Answers = Mapping[str, Any]  # by question: a score, an option's id, a list of them, a text, scores by row
Traits = Mapping[str, Any]
PIPED_MAX: Final = 60


def next_page(survey: Survey, *, answers: Answers, seen: Collection[str], traits: Traits) -> tuple[Question, ...]:
    """Give the questions of the next page, () at the end.

    A page ends before a question that depends on an answer of the same page, so that branching needs no script.
    """
    page: list[Question] = []
    here: set[str] = set()
    for question in survey.questions:
        if question.id in seen:
            continue
        if here & {each.question for each in question.when} or _pipes(question, here):
            break
        if holds(question.when, answers=answers, traits=traits):
            page.append(question)
            here.add(question.id)
    return tuple(page)


def holds(conditions: Iterable[Condition], *, answers: Answers, traits: Traits) -> bool:
    """Say whether all conditions hold; what was not answered fulfils none but `answered: false`."""
    return all(_holds(each, answers.get(each.question) if each.question else traits.get(each.trait))
               for each in conditions)  # fmt: skip


def full_quota(survey: Survey, *, answers: Answers, traits: Traits, taken: Mapping[str, int]) -> str:
    """Name the first quota that an answer falls into and that is full, "" when there is none."""
    for quota in survey.quotas:
        if taken.get(quota.name, 0) >= quota.most and holds(quota.when, answers=answers, traits=traits):
            return quota.name
    return ""


def text_in(texts: Mapping[str, str], language: str, survey: Survey) -> str:
    """Give a text in a language, else in the survey's own."""
    return texts.get(language) or texts.get(survey.language, "")


def piped(text: str, *, survey: Survey, language: str, answers: Answers, traits: Traits) -> str:
    """Put answers and traits into a text; where there is none, what stands behind the bar.

    >>> from sojourn.domains.feedback.words.surveys import Survey
    >>> empty = Survey(title={"en": ""}, questions=[])
    >>> piped("Dear {{trait:first_name|customer}}", survey=empty, language="en", answers={}, traits={})
    'Dear customer'
    """
    by_id = {each.id: each for each in survey.questions}

    def put(found: re.Match[str]) -> str:
        what, name, otherwise = found.groups()
        value = traits.get(name) if what == "trait" else _shown(by_id.get(name), answers.get(name), language, survey)
        return str(value)[:PIPED_MAX] if value not in (None, "", []) else (otherwise or "").strip()

    return PIPED.sub(put, text)


def plain_text(question: Question, survey: Survey) -> str:
    """Give a question as events name it: in the survey's own language, without anything of a customer in it."""
    return PIPED.sub(lambda found: (found[3] or "…").strip(), question.text[survey.language])


def _pipes(question: Question, here: set[str]) -> bool:
    return any(what == "answer" and name in here for text in question.text.values()
               for what, name, _ in PIPED.findall(text))  # fmt: skip


def _holds(condition: Condition, value: Any) -> bool:
    is_there = value not in (None, "", [])
    if condition.answered is not None and condition.answered != is_there:
        return False
    tests = (condition.is_, condition.in_, condition.at_least, condition.at_most)
    if all(test is None for test in tests):
        return True
    return is_there and _fits(condition, value)


def _fits(condition: Condition, value: Any) -> bool:
    values = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if condition.is_ is not None and str(condition.is_) not in values:
        return False
    if condition.in_ is not None and not {str(each) for each in condition.in_} & set(values):
        return False
    if condition.at_least is None and condition.at_most is None:
        return True
    try:
        number = float(values[0])
    except ValueError:
        return False
    return (condition.at_least is None or number >= condition.at_least) and (
        condition.at_most is None or number <= condition.at_most
    )


def _shown(question: Question | None, value: Any, language: str, survey: Survey) -> Any:
    if question is None or value in (None, "", []):
        return ""
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANKING):
        chosen = value if isinstance(value, list) else [value]
        names = {each.id: text_in(each.text, language, survey) for each in question.options}
        return ", ".join(names.get(each, "") for each in chosen)
    return "" if isinstance(value, dict) else value
