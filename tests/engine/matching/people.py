"""Records of made-up humans, some of them twice, with slips."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sojourn.engine.simulation.names import FIRST_NAMES, LAST_NAMES

ROADS = ("Mill Lane", "Harbour Street", "Castle Road", "Linden Avenue", "Station Street", "Green Lane", "Church Road")


def people(size: int, twice: int, seed: int = 3) -> tuple[pa.Table, set[tuple[int, int]]]:
    """Make `size` records and copies of the first `twice` with one or two slips each; give the true pairs too."""
    rng = np.random.default_rng(seed)
    rows = [_one(rng) for _ in range(size)]
    rows += [_slipped(rng, dict(row)) for row in rows[:twice]]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    table = pa.table({"id": pa.array(range(1, len(rows) + 1), pa.int64()), **columns})
    return table, {(at + 1, size + at + 1) for at in range(twice)}


def _one(rng: np.random.Generator) -> dict[str, str | None]:
    given, family = str(rng.choice(FIRST_NAMES)), str(rng.choice(LAST_NAMES))
    day = np.datetime64("1940-01-01") + int(rng.integers(0, 25_000))
    return {
        "given": given,
        "family": family,
        "born": str(day),
        "mail": f"{given}.{family}{rng.integers(10_000)}@example.com".lower(),
        "street": f"{rng.integers(1, 99)} {rng.choice(ROADS)}",
        "postcode": str(rng.integers(10_000, 99_999)),
    }


def _slipped(rng: np.random.Generator, row: dict[str, str | None]) -> dict[str, str | None]:
    for name in rng.choice(list(row), rng.integers(1, 3), replace=False):
        text = str(row[name])
        at = int(rng.integers(1, len(text) - 1))
        row[str(name)] = None if rng.random() < 0.3 else text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return row
