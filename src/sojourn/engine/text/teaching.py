"""A model of a company's own, from comments that came with a score; used only where it proves better than the usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sojourn.engine.text import encoder, lexicon
from sojourn.engine.text.features import LEXICAL, embedded, with_lexicon
from sojourn.engine.text.head import Head
from sojourn.engine.text.learning import FEWEST, classes_of, folds, learn, macro_f1
from sojourn.engine.text.model import DEFAULT, Embedded, load
from sojourn.engine.text.words import Floats, TextError

BETTER: Final = 0.01  # of macro-F1, before a model is changed for another
NAME: Final = "own"


@dataclass(frozen=True, kw_only=True)
class Taught:
    """What was learned: the model as JSON, from how many comments, and macro-F1 on comments it had not seen."""

    document: dict[str, Any]
    comments: int
    macro_f1: float
    usual: float  # macro-F1 of the model that is shipped, on the same comments

    @property
    def is_better(self) -> bool:
        """Say whether it is to be used."""
        return self.macro_f1 >= self.usual + BETTER


def teach(texts: Sequence[str], ratings: Floats, languages: Sequence[str]) -> Taught:
    """Learn a model from comments with ratings of -1 to 1, and judge it on held-out ones beside the shipped model.

    Raises TextError where they are too few (`learning.learn`) or embeddings cannot be made.
    """
    usual, told = load(DEFAULT), classes_of(ratings)
    plain = embedded(texts)
    is_worded = np.array([each in lexicon.LANGUAGES for each in languages], dtype=bool)
    worded = with_lexicon([text for text, is_one in zip(texts, is_worded, strict=True) if is_one])
    guessed = np.zeros(len(texts))
    for training, rest in folds(len(texts), seed=0):
        chosen = np.zeros(len(texts), dtype=bool)
        chosen[training] = True
        guessed[rest] = learn(plain[training], ratings[training], lexical=0).scores(plain[rest])
        head = _worded(worded, ratings, is_worded, chosen)
        if head is not None:
            here = is_worded & ~chosen
            guessed[here] = head.scores(worded[~chosen[is_worded]])
    of_usual = macro_f1(told, classes_of(usual.scores(texts, languages)))
    everything = _worded(worded, ratings, is_worded, np.ones(len(texts), dtype=bool))
    head = learn(plain, ratings, lexical=0)
    own = Embedded(name=NAME, worded=everything or usual.worded, plain=head, languages=_known(usual, languages))
    return Taught(
        document=own.as_json(), comments=len(texts), macro_f1=macro_f1(told, classes_of(guessed)), usual=of_usual
    )


def rating(*, score: float, scale: str, direction: str, measure: str) -> float | None:
    """Give a score as a rating of -1 to 1, None where its scale or its good end is not known.

    The middle of a scale is 0; of NPS that lies between 7 and 8, so that passives are neutral.
    """
    low, _, high = scale.partition("-")
    try:
        least, most = float(low), float(high)
    except ValueError:
        return None
    if not least <= score <= most or least >= most or direction not in ("high", "low"):
        return None
    if measure == "nps":
        return float(np.clip((score - 7.5) / 5, -1, 1))
    made = (2 * score - least - most) / (most - least)
    return made if direction == "high" else -made


def _worded(worded: Floats, ratings: Floats, is_worded: Any, chosen: Any) -> Head | None:
    """Learn the head that hears the lexicon from the chosen comments of its language; None where they are too few."""
    try:
        return learn(worded[chosen[is_worded]], ratings[is_worded & chosen], lexical=LEXICAL)
    except TextError:
        return None


def _known(usual: Embedded, languages: Sequence[str]) -> list[str]:
    """Give the languages that the shipped model knows, and those with enough comments that the encoder knows."""
    taught = {each for each in set(languages) & encoder.LANGUAGES if list(languages).count(each) >= FEWEST}
    return sorted(usual.languages | taught)
