"""Blocking: which pairs are looked at, because they share a key. Keys are chosen by how many pairs they give.

No truth goes in: a key is a set of parts (a field, or the beginning of one), the most general keys are taken first, and
one that would give too many pairs is made narrower by another part.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

PARTS: Final = {  # part -> (field, expression)
    "mail": ("mail", "{}"), "phone": ("phone", "{}"), "born": ("born", "{}"), "family": ("family", "{}"),
    "given": ("given", "{}"), "street": ("street", "{}"), "postcode": ("postcode", "{}"), "place": ("place", "{}"),
    "born day": ("born", "substr({}, 5, 4)"), "born year": ("born", "substr({}, 1, 4)"),
    "family start": ("family", "substr({}, 1, 3)"), "given start": ("given", "substr({}, 1, 3)"),
    "number": ("number", "{}"), "region": ("region", "{}"),
}  # fmt: skip
NEVER_ALONE: Final = frozenset({"region", "number"})
MOST_PARTS: Final = 3
FEW: Final = 400_000  # pairs by key that cost nothing to speak of
BY_RECORD, BY_RECORD_FEW, BY_RECORD_ALL = 2, 40, 14  # pairs by record: of a key; of a key of few records; of all keys


@dataclass(frozen=True, slots=True)
class Key:
    """Some parts that two records must share."""

    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name it, for people."""
        return " + ".join(self.parts)

    @property
    def fields(self) -> frozenset[str]:
        """Name the fields that it looks at."""
        return frozenset(PARTS[part][0] for part in self.parts)

    def sql(self) -> str:
        """Write the condition over `l` and `r`."""
        return " AND ".join(f"{_expression(part, 'l.')} = {_expression(part, 'r.')}" for part in self.parts)


def chosen(connection: duckdb.DuckDBPyConnection, tables: Collection[str], has: Collection[str]) -> tuple[Key, ...]:
    """Choose keys for records in one table, or in two whose pairs go across."""
    records = sum(connection.execute(f"SELECT count(*) FROM {each}").fetchall()[0][0] for each in tables)
    most = max(BY_RECORD * records, min(BY_RECORD_FEW * records, FEW))
    left = max(BY_RECORD_ALL * records, len(PARTS) * FEW)
    keys: list[Key] = []
    for key in _candidates(has):
        if any(set(each.parts) <= set(key.parts) for each in keys):
            continue
        pairs = _pairs(connection, tables, key)
        if 0 < pairs <= min(most, left):
            keys.append(key)
            left -= pairs
    return tuple(keys)


def _candidates(has: Collection[str]) -> Iterator[Key]:
    parts = [part for part, (name, _) in PARTS.items() if name in has]
    for length in range(1, MOST_PARTS + 1):
        for some in itertools.combinations(parts, length):
            key = Key(some)
            if len(key.fields) == length and not NEVER_ALONE.issuperset(some):
                yield key


def _pairs(connection: duckdb.DuckDBPyConnection, tables: Collection[str], key: Key) -> int:
    columns = [_expression(part, "") for part in key.parts]
    there = " AND ".join(f"{each} IS NOT NULL" for each in columns)
    counts = [
        f"SELECT {', '.join(f'{each} AS k{at}' for at, each in enumerate(columns))}, count(*) AS n "
        f"FROM {table} WHERE {there} GROUP BY ALL"
        for table in tables
    ]
    if len(counts) == 1:
        sql = f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM ({counts[0]})"
    else:
        same = ", ".join(f"k{at}" for at in range(len(columns)))
        sql = f"SELECT coalesce(sum(a.n * b.n), 0) FROM ({counts[0]}) a JOIN ({counts[1]}) b USING ({same})"
    return int(connection.execute(sql).fetchall()[0][0])


def _expression(part: str, side: str) -> str:
    name, expression = PARTS[part]
    return expression.format(f'{side}"{name}"')
