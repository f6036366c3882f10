"""What the bank's customers have said about purposes: shares by purpose, the same for the same bank."""

from __future__ import annotations

import csv
import io
from typing import Final

import numpy as np

from sojourn.engine.simulation.words import DAY
from sojourn.kit.period import instant

MOST: Final = 100_000  # customers whose words are written down
# Of all customers: those who said yes, and those who said no; the others said nothing. An objection to analytics takes
# a customer out of every figure, so there are few.
SHARES: Final = {
    "marketing": (0.38, 0.15),
    "personalisation": (0.24, 0.08),
    "automated_decision": (0.09, 0.05),
    "research": (0.0, 0.03),
    "analytics": (0.0, 0.004),
    "partner_sharing": (0.07, 0.21),
}
NOTICE: Final = 2  # the version that also covers what was collected before
PLACES: Final = ("branch form", "app settings", "phone")
LANGUAGES: Final = ("en", "de")


def consents_csv(size: int, anchor: int, *, seed: int) -> str:
    """Write a row for each customer who said something: user id, when, where, shown what, and a column a purpose."""
    rng = np.random.default_rng((seed, 12))
    count = min(size, MOST)
    days, places, languages = rng.integers(1, 360, count), rng.integers(0, 3, count), rng.integers(0, 2, count)
    drawn = {purpose: rng.random(count) for purpose in SHARES}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["user_id", "at", "notice", "language", "source", *SHARES])
    for customer in range(count):
        said = [_word(float(drawn[purpose][customer]), *SHARES[purpose]) for purpose in SHARES]
        if any(said):
            at = instant(anchor - int(days[customer]) * DAY).isoformat()
            where, language = PLACES[int(places[customer])], LANGUAGES[int(languages[customer])]
            writer.writerow([f"HB-{customer + 100_000}", at, NOTICE, language, where, *said])
    return out.getvalue()


def _word(drawn: float, yes: float, no: float) -> str:
    return "yes" if drawn < yes else "no" if drawn >= 1 - no else ""
