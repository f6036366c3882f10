"""Who is whom: the customer of each person as a function of the standing edges and the rules, written to be obvious.

`engine.kernels.unions` is its quick twin over the whole graph; a test holds them equal. Steps, each in the log's order:

1. Edges of blocked identifiers go, and those beyond what a person may have of a kind in a period.
2. What somebody decided joins, and what older versions had joined.
3. Sign-ins and aliases join, unless both sides have a customer number.
4. Mail, phone and further kinds join, kind after kind, the holders of a value that belongs to one number at most; of a
   value that several numbers hold only those who proved that it is theirs, if that is one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from sojourn.domains.identity.contracts import EdgeKind, Refusal
from sojourn.domains.identity.ruleset import USER, Rules

HOLDING = (EdgeKind.HOLDS, EdgeKind.VERIFIED)
DECIDED = (EdgeKind.DECISION, EdgeKind.KEPT)


class Seen(NamedTuple):
    """A standing edge as the graph reads it."""

    id: int
    person: int
    other: int
    kind: int
    at_us: int


@dataclass(slots=True)
class Assigned:
    """What follows: each person's customer, why edges do not join, and identifiers that several numbers share."""

    customer: dict[int, int] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)
    shared: set[int] = field(default_factory=set)


class Unions:
    """Sets of persons, each knowing whether it holds a customer number."""

    def __init__(self, persons: Iterable[int], numbers: set[int]) -> None:
        self._above = {person: person for person in persons}
        self._numbered = {person for person in self._above if person in numbers}

    def root(self, person: int) -> int:
        """Give the set of a person."""
        while self._above[person] != person:
            self._above[person] = self._above[self._above[person]]
            person = self._above[person]
        return person

    def is_numbered(self, root: int) -> bool:
        """Say whether a set holds a customer number."""
        return root in self._numbered

    def join(self, first: int, second: int, *, always: bool = False) -> bool:
        """Make two sets one, unless both have a number; say whether they are one now."""
        one, two = self.root(first), self.root(second)
        if one == two:
            return True
        if one in self._numbered and two in self._numbered and not always:
            return False
        self._above[two] = one
        if two in self._numbered:
            self._numbered.add(one)
        return True


def assigned(
    edges: Sequence[Seen],
    kinds: Mapping[int, str],
    rules: Rules,
    *,
    blocked: set[int],
    crowded: set[int],
    parted: Set[int] = frozenset(),
) -> Assigned:
    """Give the customer of every person that the edges name.

    `kinds` say of what kind identifiers are; an unknown one is a person without a number. `blocked` and `crowded` are
    identifiers that join nobody: their values mean nothing, or too many persons hold them. `parted` are identifiers
    that several numbers share, though not all who hold them are here.
    """
    found = Assigned()
    kept = list(_within_limits(_unblocked(sorted(edges), blocked, found), kinds, rules, found))
    persons = {each.person for each in edges} | {each.other for each in edges if each.kind not in HOLDING}
    signed_in = {each.person for each in edges if each.kind == EdgeKind.SIGN_IN}
    numbers = {each for each in persons if (kinds.get(each) == USER or each in signed_in) and each not in blocked}
    unions = Unions(persons, numbers)
    for each in kept:
        if each.kind in DECIDED:
            unions.join(each.person, each.other, always=True)
    for each in kept:
        if each.kind not in HOLDING and not unions.join(each.person, each.other):
            found.refused[each.id] = Refusal.TWO_NUMBERS
    _join_holders(kept, kinds, rules, crowded, parted, unions, found)
    found.customer = _named(persons, numbers, unions)
    return found


def _unblocked(edges: Sequence[Seen], blocked: set[int], found: Assigned) -> Iterable[Seen]:
    for each in edges:
        if each.kind not in DECIDED and (each.person in blocked or each.other in blocked):
            found.refused[each.id] = Refusal.BLOCKED
        else:
            yield each


def _within_limits(edges: Iterable[Seen], kinds: Mapping[int, str], rules: Rules, found: Assigned) -> Iterable[Seen]:
    had: dict[tuple[int, str], dict[int, int]] = {}  # by person and kind: identifier -> when
    for each in edges:
        kind = kinds.get(each.other, "")
        limit = rules.limit(kind)
        if each.kind in DECIDED or limit is None:
            yield each
            continue
        mine = had.setdefault((each.person, kind), {})
        if each.other not in mine and sum(at > each.at_us - limit.period_us for at in mine.values()) >= limit.count:
            found.refused[each.id] = Refusal.LIMIT
            continue
        mine.setdefault(each.other, each.at_us)
        yield each


def _join_holders(
    edges: Sequence[Seen],
    kinds: Mapping[int, str],
    rules: Rules,
    crowded: set[int],
    parted: Set[int],
    unions: Unions,
    found: Assigned,
) -> None:
    held: dict[int, list[Seen]] = {}
    for each in edges:
        if each.kind in HOLDING:
            held.setdefault(each.other, []).append(each)
    before = {person: unions.root(person) for some in held.values() for person in (each.person for each in some)}
    is_numbered = {root: unions.is_numbered(root) for root in before.values()}
    order = sorted(held, key=lambda each: (rules.priority(kinds.get(each, "")), held[each][0].id))
    for identifier in order:
        some = held[identifier]
        if not rules.is_joining(kinds.get(identifier, "")):
            found.refused.update((each.id, Refusal.KIND) for each in some)
            continue
        if identifier in crowded:
            found.shared.add(identifier)
            found.refused.update((each.id, Refusal.CROWDED) for each in some)
            continue
        numbers = {before[each.person] for each in some if is_numbered[before[each.person]]}
        sure = [each for each in some if each.kind == EdgeKind.VERIFIED]
        if len(numbers) > 1 or identifier in parted:
            found.shared.add(identifier)
            if len({before[each.person] for each in sure if is_numbered[before[each.person]]}) != 1:
                sure = []
            proved = {each.person for each in sure}
            found.refused.update((each.id, Refusal.SHARED) for each in some if each.person not in proved)
            some = sure
        # The one with a number first: the others join it rather than each other.
        some = sorted(some, key=lambda each: (not is_numbered[before[each.person]], each.id))
        for each in some[1:]:
            if not unions.join(some[0].person, each.person):
                found.refused[each.id] = Refusal.TWO_NUMBERS


def _named(persons: set[int], numbers: set[int], unions: Unions) -> dict[int, int]:
    """Number each set as one of its persons: the smallest that is a customer number, else the smallest."""
    names: dict[int, tuple[bool, int]] = {}
    for person in persons:
        root, name = unions.root(person), (person not in numbers, person)
        names[root] = min(names.get(root, name), name)
    return {person: names[unions.root(person)][1] for person in persons}
