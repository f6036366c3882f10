"""The shares of consents that are planted in the bank are those that are stated."""

from __future__ import annotations

import csv
import io

from sojourn.engine.simulation.consents import SHARES, consents_csv

ANCHOR = 1_767_225_600_000_000


def test_the_shares_of_what_was_said_are_the_planted_ones() -> None:
    size = 20_000
    rows = list(csv.DictReader(io.StringIO(consents_csv(size, ANCHOR, seed=1))))
    for purpose, (yes, no) in SHARES.items():
        said = [row[purpose] for row in rows]
        assert abs(said.count("yes") / size - yes) < 0.01
        assert abs(said.count("no") / size - no) < 0.01
    assert all(row["at"] < "2026-01-01" for row in rows)


def test_the_same_bank_says_the_same() -> None:
    assert consents_csv(50, ANCHOR, seed=1) == consents_csv(50, ANCHOR, seed=1) != consents_csv(50, ANCHOR, seed=2)
