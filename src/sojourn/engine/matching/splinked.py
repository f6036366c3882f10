"""Candidates by Splink: it draws pairs at random for how often different humans look alike, and learns first guesses.

Splink (MIT; Linacre et al., "Splink: Free software for probabilistic record linkage at scale", 2022) is imported when
called, and runs on the connection it is given: nothing leaves the process.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import duckdb
import numpy as np

from sojourn.engine.matching.blocking import Key
from sojourn.engine.matching.words import Candidates, Comparison, Floats, MatchingError

RANDOM_PAIRS: Final = 1e6
SEED: Final = 1
TRAINED_PAIRS: Final = 1e6
SEEN_AT_LEAST: Final = 5  # a rarer value counts as one that five records have
RARE: Final = 1e-7  # what is never seen among the random pairs
FIRST_PRIOR_SHARE: Final = 0.1  # first guess: one match to ten records; learnt again from all candidates
TRAINING: Final = (("born",), ("mail",), ("phone",), ("given", "family"), ("family", "postcode"), ("street", "place"))


def candidates(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    comparisons: Sequence[Comparison],
    keys: Sequence[Key],
    total: int,
    records: int,
) -> Candidates:
    """Give the pairs that share a key and are not plainly different, with what Splink has learnt of the levels.

    Raise MatchingError when nothing can be learnt from the records.
    """
    from splink.internals.exceptions import EMTrainingException, SplinkException

    prior = FIRST_PRIOR_SHARE * records / total
    settings = {
        "link_type": "dedupe_only" if len(tables) == 1 else "link_only",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": prior,
        "comparisons": [_comparison(each, SEEN_AT_LEAST / records) for each in comparisons],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": key.sql()} for key in keys],
        "retain_matching_columns": True,  # without them it gives no levels
        "retain_intermediate_calculation_columns": True,
    }
    with _quiet():
        try:
            try:
                return _found(connection, tables, comparisons, settings, total, trains=True)
            except (EMTrainingException, ValueError):  # too few pairs, or a level none has: its own guesses must do
                return _found(connection, tables, comparisons, settings, total, trains=False)
        except (SplinkException, duckdb.InvalidInputException) as error:
            raise MatchingError("These records hold too little to learn from.") from error


def _found(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    comparisons: Sequence[Comparison],
    settings: dict[str, Any],
    total: int,
    *,
    trains: bool,
) -> Candidates:
    import splink

    database = splink.DuckDBAPI(connection)
    linker = splink.Linker([database.register(each) for each in tables], settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    if trains:
        _train(linker, comparisons)
    prior = settings["probability_two_random_records_match"]
    found = linker.inference.predict(threshold_match_weight=float(np.log2(prior)), warning_mode="never")
    return _read(connection, found.physical_name, tables, comparisons, total, linker.misc.save_model_to_json())


def _comparison(comparison: Comparison, least: float) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": _sided(comparison.missing), "label_for_charts": "missing", "is_null_level": True}
    ]
    for each in comparison.levels:
        said: dict[str, Any] = {"sql_condition": _sided(each.sql) or "ELSE", "label_for_charts": each.name}
        if each.by_term:
            said |= {"tf_adjustment_column": comparison.field, "tf_minimum_u_value": least}
        levels.append(said)
    return {"output_column_name": comparison.field, "comparison_levels": levels}


def _sided(sql: str) -> str:
    """Write a condition as Splink does: the side behind the field."""
    return re.sub(r'\b([lr])\."(\w+)"', r'"\2_\1"', sql)


def _train(linker: Any, comparisons: Sequence[Comparison]) -> None:
    """Learn first guesses from two sets of pairs that agree on different fields, so that each field is free in one."""
    has, used = {each.field for each in comparisons}, set[str]()
    for fields in TRAINING:
        if not has.issuperset(fields) or used.intersection(fields):
            continue
        rule = " AND ".join(f'l."{name}" = r."{name}"' for name in fields)
        linker.training.estimate_parameters_using_expectation_maximisation(
            {"blocking_rule": rule}, max_pairs=TRAINED_PAIRS
        )
        if used:
            return
        used.update(fields)


def _read(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    tables: Sequence[str],
    comparisons: Sequence[Comparison],
    total: int,
    learnt: dict[str, Any],
) -> Candidates:
    said = {each["output_column_name"]: each["comparison_levels"] for each in learnt["comparisons"]}
    alike, unlike, terms, columns = [], [], [], []
    for each in comparisons:
        m, u = (_by_code(said[each.field], name) for name in ("m_probability", "u_probability"))
        same, code = _chance(connection, tables, each.field), len(each.levels) - 1
        by_term = f'"mw_tf_adj_{each.field}" + {np.log2(same / u[code])}' if each.levels[0].by_term else "0.0"
        u[code] = same  # exactly, where a sample of pairs may have seen none
        columns.append(f'CAST("gamma_{each.field}" AS TINYINT) AS "code_{each.field}"')
        terms.append(f'CASE WHEN "gamma_{each.field}" = {code} THEN {by_term} ELSE 0.0 END AS "term_{each.field}"')
        alike.append(m)
        unlike.append(u)
    rows = connection.execute(f"SELECT id_l, id_r, {', '.join((*columns, *terms))} FROM {table}").fetchnumpy()
    return Candidates(
        left=rows["id_l"],
        right=rows["id_r"],
        levels=np.stack([rows[f"code_{each.field}"] for each in comparisons], axis=1),
        terms=np.stack([rows[f"term_{each.field}"] for each in comparisons], axis=1),
        total=total,
        alike=tuple(alike),
        unlike=tuple(unlike),
    )


def _by_code(levels: Sequence[dict[str, Any]], name: str) -> Floats:
    """Give a probability of each level by its code: the last level has the code 0."""
    said = [each.get(name) for each in levels if not each.get("is_null_level")]
    found: Floats = np.array([RARE if each is None else max(float(each), RARE) for each in reversed(said)])
    return found


def _chance(connection: duckdb.DuckDBPyConnection, tables: Sequence[str], name: str) -> float:
    """Say how often two records, drawn at random, have the same value."""
    values = " UNION ALL ".join(f'SELECT "{name}" AS v FROM {each}' for each in tables)
    counts = f"SELECT count(*) AS n FROM ({values}) WHERE v IS NOT NULL GROUP BY v"
    sql = f"SELECT sum(n * (n - 1)) / greatest(sum(n) * (sum(n) - 1), 1) FROM ({counts})"
    return max(float(connection.execute(sql).fetchall()[0][0] or 0.0), RARE)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink from telling of its steps, and of names of columns, in the log."""
    log = logging.getLogger("splink")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
