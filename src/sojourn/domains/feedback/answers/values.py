"""What somebody sent for a question, read as its kind wants it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sojourn.domains.feedback.words.surveys import SCALES, Question, QuestionKind

TEXT_MAX_CHARACTERS: Final = 4_000
CONTACT_FIELDS: Final = ("name", "email", "phone")


class ValueRefusedError(ValueError):
    """A value does not answer the question; the message says why, in words for who typed it."""


def read_value(question: Question, value: Any) -> Any:
    """Give what a value says, None where it says nothing; raise ValueRefusedError.

    A score and a number come as a number or a text, what is chosen as option ids, a matrix as scores by row.
    """
    if isinstance(value, str):
        value = value.strip().replace("\x00", "")
    if value in (None, "", [], {}):
        return None
    if question.kind in SCALES:
        return _score(question, value)
    return _READERS[question.kind](question, value)


def _score(question: Question, value: Any) -> int:
    low, high = map(int, question.scale.split("-"))
    number = _number_of(value)
    if number != int(number) or not low <= number <= high:
        raise ValueRefusedError(f"choose {low} to {high}")
    return int(number)


def _number_of(value: Any) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueRefusedError("write a number")
    return number


def _number(question: Question, value: Any) -> float | int:
    number = _number_of(value.replace(",", ".") if isinstance(value, str) else value)
    if abs(number) >= 1e15:
        raise ValueRefusedError("write a smaller number")
    return int(number) if number == int(number) else number


def _date(question: Question, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueRefusedError("write a day as 2026-01-31") from None


def _text(question: Question, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueRefusedError("write a text")
    if len(value) > TEXT_MAX_CHARACTERS:
        raise ValueRefusedError(f"{TEXT_MAX_CHARACTERS:,} characters at most")
    return value


def _single(question: Question, value: Any) -> str:
    if value not in [each.id for each in question.options]:
        raise ValueRefusedError("choose one of the options")
    return str(value)


def _chosen(question: Question, value: Any) -> list[str]:
    values = [value] if isinstance(value, str) else value
    known = [each.id for each in question.options]
    if not isinstance(values, Sequence) or any(each not in known for each in values):
        raise ValueRefusedError("choose among the options")
    return [each for each in known if each in values]


def _ranking(question: Question, value: Any) -> list[str] | None:
    """Read a ranking: ids in order, or the place of each by id."""
    known = [each.id for each in question.options]
    if isinstance(value, Mapping):
        places = {name: place for name, place in value.items() if place not in (None, "")}
        if not places:
            return None
        if sorted(str(each) for each in places.values()) != sorted(str(each + 1) for each in range(len(places))):
            raise ValueRefusedError("give each place once, from 1 on")
        value = sorted(places, key=lambda name: int(places[name]))
    if not isinstance(value, Sequence) or len(set(value)) < len(value) or any(each not in known for each in value):
        raise ValueRefusedError("put the options in order, each once")
    return list(value)


def _matrix(question: Question, value: Any) -> dict[str, int] | None:
    if not isinstance(value, Mapping) or any(name not in [each.id for each in question.rows] for name in value):
        raise ValueRefusedError("answer the rows")
    return {name: _score(question, score) for name, score in value.items() if score not in (None, "")} or None


def _contact(question: Question, value: Any) -> dict[str, str] | None:
    if not isinstance(value, Mapping) or any(name not in CONTACT_FIELDS for name in value):
        raise ValueRefusedError("give name, email or phone")
    found = {name: _text(question, said).strip()[:200] for name, said in value.items() if said}
    if "email" in found and "@" not in found["email"]:
        raise ValueRefusedError("this is no mail address")
    return found or None


def _consent(question: Question, value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if value not in ("yes", "no"):
        raise ValueRefusedError("choose yes or no")
    return str(value)


_READERS: Final[Mapping[QuestionKind, Callable[[Question, Any], Any]]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _chosen,
    QuestionKind.RANKING: _ranking,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.TEXT: _text,
    QuestionKind.CONTACT: _contact,
    QuestionKind.CONSENT: _consent,
}
