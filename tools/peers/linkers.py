"""Plain Splink and recordlinkage, as their guides set them up: whom they find, printed as pairs of ids.

`python tools/peers/linkers.py PEER left.parquet [right.parquet]`, with the peer's own Python. Neither sees the truth.
"""

from __future__ import annotations

import itertools
import json
import logging
import sys
import time
from typing import Any

NAMES = ("given", "family")
FIELDS = (
    "given", "given_more", "family", "family_more", "born", "mail", "phone", "number", "street", "street_more",
    "place", "postcode", "region",
)  # fmt: skip
KEYS = (("given", "family"), ("born",), ("postcode", "family"), ("street",), ("place", "given"), ("family", "number"))


def splink(paths: list[str]) -> list[tuple[int, int]]:
    """Match with Splink's ready comparisons, its own EM, and a probability of a half."""
    import duckdb
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.CRITICAL)
    connection = duckdb.connect(config={"threads": 1})
    database = DuckDBAPI(connection)
    has = _has(paths)
    tables = []
    for at, path in enumerate(paths):
        connection.execute(f"CREATE TABLE t{at} AS SELECT * FROM '{path}'").fetchall()
        tables.append(database.register(f"t{at}"))
    made: list[Any] = []
    for name in has:
        if name in NAMES:
            made.append(library.NameComparison(name))
        elif name in ("born", "postcode"):
            made.append(library.LevenshteinAtThresholds(name, [1, 2]))
        elif name in ("street", "place"):
            made.append(library.JaroWinklerAtThresholds(name, [0.9]))
        else:
            made.append(library.ExactMatch(name))
    keys = [key for key in KEYS if set(key) <= set(has)]
    settings = SettingsCreator(
        link_type="dedupe_only" if len(paths) == 1 else "link_only",
        unique_id_column_name="id",
        comparisons=made,
        blocking_rules_to_generate_predictions=[block_on(*key) for key in keys],
    )
    linker = Linker(tables, settings)
    rules = [block_on("given", "born"), block_on("family", "born")]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("born"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "family"))
    found = linker.inference.predict(threshold_match_probability=0.5)
    return connection.execute(f"SELECT id_l, id_r FROM {found.physical_name}").fetchall()


def recordlinkage(paths: list[str]) -> list[tuple[int, int]]:
    """Match with recordlinkage's comparisons and its ECM classifier, as its guide does."""
    import pandas as pd
    import recordlinkage as rl

    has = _has(paths)
    frames = [pd.read_parquet(path).set_index("id") for path in paths]
    indexer = rl.Index()
    for key in (each for each in KEYS if set(each) <= set(has)):
        indexer.block(list(key))
    compare = rl.Compare()
    for name in has:
        if name in ("born", "number", "postcode", "region"):
            compare.exact(name, name, label=name)
        else:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    features = compare.compute(indexer.index(*frames), *frames)
    return [(int(one), int(other)) for one, other in rl.ECMClassifier().fit_predict(features)]


def _has(paths: list[str]) -> list[str]:
    import pyarrow.parquet as pq

    return [name for name in FIELDS if all(name in pq.read_schema(path).names for path in paths)]


def main(peer: str, *paths: str) -> None:
    """Print the pairs and the CPU seconds as JSON."""
    began = time.process_time()
    pairs = {"splink": splink, "recordlinkage": recordlinkage}[peer](list(paths))
    said = {"pairs": list(itertools.chain.from_iterable(pairs)), "cpu": time.process_time() - began}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
