"""Who is whom over the whole graph at once: read in bulk, computed by the kernels of `engine.kernels.unions`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import connections, router

from sojourn.domains.identity.contracts import EdgeKind
from sojourn.domains.identity.models import Edge
from sojourn.domains.identity.ruleset import USER, Rules
from sojourn.engine.kernels import unions
from sojourn.engine.kernels.words import Flags, Int64s

AT_ONCE: Final = 100_000
EDGES: Final = "SELECT id, person, other, kind, at_us FROM identity_edge WHERE is_standing ORDER BY id"
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Whole:
    """The graph as arrays: edges in the log's order, and of each identifier its kind (`names` by code) and block."""

    person: Int64s
    other: Int64s
    kind: Int64s
    at_us: Int64s
    tokens: Int64s  # sorted
    kinds: Int64s
    names: tuple[str, ...]
    blocked: Flags


@dataclass(frozen=True, slots=True)
class Placed:
    """The customer of each person, by person, and how many identifiers several numbers share or too many hold."""

    person: Int64s
    customer: Int64s
    shared: int
    crowded: int


def read() -> Whole:
    """Read every standing edge and every identifier."""
    edges = _columns(EDGES, 5)
    with connections[router.db_for_write(Edge)].cursor() as cursor:
        cursor.execute("SELECT DISTINCT kind FROM identity_identifier ORDER BY kind")
        names = tuple(name for (name,) in cursor.fetchall())
    cases = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(names))
    case = f"CASE kind {cases} END" if names else "0"
    found = _columns(
        f"SELECT token, {case}, CASE WHEN is_blocked THEN 1 ELSE 0 END FROM identity_identifier ORDER BY token", 3
    )
    return Whole(edges[1], edges[2], edges[3], edges[4], found[0], found[1], names, found[2].astype(np.bool_))


def placed(whole: Whole, rules: Rules) -> Placed:
    """Give everybody's customer under some rules: what `graph.assigned` says of the same edges."""
    nodes = np.unique(np.concatenate([whole.person, whole.other]))
    one, two = np.searchsorted(nodes, whole.person), np.searchsorted(nodes, whole.other)
    of, blocked = _of_nodes(nodes, whole)
    decided = np.isin(whole.kind, (EdgeKind.DECISION, EdgeKind.KEPT))
    holding = np.isin(whole.kind, (EdgeKind.HOLDS, EdgeKind.VERIFIED))
    kept = decided | ~(blocked[one] | blocked[two])
    kept &= ~_beyond_limits(kept & ~decided, one, two, of, whole, rules)
    user = whole.names.index(USER) if USER in whole.names else -1
    is_number = of == user
    is_number[one[whole.kind == EdgeKind.SIGN_IN]] = True
    is_number &= ~blocked
    parent, numbered = np.arange(len(nodes)), is_number.copy()
    first = kept & decided
    unions.joined(parent, numbered, one[first], two[first], True)
    strong = kept & ~decided & ~holding
    unions.joined(parent, numbered, one[strong], two[strong], False)
    shared, crowded = _hold(whole, rules, one, two, of, kept & holding, holding, parent, numbered)
    is_person = np.zeros(len(nodes), np.bool_)
    is_person[one] = True
    is_person[two[~holding]] = True
    persons = np.flatnonzero(is_person)
    roots = unions.roots(parent)[persons]
    # The smallest customer number of each set, else its smallest person: sorted so that it comes first.
    order = np.lexsort((nodes[persons], ~is_number[persons], roots))
    starts = np.flatnonzero(np.diff(roots[order], prepend=-1))
    customer = np.empty(len(persons), np.int64)
    sizes = np.diff(starts, append=len(order))
    customer[order] = np.repeat(nodes[persons][order[starts]], sizes)
    return Placed(nodes[persons], customer, shared, crowded)


def _of_nodes(nodes: Int64s, whole: Whole) -> tuple[Int64s, Flags]:
    """Give kind and block of the nodes; a node that no identifier names has kind -1."""
    if not len(whole.tokens):
        return np.full(len(nodes), -1), np.zeros(len(nodes), np.bool_)
    at = np.minimum(np.searchsorted(whole.tokens, nodes), len(whole.tokens) - 1)
    known = whole.tokens[at] == nodes
    return np.where(known, whole.kinds[at], -1), known & whole.blocked[at]


def _beyond_limits(wanted: Flags, one: Int64s, two: Int64s, of: Int64s, whole: Whole, rules: Rules) -> Flags:
    """Say which edges give a person more of a kind than allowed; only persons with many edges are walked through."""
    beyond = np.zeros(len(one), np.bool_)
    for code, name in enumerate(whole.names):
        limit = rules.limit(name)
        if limit is None:
            continue
        places = np.flatnonzero(wanted & (of[two] == code))
        places = places[np.bincount(one[places])[one[places]] > limit.count] if len(places) else places
        for group in _grouped(places, one):
            had: dict[int, int] = {}
            for place in group.tolist():
                other, at_us = int(two[place]), int(whole.at_us[place])
                if other not in had and sum(at > at_us - limit.period_us for at in had.values()) >= limit.count:
                    beyond[place] = True
                    continue
                had.setdefault(other, at_us)
    return beyond


def _grouped(places: Int64s, key: Int64s) -> Iterator[Int64s]:
    order = np.argsort(key[places], kind="stable")
    cuts = np.flatnonzero(np.diff(key[places][order])) + 1
    yield from (places[some] for some in np.split(order, cuts) if len(some))


def _hold(
    whole: Whole,
    rules: Rules,
    one: Int64s,
    two: Int64s,
    of: Int64s,
    wanted: Flags,
    holding: Flags,
    parent: Int64s,
    numbered: Flags,
) -> tuple[int, int]:
    """Let held identifiers join their holders; give how many are shared and how many crowded."""
    crowded = _crowded(one[holding], two[holding], rules.holders_max, len(of))
    joins = np.array([rules.is_joining(name) for name in whole.names] + [False], np.bool_)
    places = np.flatnonzero(wanted)
    places = places[~crowded[two[places]] & joins[of[two[places]]]]
    if not len(places):
        return 0, int(crowded.sum())
    before = unions.roots(parent)
    was_numbered = numbered.copy()
    order = np.array([rules.priority(name) for name in whole.names] + [len(rules.kinds)], np.int64)
    first = np.full(len(of), len(one), np.int64)
    np.minimum.at(first, two[places], places)
    places = places[np.lexsort((places, first[two[places]], order[of[two[places]]]))]
    starts = np.append(np.flatnonzero(np.diff(two[places], prepend=-1)), len(places))
    proved = whole.kind[places] == EdgeKind.VERIFIED
    shared = unions.holders_joined(parent, numbered, before, was_numbered, starts, one[places], proved)
    return int(shared.sum()), int(crowded.sum())


def _crowded(holder: Int64s, identifier: Int64s, most: int, nodes: int) -> Flags:
    """Say which identifiers more persons hold than allowed."""
    pairs = np.unique(identifier * np.int64(nodes) + holder)
    counts = np.bincount(pairs // nodes, minlength=nodes)
    return np.asarray(counts > most)


def _columns(sql: str, width: int) -> list[Int64s]:
    """Read a query as columns, some rows at a time: as tuples they would take ten times the memory."""
    parts: list[Any] = []
    with connections[router.db_for_write(Edge)].cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(AT_ONCE):
            parts.append(np.array(rows, np.int64))
    if not parts:
        return [np.zeros(0, np.int64) for _ in range(width)]
    whole = np.concatenate(parts)
    return [whole[:, at].copy() for at in range(width)]
