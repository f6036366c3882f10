"""The part of the graph that may change together with some persons, read from the tables.

Held identifiers that join nobody because too many persons have them are not walked through, nor are blocked ones, so
that what is read stays as small as what can change. While the log only grows, nor are those that two customer numbers
hold for sure: else chains of shared addresses would make a neighbourhood of half a company.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connections, router

from sojourn.domains.identity import statements
from sojourn.domains.identity.graph import HOLDING, Assigned, Seen, assigned
from sojourn.domains.identity.models import Edge
from sojourn.domains.identity.ruleset import Rules

MANY: Final = 1_000_000_000

EDGES: Final = "SELECT id, person, other, kind, at_us FROM identity_edge WHERE is_standing AND {} IN {{}}"
DECIDED: Final = EDGES.replace("is_standing", "is_standing AND kind IN (5, 6)")  # these join blocked persons, too
KINDS: Final = "SELECT token, kind, is_blocked FROM identity_identifier WHERE token IN {}"
HOLDERS: Final = "SELECT DISTINCT person FROM identity_edge WHERE is_standing AND other = %s LIMIT %s"
CROWDED: Final = """
SELECT i.token FROM identity_identifier i WHERE {most} < (SELECT COUNT(*) FROM (
  SELECT DISTINCT e.person FROM identity_edge e WHERE e.is_standing AND e.other = i.token LIMIT {most} + 1) counted
) AND i.token IN {{}}
"""
# Held by two customer numbers that no decision touches and no limit can part from it, and proved by nobody: whatever
# else an event adds, it stays shared.
PARTED: Final = """
SELECT e.other FROM identity_edge e JOIN identity_identifier i ON i.token = e.person
WHERE e.is_standing AND e.kind = 3 AND i.kind = 'user' AND NOT i.is_blocked
  AND NOT EXISTS (SELECT 1 FROM identity_edge v WHERE v.is_standing AND v.other = e.other AND v.kind = 4)
  AND NOT EXISTS (SELECT 1 FROM identity_edge d WHERE d.is_standing AND d.person = e.person AND d.kind IN (5, 6))
  AND NOT EXISTS (SELECT 1 FROM identity_edge d WHERE d.is_standing AND d.other = e.person AND d.kind IN (5, 6))
  AND {most} > (
    SELECT COUNT(*) FROM identity_edge h
    WHERE h.is_standing AND h.person = e.person AND h.kind IN (3, 4) AND h.id < e.id)
  AND e.other IN {{}}
GROUP BY e.other HAVING COUNT(DISTINCT e.person) > 1
"""


@dataclass(slots=True)
class Neighbourhood:
    """Edges around some persons, and of what kind the identifiers are that they name."""

    edges: dict[int, Seen] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    crowded: set[int] = field(default_factory=set)
    parted: set[int] = field(default_factory=set)

    def assigned(self, rules: Rules) -> Assigned:
        """Give what follows from these edges."""
        edges = list(self.edges.values())
        return assigned(edges, self.kinds, rules, blocked=self.blocked, crowded=self.crowded, parted=self.parted)


def around(persons: Iterable[int], rules: Rules, *, is_growing: bool = False) -> Neighbourhood:
    """Read every standing edge that has a say in who these persons are.

    `is_growing` says that since they were last assigned events have added edges, and nothing has gone or been decided.
    """
    found = Neighbourhood()
    frontier, walked = set(persons), set[int]()
    held: set[int] = set()
    _learn(frontier, found)
    while frontier:
        walked |= frontier
        open_ = sorted(frontier - found.blocked - found.crowded - found.parted)
        own = [each for each in open_ if each not in held]
        blocked = sorted(frontier & found.blocked)
        fresh = [Seen(*row) for row in statements.read_in(EDGES.format("other"), open_)]
        fresh += [Seen(*row) for row in statements.read_in(EDGES.format("person"), own)]
        for end in ("other", "person") if blocked else ():
            fresh += [Seen(*row) for row in statements.read_in(DECIDED.format(end), blocked)]
        found.edges.update((each.id, each) for each in fresh)
        held.update(each.other for each in fresh if each.kind in HOLDING)
        frontier = {token for each in fresh for token in (each.person, each.other)} - walked
        _learn(frontier, found)
        crowded = CROWDED.format(most=int(rules.holders_max))
        found.crowded.update(token for (token,) in statements.read_in(crowded, sorted(frontier & held)))
        if is_growing:
            parted = PARTED.format(most=min((each.limit.count for each in rules.kinds if each.limit), default=MANY))
            some = sorted((frontier & held) - found.crowded)
            found.parted.update(token for (token,) in statements.read_in(parted, some))
    return found


def holders(identifier: int, most: int) -> list[int]:
    """List persons who hold an identifier, at most so many."""
    with connections[router.db_for_write(Edge)].cursor() as cursor:
        cursor.execute(HOLDERS, [identifier, most])
        return [person for (person,) in cursor.fetchall()]


def touched_by(edges: Sequence[Seen], rules: Rules) -> set[int]:
    """Give the persons from whom to walk when some edges come or go."""
    persons: set[int] = set()
    for each in edges:
        persons.add(each.person)
        if each.kind in HOLDING:
            # One more or one less may make it crowded, shared or neither for all who hold it.
            some = holders(each.other, rules.holders_max + 1 + len(edges))
            persons.update(some if len(some) <= rules.holders_max + len(edges) else ())
        else:
            persons.add(each.other)
    return persons


def _learn(tokens: set[int], found: Neighbourhood) -> None:
    for token, kind, is_blocked in statements.read_in(KINDS, sorted(tokens)):
        found.kinds[token] = kind
        if is_blocked:
            found.blocked.add(token)
