"""English comments from a small phrase grammar: an opener, a clause on a theme, sometimes a closing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation.words import THEMES

GOOD, MIXED, BAD = range(3)

_OPENERS = (
    ("", "Really pleased.", "Good experience.", "All went well.", "Thank you.", "Happy with this."),
    ("", "It was all right.", "Mixed feelings.", "Fine in the end.", "Could be better."),
    ("", "Not good enough.", "I am disappointed.", "This has to change.", "Poor.", "I expected more."),
)
_CLOSERS = (
    ("", "", "I would come again.", "Keep it up.", "Please thank the team."),
    ("", "", "Please look into it.", "A little more care would help."),
    ("", "", "I am thinking of leaving.", "Please call me back.", "Nobody seems to care.", "I want this put right."),
)
# theme -> (good, mixed, bad) clauses
_CLAUSES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "waiting": (
        ("I hardly had to wait.", "It was quick.", "An answer came within the hour."),
        ("I had to wait a little.", "It took some days, but it was done."),
        ("I waited far too long.", "Forty minutes in a queue for two minutes of work.", "Nobody picked up the phone."),
    ),
    "app": (
        ("The app makes it easy.", "I did everything on my phone.", "The new screens are clear."),
        ("The app works, but I had to search.", "The app is fine until you need something unusual."),
        ("The app threw me out again.", "Uploading a photo in the app fails every time.", "I could not sign in."),
    ),
    "fees": (
        ("Fair and clear prices.", "No hidden fees."),
        ("The fees are about average.", "I had to ask what it costs."),
        ("The fees went up again.", "I was charged and nobody told me why."),
    ),
    "staff": (
        ("The person I spoke to was kind and knew the answer.", "Friendly staff.", "The adviser took time for me."),
        ("Polite, but had to ask a colleague.", "Friendly, though the answer changed halfway."),
        ("I was passed on three times.", "The adviser did not listen.", "I had to explain it all again."),
    ),
    "clarity": (
        ("The letter said exactly what to do.", "Every step was explained."),
        ("Most of it was clear.", "I understood it at the second reading."),
        ("I still do not know what happens next.", "The letter makes no sense.", "The form asks the same thing twice."),
    ),
    "card": (
        ("The new card came in three days.", "The card works everywhere."),
        ("The card came, the PIN a week later.", "Card is fine, limit is low."),
        ("My card was refused at the till.", "The card never came.", "I was charged twice on my card."),
    ),
    "foreign fee": (
        ("Paying abroad was no trouble.",),
        ("I did not expect the fee for paying abroad.",),
        ("A fee for using my card abroad, since when?", "The new foreign-use fee is a disgrace.",
         "Charged 2.5 percent for a coffee on holiday."),
    ),
}  # fmt: skip


def texts(rng: np.random.Generator, theme: npt.NDArray[np.int8], tone: npt.NDArray[np.int8]) -> Iterator[str]:
    """Write one comment for each theme (place in `words.THEMES`) and tone."""
    draws = rng.random((len(theme), 3))
    for number, feeling, (first, second, third) in zip(theme.tolist(), tone.tolist(), draws.tolist(), strict=True):
        parts = (
            _one(_OPENERS[feeling], first),
            _one(_CLAUSES[THEMES[number]][feeling], second),
            _one(_CLOSERS[feeling], third),
        )
        yield " ".join(part for part in parts if part)


def _one(choices: tuple[str, ...], draw: float) -> str:
    return choices[int(draw * len(choices))]
