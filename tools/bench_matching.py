"""Matching beside plain Splink and recordlinkage on real sets with known truth, and its time on made-up humans.

``python -m tools.bench_matching [records ...]``; by default 160,000 and a million: seven minutes of CPU time in all.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.domains.identity.records import FIELDS, record
from sojourn.engine.matching import Method, match
from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.table import register
from sojourn.engine.simulation.words import DAY
from tools.peers.environments import left_out, python_of
from tools.peers.humans import humans

TITLE = "Matching"
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
LINKERS = Path(__file__).resolve().parent / "peers" / "linkers.py"
RECORDS = (160_000, 1_000_000)
BANK_SIZE, BANK_ANCHOR = 20_000, 20_000 * DAY
FEBRL4 = """
SELECT CAST(regexp_extract(rec_id, 'rec-(\\d+)-', 1) AS BIGINT) AS id, nullif(given_name, '') AS given,
 nullif(surname, '') AS family, nullif(street_number, '') AS number, nullif(address_1, '') AS street,
 nullif(address_2, '') AS street_more, nullif(suburb, '') AS place, nullif(postcode, '') AS postcode,
 nullif(state, '') AS region, nullif(date_of_birth, '') AS born
FROM read_csv('{}', all_varchar = true, normalize_names = true, header = true)
"""
RLDATA = """
SELECT row_number() OVER () AS id, CAST(CAST(identity AS DOUBLE) AS BIGINT) AS human, fname_c1 AS given,
 fname_c2 AS given_more, lname_c1 AS family, lname_c2 AS family_more,
 printf('%04d%02d%02d', CAST("by" AS INT), CAST("bm" AS INT), CAST("bd" AS INT)) AS born
FROM read_csv('{}', all_varchar = true, header = true, nullstr = 'NA')
"""
SAID = """Precision, recall and F1 of the pairs that each tool says are one human; the truth is used for these figures
only. FEBRL 4 goes without the social security number, as two clean lists (nobody has two partners); RLdata is one list,
and so is the register of the demo company, where couples share name, home and often mail.
Sojourn's line is where the model expects the highest F1, its rule's where weights reach odds of ten to one; Splink's is
a probability of a half and recordlinkage's its ECM classifier's, both set up as their guides do. "Expected" is
Sojourn's own word, before any truth.
"""
HEAD = """| set | tool | precision | recall | F1 | expected F1 | CPU s |
| --- | --- | --- | --- | --- | --- | --- |"""
SCALE = """
Made-up humans, a quarter of the records copies with slips, missing fields, a new home, mail or phone; one thread;
memory is the process's peak, with the records themselves.

| records | method | pairs compared | precision | recall | F1 | CPU s | wall s | peak MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
Pairs = set[tuple[int, int]]


def measure(sizes: Iterable[int] = RECORDS) -> str:
    """Measure everything and give the tables in Markdown."""
    lines, missing = [], set[str]()
    for name, tables, true in _real():
        for tool, pairs, expected, seconds in _tools(tables, missing):
            lines.append(_row(name, tool, pairs, true, expected, seconds))
            print(lines[-1], flush=True)
    scale = []
    for size in sizes:
        for method in Method:
            command = [sys.executable, "-W", "ignore", "-m", "tools.bench_matching", "one", str(size), method.value]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            scale.append(done.stdout.strip())
            print(scale[-1], flush=True)
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."
    told = left_out(["recordlinkage"], {"recordlinkage"} - missing)
    return "\n".join([SAID, HEAD, *lines, SCALE, *scale, "", load + told])


def _real() -> Iterable[tuple[str, list[pa.Table], Pairs]]:
    lists = [_read(FEBRL4.format(DATA / "febrl" / f"dataset4{each}.csv")) for each in "ab"]
    yield "FEBRL 4", lists, {(each, each) for each in lists[0]["id"].to_pylist()}
    table = _read(RLDATA.format(DATA / "rldata" / "RLdata10000.csv"))
    yield "RLdata10000", [table.drop(["human"])], _pairs_of(table["id"].to_pylist(), table["human"].to_pylist())
    yield "Harbour Bank", *_bank()


def _bank() -> tuple[list[pa.Table], Pairs]:
    """Give the register of the demo company as identity compares it, and who stands in it twice."""
    bank = Bank(seed=1, size=BANK_SIZE, anchor=BANK_ANCHOR)
    delivered = register(bank, BANK_ANCHOR - 400 * DAY)
    rows = [record(json.loads(each)) for each in delivered["traits"].to_pylist()]
    ids = [int(each.removeprefix("HB-")) - 100_000 for each in delivered["user_id"].to_pylist()]
    has = [name for name in FIELDS if any(name in row for row in rows)]
    table = pa.table({"id": ids} | {name: pa.array([row.get(name) for row in rows], pa.string()) for name in has})
    same_as = bank.people.same_as.tolist()
    return [table], {(min(at, of), max(at, of)) for at, of in enumerate(same_as) if at != of}


def _tools(tables: list[pa.Table], missing: set[str]) -> Iterable[tuple[str, Pairs, float | None, float]]:
    for method in Method:
        began = time.process_time()
        found = match(*tables, one_to_one=len(tables) == 2, method=method)
        pairs = set(zip(found.left[found.chosen].tolist(), found.right[found.chosen].tolist(), strict=True))
        expected = None if found.expected is None else found.expected.f1
        yield f"Sojourn, {method.value}", pairs, expected, time.process_time() - began
    with TemporaryDirectory() as folder:
        paths = []
        for at, table in enumerate(tables):
            paths.append(f"{folder}/{at}.parquet")
            pq.write_table(table, paths[-1])
        for peer, python in (("splink", Path(sys.executable)), ("recordlinkage", python_of("recordlinkage"))):
            if python is None:
                missing.add(peer)
                continue
            command = [str(python), "-W", "ignore", str(LINKERS), peer, *paths]
            said = json.loads(
                subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
            )
            flat = iter(said["pairs"])
            both = zip(flat, flat, strict=True)
            yield peer, {_ordered(*pair, is_one=len(tables) == 1) for pair in both}, None, said["cpu"]


def _ordered(one: int, other: int, *, is_one: bool) -> tuple[int, int]:
    return (min(one, other), max(one, other)) if is_one else (one, other)


def _pairs_of(ids: list[int], human: list[int]) -> Pairs:
    theirs: dict[int, list[int]] = {}
    for number, whose in zip(ids, human, strict=True):
        theirs.setdefault(whose, []).append(number)
    return {(one, other) for some in theirs.values() for one in some for other in some if one < other}


def _row(name: str, tool: str, pairs: Pairs, true: Pairs, expected: float | None, seconds: float) -> str:
    right = len(pairs & true)
    precision, recall = right / max(len(pairs), 1), right / len(true)
    told = "" if expected is None else f"{expected:.4f}"
    f1 = 2 * right / (len(pairs) + len(true))
    return f"| {name} | {tool} | {precision:.4f} | {recall:.4f} | **{f1:.4f}** | {told} | {seconds:.1f} |"


def _read(sql: str) -> pa.Table:
    with duckdb.connect() as connection:
        return connection.sql(sql).to_arrow_table()


def _one(records: int, method: Method) -> str:
    table, human = humans(records)
    began, wall = time.process_time(), time.monotonic()
    found = match(table, method=method)
    spent, took = time.process_time() - began, time.monotonic() - wall
    chosen = found.chosen
    right = int((human[found.left] == human[found.right])[chosen].sum())
    said, true = int(chosen.sum()), records - len(set(human.tolist()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"| {records:,} | {method.value} | {found.compared:,} | {right / said:.4f} | {right / true:.4f} | "
        f"{2 * right / (said + true):.4f} | {spent:.0f} | {took:.0f} | {peak:,.0f} |"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print(_one(int(sys.argv[2]), Method(sys.argv[3])))
    else:
        print(measure([int(each) for each in sys.argv[1:]] or RECORDS))
