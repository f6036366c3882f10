"""Surveys as documents: read from YAML with errors that name the place, checked, and written back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import yaml

from sojourn.domains.feedback.surveys.look import check_look
from sojourn.domains.feedback.words.surveys import SCALES, Condition, Option, Question, QuestionKind, Survey
from sojourn.kit.errors import InvalidError

TEXT_MAX_CHARACTERS: Final = 200_000
QUESTIONS_MAX: Final = 100
OPTIONS_MAX: Final = 200
ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
SCALE: Final = re.compile(r"(\d{1,2})-(\d{1,3})")
POINTS_MAX: Final = 11  # of a scale that is not a slider
PIPED: Final = re.compile(r"\{\{\s*(answer|trait):([a-z][a-z0-9_]*)\s*(?:\|([^{}]*))?\}\}")
CHOICES: Final = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANKING)
PIPED_TRAITS: Final = ("first_name", "last_name", "title", "company", "product")


class SurveyError(InvalidError):
    """The survey's document does not mean anything; the message names the place."""

    code = "survey"


def read(text: str) -> Survey:
    """Read a survey from YAML (JSON is YAML) and check it; raise SurveyError naming the place."""
    if len(text) > TEXT_MAX_CHARACTERS:
        raise SurveyError("survey: it is larger than 200,000 characters.")
    try:
        found = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f" in line {line + 1}"
        raise SurveyError(f"survey: this is not YAML{where}.") from None
    return of(found)


def of(found: Any) -> Survey:
    """Make a survey of what was read, and check it; raise SurveyError naming the place."""
    try:
        made = msgspec.convert(found, Survey)
    except msgspec.ValidationError as error:
        raise SurveyError(f"survey: {error}.") from None
    filled = msgspec.structs.replace(made, questions=[_filled(each) for each in made.questions])
    for said in _faults(filled):
        raise SurveyError(f"survey: {said}.")
    return filled


def write(survey: Survey) -> str:
    """Write a survey as YAML that `read` reads to the same survey."""
    return yaml.safe_dump(plain(survey), sort_keys=False, allow_unicode=True, width=110)


def plain(survey: Survey) -> dict[str, Any]:
    """Give a survey as JSON, without what stands at its default."""
    found: dict[str, Any] = _without_defaults(survey)
    return found


class _Loader(yaml.SafeLoader):
    """Reads no aliases: a few lines of them could stand for billions of nodes; dates stay text."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not read", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _filled(question: Question) -> Question:
    """Fill in scale and direction where the kind says them."""
    if question.kind is QuestionKind.MATRIX:
        return msgspec.structs.replace(question, direction=question.direction or "high", scale=question.scale or "1-5")
    if question.kind not in SCALES:
        return question
    scale, _, direction = SCALES[question.kind]
    return msgspec.structs.replace(question, scale=question.scale or scale, direction=question.direction or direction)


def _faults(survey: Survey) -> Iterator[str]:
    """Find what is wrong, the first first."""
    if not survey.languages or not all(map(LANGUAGE.fullmatch, survey.languages)):
        yield "languages: name at least one, such as en"
    if len(set(survey.languages)) < len(survey.languages):
        yield "languages: one is named twice"
    if not 1 <= len(survey.questions) <= QUESTIONS_MAX:
        yield f"questions: 1 to {QUESTIONS_MAX}"
    if not 0 <= survey.min_seconds <= 600 or not 1 <= survey.expires_days <= 365:
        yield "min_seconds lies between 0 and 600, expires_days between 1 and 365"
    yield from _texts("title", survey.title, survey.languages)
    for name in ("intro", "thanks"):
        if getattr(survey, name):
            yield from _texts(name, getattr(survey, name), survey.languages)
    yield from check_look(survey.look)
    known: dict[str, Question] = {}
    for at, question in enumerate(survey.questions, 1):
        place = f"question {at} ({question.id})"
        yield from (f"{place}: {said}" for said in _of_question(question, survey, known))
        known[question.id] = question
    for quota in survey.quotas:
        if not quota.name or quota.most < 1:
            yield "quotas: each has a name and takes at least one answer"
        yield from (f"quota {quota.name}: {said}" for said in _conditions(quota.when, known))


def _of_question(question: Question, survey: Survey, known: dict[str, Question]) -> Iterator[str]:
    if not ID.fullmatch(question.id):
        yield "id: a small letter, then small letters, digits and _"
    if question.id in known:
        yield "id: another question has it"
    yield from _texts("text", question.text, survey.languages)
    yield from _piped(question.text.values(), known)
    yield from _scale(question)
    if question.kind in CHOICES:
        yield from _listed("options", question.options, survey.languages)
    if question.kind is QuestionKind.MATRIX:
        yield from _listed("rows", question.rows, survey.languages)
    if question.kind is QuestionKind.CONSENT and not question.purpose:
        yield "purpose: name the purpose that is consented to"
    yield from _conditions(question.when, known)


def _scale(question: Question) -> Iterator[str]:
    if question.kind not in SCALES and question.kind is not QuestionKind.MATRIX:
        if question.scale or question.direction:
            yield "scale: this kind of question has none"
        return
    found = SCALE.fullmatch(question.scale)
    if found is None or int(found[1]) >= int(found[2]):
        yield "scale: write it as 1-5"
        return
    standard, is_free, direction = SCALES.get(question.kind, ("", True, question.direction))
    if not is_free and question.scale != standard:
        yield f"scale: {question.kind.value} is asked on {standard}; another scale is another question"
    if question.kind in (QuestionKind.NPS, QuestionKind.CES, QuestionKind.CES_EASE) and question.direction != direction:
        yield f"direction: the good end of {question.kind.value} is the {direction} one"
    if question.kind is not QuestionKind.SLIDER and int(found[2]) - int(found[1]) >= POINTS_MAX:
        yield f"scale: {POINTS_MAX} points at most"


def _texts(name: str, texts: dict[str, str], languages: Iterable[str]) -> Iterator[str]:
    missing = [each for each in languages if not texts.get(each, "").strip()]
    if missing:
        yield f"{name}: it is missing in {', '.join(missing)}"


def _listed(name: str, options: list[Option], languages: list[str]) -> Iterator[str]:
    if not 1 <= len(options) <= OPTIONS_MAX:
        yield f"{name}: 1 to {OPTIONS_MAX}"
    ids = [each.id for each in options]
    if len(set(ids)) < len(ids) or not all(map(ID.fullmatch, ids)):
        yield f"{name}: each has an id of its own of small letters, digits and _"
    for each in options:
        yield from (f"{name} {each.id}: {said}" for said in _texts("text", each.text, languages))


def _conditions(conditions: list[Condition], known: dict[str, Question]) -> Iterator[str]:
    for each in conditions:
        if bool(each.question) == bool(each.trait):
            yield "when: name either a question or a trait"
        elif each.question and each.question not in known:
            yield f"when: {each.question} is not asked before"
        tests = (each.is_, each.in_, each.at_least, each.at_most, each.answered)
        if all(test is None for test in tests):
            yield "when: say is, in, at_least, at_most or answered"


def _piped(texts: Iterable[str], known: dict[str, Question]) -> Iterator[str]:
    for text in texts:
        for what, name, _ in PIPED.findall(text):
            if what == "answer" and name not in known:
                yield f"text: {name} is not asked before"
            if what == "trait" and name not in PIPED_TRAITS:
                yield f"text: only {', '.join(PIPED_TRAITS)} of a customer can stand in a text, not {name}"


def _without_defaults(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        found = {}
        for each in msgspec.structs.fields(value):
            held = getattr(value, each.name)
            default = each.default if each.default_factory is msgspec.NODEFAULT else each.default_factory()
            if held != default:
                found[each.encode_name] = _without_defaults(held)
        return found
    if isinstance(value, list):
        return [_without_defaults(each) for each in value]
    return value.value if isinstance(value, QuestionKind) else value
