"""Matching records about humans: clean, block, compare, learn, draw the line; with Splink or by the fixed rule."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from contextlib import closing
from enum import StrEnum
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from sojourn.engine.matching import agreement, blocking, refining, thresholds
from sojourn.engine.matching.assignment import one_to_one as heaviest
from sojourn.engine.matching.cleaning import cleaned
from sojourn.engine.matching.levels import comparisons as comparisons_of
from sojourn.engine.matching.words import (
    FIELDS,
    HOUSEHOLD,
    Candidates,
    Comparison,
    Expected,
    Flags,
    Floats,
    Matches,
    MatchingError,
)
from sojourn.engine.stream.query import Connection, connected

MEMORY_MB: Final = 2_048
LEAST_PROBABILITY: Final = 0.01  # of a pair that is told at all
FEWEST_RECORDS: Final = 2
HOUSEHOLD_TOLD_BITS: Final = 0.1


class Method(StrEnum):
    """Who decides how alike is alike enough."""

    MODEL = "model"  # Splink, then a second pass over all candidates
    AGREEMENT = "agreement"  # fixed weights


def is_model_there() -> bool:
    """Say whether Splink is installed."""
    return importlib.util.find_spec("splink") is not None


def match(
    records: pa.Table,
    others: pa.Table | None = None,
    *,
    one_to_one: bool = False,
    method: Method | None = None,
    memory_limit_mb: int = MEMORY_MB,
    threads: int = 1,
) -> Matches:
    """Find pairs that are one human, within `records` or between them and `others`, and say how sure that is.

    A table has a column `id` (int64) and any of `FIELDS` as texts. `one_to_one` says that neither holds anybody twice:
    a record then has one partner at most. Without a `method` it is the model where Splink is installed. Nothing is
    written to disk. Raise MatchingError where there is nothing to compare, or the memory is not enough.
    """
    tables = [records] if others is None else [records, others]
    count = sum(map(len, tables))
    if min(map(len, tables)) < 1 or count < FEWEST_RECORDS:
        raise MatchingError("Matching needs two records at least.")
    # Nothing is spilled: these rows say who somebody is, and DuckDB's own encryption is weaker than ours.
    opened = connected(temporary=None, memory_limit_mb=memory_limit_mb, threads=threads)
    try:
        with closing(opened) as connection:
            return _matched(connection, tables, one_to_one, method)
    except duckdb.OutOfMemoryException as error:
        raise MatchingError(f"Matching {count:,} records needs more than {memory_limit_mb:,} MB of memory.") from error


def _matched(connection: Connection, tables: Sequence[pa.Table], is_single: bool, method: Method | None) -> Matches:
    names, has = _loaded(connection, tables)
    if not has:
        raise MatchingError("Matching needs a field that several records have: names, birth dates, addresses, ...")
    count, lengths = sum(map(len, tables)), [len(each) for each in tables]
    total = lengths[0] * (lengths[0] - 1) // 2 if len(tables) == 1 else lengths[0] * lengths[1]
    keys = blocking.chosen(connection, names, has)
    using = method or (Method.MODEL if is_model_there() else Method.AGREEMENT)
    comparisons = comparisons_of(has)
    if not keys:
        return _nothing(comparisons, total)
    if using is Method.AGREEMENT:
        found = agreement.candidates(connection, names, comparisons, keys, total)
        return _by_agreement(found, comparisons, keys, count, is_single)
    from sojourn.engine.matching import splinked

    found = splinked.candidates(connection, names, comparisons, keys, total, count)
    return _by_model(found, comparisons, keys, count, is_single)


def _loaded(connection: Connection, tables: Sequence[pa.Table]) -> tuple[list[str], tuple[str, ...]]:
    given = [[name for name in FIELDS if name in each.column_names] for each in tables]
    has = [name for name in FIELDS if all(name in each for each in given)]
    names = []
    for at, table in enumerate(tables if has else ()):
        connection.register(f"raw_{at}", table.select(["id", *has]))
        connection.execute(f"CREATE TABLE records_{at} AS {cleaned(f'raw_{at}', has)}").fetchall()
        connection.unregister(f"raw_{at}")
        names.append(f"records_{at}")
    filled = [name for name in has if all(_is_filled(connection, each, name) for each in names)]
    return names, tuple(filled)


def _is_filled(connection: Connection, table: str, name: str) -> bool:
    return bool(connection.execute(f'SELECT count("{name}") FROM {table}').fetchall()[0][0])


def _by_model(
    found: Candidates, comparisons: Sequence[Comparison], keys: Sequence[blocking.Key], count: int, is_single: bool
) -> Matches:
    fields = tuple(each.field for each in comparisons)
    model = refining.refined(found, fields, prior=min(0.1 * count / found.total, 0.5))
    bits = refining.weighed(found, model)
    likely = refining.probabilities(bits.sum(axis=1), model.prior)
    start = float(np.log2(model.prior / (1 - model.prior)))
    stands = _standing(
        found, bits.sum(axis=1) + start - np.log2(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY)), is_single
    )
    threshold, expected = thresholds.best(likely, likely[stands])
    chosen = stands & (likely >= threshold)
    kept = likely >= LEAST_PROBABILITY
    return _told(found, comparisons, keys, bits, likely, chosen, kept, start, threshold, expected)


def _by_agreement(
    found: Candidates, comparisons: Sequence[Comparison], keys: Sequence[blocking.Key], count: int, is_single: bool
) -> Matches:
    bits = agreement.weighed(found, comparisons)
    line = agreement.line_bits(found.total, count)
    sums = bits.sum(axis=1)
    chosen = (sums >= line) & _standing(found, sums - line + agreement.SURE_BITS, is_single)
    unknown = np.full(len(sums), np.nan)
    start = agreement.SURE_BITS - line
    return _told(found, comparisons, keys, bits, unknown, chosen, sums >= line, start, line, None)


def _standing(found: Candidates, weight: Floats, is_single: bool) -> Flags:
    return heaviest(found.left, found.right, weight) if is_single else weight > 0


def _told(
    found: Candidates,
    comparisons: Sequence[Comparison],
    keys: Sequence[blocking.Key],
    bits: Floats,
    likely: Floats,
    chosen: Flags,
    kept: Flags,
    start: float,
    threshold: float,
    expected: Expected | None,
) -> Matches:
    order = np.flatnonzero(kept)
    order = order[np.argsort(-bits[order].sum(axis=1), kind="stable")]
    return Matches(
        fields=(*(each.field for each in comparisons), HOUSEHOLD),
        left=found.left[order],
        right=found.right[order],
        levels=tuple(
            (*(each.name_of(code) for each, code in zip(comparisons, row, strict=True)), _home(taken))
            for row, taken in zip(found.levels[order].tolist(), bits[order, -1].tolist(), strict=True)
        ),
        bits=bits[order],
        start_bits=start,
        probability=likely[order],
        chosen=chosen[order],
        threshold=threshold,
        expected=expected,
        keys=tuple(each.name for each in keys),
        compared=len(found.left),
    )


def _home(taken: float) -> str:
    return "may be two of one household" if taken <= -HOUSEHOLD_TOLD_BITS else "missing"


def _nothing(comparisons: Sequence[Comparison], total: int) -> Matches:
    none = np.zeros((0, len(comparisons)))
    empty = Candidates(
        left=np.zeros(0, np.int64), right=np.zeros(0, np.int64), levels=none.astype(np.int8), terms=none, total=total
    )
    nobody = np.zeros(0, np.bool_)
    bits = np.zeros((0, len(comparisons) + 1))
    return _told(empty, comparisons, (), bits, bits.sum(axis=1), nobody, nobody, 0.0, 1.0, None)
