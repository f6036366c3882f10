"""The object-centric directly-follows graph: for each type of objects what follows what in an object's life.

A log in which events belong to several objects (an order, its items, a delivery) has no single case. Flattened on one
type it shows events several times (*convergence*) or mixes lives of others (*divergence*); here each type has its own
edges over shared activities, an event counts once as an event however many objects it has, and an edge says how many
objects took it and how many pairs of events it stands for. Definitions: van der Aalst and Berti (2020), "Discovering
object-centric Petri nets", Fundamenta Informaticae 175, sections 3 and 4.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.engine.answers.words import MICROS
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.graph import STEPS_LIMIT, GraphFold
from sojourn.engine.kernels.words import Int64s, Slice, UInt16s
from sojourn.kit.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of an object-centric log: what, when (microseconds), and the objects (type, id) that it belongs to."""

    name: str
    at_us: int
    objects: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectKind:
    """A type of objects: how many there are with an event, and how many different events they have."""

    name: str
    objects: int
    events: int
    starts: tuple[tuple[str, int], ...]  # activities that objects begin with, most objects first
    ends: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """A kind of events: how many, each once, and how many objects of each type they have (types in order)."""

    name: str
    events: int
    objects: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectEdge:
    """Objects of a type that went from one activity directly to the next.

    `objects` each once, `times` as often as they did, `pairs` pairs of events, each once however many objects went
    together. `median_s` is over all times.
    """

    kind: str
    source: str
    target: str
    objects: int
    times: int
    pairs: int
    median_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectGraphFigures:
    """An object-centric directly-follows graph: types by name, activities and edges most frequent first."""

    kinds: tuple[ObjectKind, ...]
    activities: tuple[Activity, ...]
    edges: tuple[ObjectEdge, ...]
    events: int


def object_graph(events: Sequence[Happened]) -> ObjectGraphFigures:
    """Mine the graph; events at the same instant keep the order in which they are given.

    Raise InvalidError for more than 1,024 activities. Time is linear in the relations of events and objects, but for
    sorting them.
    """
    names = sorted({each.name for each in events})
    if len(names) > STEPS_LIMIT:
        raise InvalidError(
            f"There are {len(names):,} kinds of events; an object-centric graph has at most {STEPS_LIMIT:,}."
        )
    place = {name: code for code, name in enumerate(names)}
    code = np.array([place[each.name] for each in events], np.uint16)
    at = np.array([each.at_us for each in events], np.int64)
    related: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, each in enumerate(events):
        for kind, name in dict.fromkeys(each.objects):
            related[kind].append((name, number))
    kinds, edges = [], []
    belong: dict[str, Counter[str]] = {name: Counter() for name in names}
    for kind in sorted(related):
        lives = _lives(related[kind], at, code)
        found = running.run(GraphFold(lens.every(len(names))), [lives])
        visitors = dict(zip(found.node.tolist(), found.visitors.tolist(), strict=True))
        for node, objects in visitors.items():
            belong[names[node]][kind] = objects
        kinds.append(
            ObjectKind(
                name=kind,
                objects=lives.customers,
                events=len(np.unique(lives.row)),
                starts=_ranked(found.node, found.starts, names),
                ends=_ranked(found.node, found.ends, names),
            )
        )
        pairs = _pairs(lives, code)
        columns = (found.source, found.target, found.customers, found.count, found.median_gap)
        edges += [
            ObjectEdge(
                kind=kind, source=names[source], target=names[target], objects=objects, times=times,
                pairs=pairs[source, target], median_s=median / MICROS,
            )
            for source, target, objects, times, median in zip(*(c.tolist() for c in columns), strict=True)
        ]  # fmt: skip
    counts = Counter(each.name for each in events)
    return ObjectGraphFigures(
        kinds=tuple(kinds),
        activities=tuple(
            Activity(name=name, events=many, objects=tuple(sorted((k, n) for k, n in belong[name].items() if n)))
            for name, many in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        ),
        edges=tuple(sorted(edges, key=lambda each: (-each.objects, each.kind, each.source, each.target))),
        events=len(events),
    )


def _lives(related: list[tuple[str, int]], at: Int64s, code: UInt16s) -> Slice:
    """Give each object's events in order, as a slice whose customers are the objects and whose rows are the events."""
    objects, owner = np.unique(np.array([name for name, _ in related]), return_inverse=True)
    number = np.array([each for _, each in related], np.int64)
    order = np.lexsort((number, at[number], owner))
    owner, number = owner[order], number[order]
    return Slice(
        customer=np.arange(len(objects), dtype=np.int64),
        offset=np.searchsorted(owner, np.arange(len(objects) + 1)).astype(np.int64),
        at=at[number],
        event=code[number],
        row=number,
    )


def _pairs(lives: Slice, code: UInt16s) -> Counter[tuple[int, int]]:
    """Count the pairs of events directly after each other in some object's life, each once, by activities."""
    is_next = np.ones(max(len(lives.row) - 1, 0), np.bool_)
    is_next[lives.offset[1:-1] - 1] = False
    both = np.unique(np.column_stack([lives.row[:-1], lives.row[1:]])[is_next], axis=0)
    return Counter(zip(code[both[:, 0]].tolist(), code[both[:, 1]].tolist(), strict=True))


def _ranked(node: UInt16s, objects: Int64s, names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    found = [(names[code], many) for code, many in zip(node.tolist(), objects.tolist(), strict=True) if many]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0])))
