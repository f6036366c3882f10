"""The fallback without Splink: fixed weights by level, a line that follows from the number of records, own SQL.

Two records are taken for one human when the weights of their levels make up for how unlikely that is at random (as if
each record had one partner), and by ten to one more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb
import numpy as np

from sojourn.engine.matching.blocking import Key
from sojourn.engine.matching.words import Candidates, Comparison, Floats

SURE_BITS: Final = float(np.log2(10.0))
APART: Final = {"given": 0, "born": 1}  # up to which level a field of the human's own is another's
HOUSEHOLD_BITS: Final = 100.0  # given name and birthday both different: two humans, whatever they share
AT_LEAST_BITS: Final = 0.0  # of a pair that is worth keeping


def candidates(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    comparisons: Sequence[Comparison],
    keys: Sequence[Key],
    total: int,
) -> Candidates:
    """Give the pairs that share a key and whose levels speak for rather than against them."""
    left, right = tables[0], tables[-1]
    ahead = "l.id < r.id AND " if left == right else ""
    found = " UNION ".join(
        f"SELECT l.id AS left_id, r.id AS right_id FROM {left} l JOIN {right} r ON {ahead}{key.sql()}" for key in keys
    )
    coded = ", ".join(f'{code_sql(each)} AS "{each.field}"' for each in comparisons)
    bits = " + ".join(f"{_bits_sql(each)}" for each in comparisons)
    rows = connection.execute(
        f"WITH pairs AS ({found}), coded AS (SELECT left_id, right_id, {coded} FROM pairs "
        f"JOIN {left} l ON l.id = left_id JOIN {right} r ON r.id = right_id) "
        f"SELECT * FROM coded WHERE {bits} >= {AT_LEAST_BITS}"
    ).fetchnumpy()
    levels = np.stack([rows[each.field] for each in comparisons], axis=1).astype(np.int8)
    return Candidates(
        left=rows["left_id"], right=rows["right_id"], levels=levels, terms=np.zeros(levels.shape), total=total
    )


def weighed(found: Candidates, comparisons: Sequence[Comparison]) -> Floats:
    """Give the fixed weight of each field of each pair, in bits, and last what a household takes."""
    tables = [np.array([0.0, *(level.bits for level in reversed(each.levels))]) for each in comparisons]
    bits = [table[found.levels[:, at].astype(np.intp) + 1] for at, table in enumerate(tables)]
    own = [(found.levels[:, at], each.field) for at, each in enumerate(comparisons) if each.field in APART]
    differ = np.all([(code >= 0) & (code <= APART[name]) for code, name in own] or [np.zeros(len(found.left), bool)], 0)
    return np.column_stack([*bits, np.where(differ, -HOUSEHOLD_BITS, 0.0)])


def line_bits(total: int, records: int) -> float:
    """Give the sum of weights from which on a pair is taken for one human."""
    return float(np.log2(total / records)) + SURE_BITS


def code_sql(comparison: Comparison) -> str:
    """Write a comparison's level as SQL over `l` and `r`: its code, -1 for missing."""
    last = len(comparison.levels) - 1
    whens = " ".join(f"WHEN {each.sql} THEN {last - at}" for at, each in enumerate(comparison.levels[:-1]))
    return f"CAST(CASE WHEN {comparison.missing} THEN -1 {whens} ELSE 0 END AS TINYINT)"


def _bits_sql(comparison: Comparison) -> str:
    last = len(comparison.levels) - 1
    whens = " ".join(f"WHEN {last - at} THEN {each.bits}" for at, each in enumerate(comparison.levels))
    return f'(CASE "{comparison.field}" {whens} ELSE 0 END)'
