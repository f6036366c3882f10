"""Thought of saved questions: which parameters each page has, what each may hold, and how much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum, auto
from typing import Final

from sojourn.domains.journeys.contracts import QuestionPage
from sojourn.domains.journeys.contracts.saved import Parameters
from sojourn.domains.privacy.contracts import Vocabulary
from sojourn.domains.privacy.queries import looks_personal
from sojourn.engine.answers.funnel_asked import written_exclusion
from sojourn.engine.kernels.patterns import bind, compile_pattern, read
from sojourn.kit.errors import InvalidError

NAME_MAX_CHARACTERS: Final = 100
DESCRIPTION_MAX_CHARACTERS: Final = 500
PARAMETERS_MOST: Final = 400
VALUE_MAX_CHARACTERS: Final = 2_000
ADDRESS_MAX_CHARACTERS: Final = 8_000
USUAL_PERIOD: Final = ("period", "90")
OPEN_AT_THE_SIDE: Final = frozenset({"at", "from", "to", "node", "cell", "saved"})


class Means(Enum):
    """What a parameter's value is."""

    NUMBER = auto()
    DAY = auto()
    WORD = auto()  # of the page's own: small letters, digits, commas
    EVENT = auto()
    EXCLUSION = auto()
    DIMENSION = auto()  # or a word of the page's own
    VALUE = auto()  # of a dimension, or an event
    CURRENCY = auto()
    PATTERN = auto()
    JOURNEY = auto()
    GROUP = auto()  # of events, or a kind of groups


SHARED: Final[Mapping[str, Means]] = {
    "period": Means.WORD, "since": Means.DAY, "until": Means.DAY, "journey": Means.JOURNEY, "having": Means.EVENT,
    "having_pattern": Means.PATTERN, "steps": Means.NUMBER, "paths": Means.NUMBER, "colour": Means.WORD,
    "window": Means.NUMBER, "identity": Means.WORD, "f": Means.EVENT, "level": Means.WORD, "once": Means.WORD,
    "expand": Means.GROUP,
}  # fmt: skip
OWN: Final[Mapping[QuestionPage, Mapping[str, Means]]] = {
    QuestionPage.EXPLORER: {
        "forder": Means.WORD, "fcount": Means.WORD, "fper": Means.WORD, "fby": Means.DIMENSION, "ftrend": Means.WORD,
        "ftime": Means.NUMBER, "fx": Means.EXCLUSION,
    },
    QuestionPage.PATHS: {
        "root": Means.EVENT, "way": Means.WORD, "depth": Means.NUMBER, "breadth": Means.NUMBER, "every": Means.WORD,
        "repeats": Means.WORD, "pause": Means.NUMBER, "within": Means.NUMBER, "timeout": Means.NUMBER,
        "begun": Means.EVENT,
    },
    QuestionPage.RETENTION: {
        "by": Means.WORD, "starts": Means.EVENT, "returns": Means.EVENT, "cohorts": Means.WORD, "counted": Means.WORD,
        "brackets": Means.WORD,
    },
    QuestionPage.PROCESS: {"covers": Means.NUMBER},
    QuestionPage.ATTRIBUTION: {
        "outcome": Means.EVENT, "by": Means.DIMENSION, "touch": Means.VALUE, "lookback": Means.NUMBER,
        "half": Means.NUMBER, "collapse": Means.WORD, "currency": Means.CURRENCY, "model": Means.WORD,
    },
    QuestionPage.COMPARE: {
        "against": Means.DIMENSION, "a": Means.VALUE, "b": Means.VALUE, "a_since": Means.DAY, "a_until": Means.DAY,
        "looks": Means.WORD, "show": Means.WORD, "soon": Means.NUMBER, "kinds": Means.NUMBER,
        "a_pattern": Means.PATTERN, "b_pattern": Means.PATTERN, "forder": Means.WORD, "fx": Means.EXCLUSION,
    },
    QuestionPage.CASES: {
        "of": Means.JOURNEY, "start": Means.EVENT, "goal": Means.EVENT, "ending": Means.EVENT, "stage": Means.EVENT,
        "within": Means.NUMBER, "idle": Means.NUMBER, "soon": Means.NUMBER, "counted": Means.WORD,
        "across": Means.DIMENSION, "by": Means.DIMENSION, "trend": Means.WORD,
    },
    QuestionPage.PATTERNS: {"match": Means.PATTERN, "span": Means.WORD},
}  # fmt: skip
WORD: Final = re.compile(r"[a-z0-9_, -]{1,200}", re.ASCII)
NUMBER: Final = re.compile(r"\d{1,6}", re.ASCII)


def plain(dimension: str) -> str:
    """Name a dimension as an address does: `$app_version` is `app_version` there."""
    return dimension.removeprefix("$")


def check_texts(*, name: str, description: str) -> None:
    """Raise InvalidError when name or description is missing, too long, or holds what identifies somebody."""
    if not name.strip() or len(name) > NAME_MAX_CHARACTERS:
        raise InvalidError(f"name: 1 to {NAME_MAX_CHARACTERS} characters.")
    if len(description) > DESCRIPTION_MAX_CHARACTERS:
        raise InvalidError(f"description: at most {DESCRIPTION_MAX_CHARACTERS} characters.")
    for field, text in (("name", name), ("description", description)):
        if _is_unwritable(text):
            raise InvalidError(f"{field}: holds a character that cannot be stored.")
        if looks_personal(text):
            raise InvalidError(f"{field}: holds what looks like a mail address, phone, card or account number.")


def check_parameters(
    *,
    page: QuestionPage,
    parameters: Parameters,
    vocabulary: Vocabulary,
    journeys: frozenset[str],
    groups: frozenset[str],
) -> None:
    """Raise InvalidError, naming the parameter, for one that the page has not or that holds what it cannot.

    Events and values must be those that the vocabulary shows, so that a saved question holds nothing about anybody;
    `groups` are the names of groups of events and of their kinds, which may stand for events.
    """
    if len(parameters) > PARAMETERS_MOST or sum(len(value) for _, value in parameters) > ADDRESS_MAX_CHARACTERS:
        raise InvalidError(f"address: at most {PARAMETERS_MOST} parameters and {ADDRESS_MAX_CHARACTERS:,} characters.")
    known = _Known(page, vocabulary, journeys, groups)
    for name, value in parameters:
        known.check(name, value)


def question_of(page: QuestionPage, parameters: Parameters, goals: tuple[str, ...], journey: str = "") -> Parameters:
    """Keep what is part of the question, and say what the page takes for granted, so that it means the same for good.

    What is open at the side is no part of it. Where none is said, the period is the usual one, and the outcome of an
    attribution any of `goals`, and cases are those of `journey`.
    """
    kept = tuple(pair for pair in parameters if pair[0] not in OPEN_AT_THE_SIDE)
    said = {name for name, _ in kept}
    if page is QuestionPage.ATTRIBUTION and "outcome" not in said:
        kept = (*kept, *(("outcome", goal) for goal in goals))
    if page is QuestionPage.CASES and journey and not said & {"journey", "of"}:
        kept = (*kept, ("of", journey))
    return kept if "period" in said else (USUAL_PERIOD, *kept)


class _Known:
    """What a page's parameters may hold."""

    def __init__(
        self, page: QuestionPage, vocabulary: Vocabulary, journeys: frozenset[str], groups: frozenset[str]
    ) -> None:
        self.means = {**SHARED, **OWN[page]}
        self.page = page
        self.groups = groups
        self.events = {term.name for term in vocabulary.names} | groups
        self.values = {plain(name): {term.name for term in terms} for name, terms in vocabulary.dimensions.items()}
        self.values.setdefault("unit", set()).update(term.name for term in vocabulary.units)
        self.dimensions = {name: [term.name for term in terms] for name, terms in vocabulary.dimensions.items()}
        self.every_value = self.events.union(*self.values.values())
        self.currencies = frozenset(vocabulary.currencies)
        self.journeys = journeys

    def check(self, name: str, value: str) -> None:
        if not value or len(value) > VALUE_MAX_CHARACTERS or _is_unwritable(value):
            raise InvalidError(f"address: each parameter holds 1 to {VALUE_MAX_CHARACTERS:,} plain characters.")
        means = self.means.get(name)
        if means is None:
            self._check_dimension(name, value)
        elif not self._fits(means, value):
            raise InvalidError(f"address: {name} cannot be what it says here.")

    def _check_dimension(self, name: str, value: str) -> None:
        if name not in self.values:
            raise InvalidError(f"address: the page {self.page} has no parameter of this name, and no dimension has it.")
        if value not in self.values[name]:
            raise InvalidError(f"address: {name} has no such value in the data.")

    def _fits(self, means: Means, value: str) -> bool:
        match means:
            case Means.NUMBER:
                return NUMBER.fullmatch(value) is not None
            case Means.WORD:
                return WORD.fullmatch(value) is not None
            case Means.DAY:
                return _is_day(value)
            case Means.EVENT:
                return value in self.events
            case Means.VALUE:
                return value in self.every_value
            case Means.CURRENCY:
                return value in self.currencies
            case Means.GROUP:
                return value in self.groups
            case Means.JOURNEY:
                return value in self.journeys
            case Means.DIMENSION:
                return plain(value) in self.values or value in {"before", "dates", "patterns"}
            case Means.EXCLUSION:
                return set(written_exclusion(value).events) <= self.events
            case Means.PATTERN:
                bind(compile_pattern(read(value)), sorted(self.events), self.dimensions)
                return not looks_personal(value)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_unwritable(text: str) -> bool:
    # PostgreSQL stores no NUL, and no encoding half of a pair.
    return "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text)
