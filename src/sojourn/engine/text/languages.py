"""The language of a text, told among all that are known but leaning towards those that the company speaks.

A naive Bayes over byte n-grams (py3langid; Lui & Baldwin, "langid.py: An Off-the-shelf Language Identification Tool",
ACL 2012) is unsure of five words. The company's languages are the prior: another one is believed when it is `OUTSIDE`
times as likely. A text without letters, or one that fits nothing, has no language.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Final

from sojourn.engine.text.parcels import LANGUAGES, Standing, standing

OUTSIDE: Final = 40.0
FEW_LETTERS: Final = (
    40  # a shorter text is not believed to be in a language that the company does not speak, unless sure
)
SURE: Final = 0.9


def language_of(text: str, spoken: Collection[str] = ()) -> str | None:
    """Give the ISO 639 code of a text's language, None where none can be told."""
    letters = sum(each.isalpha() for each in text)
    if letters < 2:
        return None
    if standing(LANGUAGES) is not Standing.READY:
        return next(iter(spoken)) if len(spoken) == 1 else None
    ranked = _identifier().rank(text)
    best, likely = ranked[0]
    if not spoken or best in spoken:
        return str(best)
    within = next(((code, share) for code, share in ranked if code in spoken), None)
    if within is None:
        return str(best)
    is_sure = likely >= OUTSIDE * within[1] and (letters >= FEW_LETTERS or likely >= SURE)
    return str(best) if is_sure else str(within[0])


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
