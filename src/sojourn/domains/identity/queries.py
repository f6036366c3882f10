"""Ask: which customer is each person, and what has changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db import connections, router

from sojourn.domains.identity import rulebook, statements
from sojourn.domains.identity.about import about as about
from sojourn.domains.identity.contracts import Moves, PersonMap, Rules
from sojourn.domains.identity.having import customers_with as customers_with
from sojourn.domains.identity.marks import marks_of as marks_of
from sojourn.domains.identity.models import Identifier, Link, LinkChange, MapCounter, Trait
from sojourn.domains.identity.named import with_identifiers as with_identifiers
from sojourn.domains.identity.named import with_mails as with_mails
from sojourn.domains.identity.opened import families as families
from sojourn.domains.identity.opened import find as find
from sojourn.domains.identity.opened import identifiers_of as identifiers_of
from sojourn.domains.identity.opened import numbers_of as numbers_of
from sojourn.domains.identity.opened import persons_called as persons_called
from sojourn.domains.identity.opened import persons_with as persons_with
from sojourn.domains.identity.opened import texts_of as texts_of
from sojourn.domains.identity.opened import traits_of as traits_of
from sojourn.domains.identity.progress import behind as behind
from sojourn.domains.identity.reasons import decision as decision
from sojourn.domains.identity.reasons import decisions as decisions
from sojourn.domains.identity.reasons import why as why
from sojourn.domains.identity.reviewing import listed as listed
from sojourn.domains.identity.reviewing import matching_runs as matching_runs
from sojourn.domains.identity.reviewing import matching_terms as matching_terms
from sojourn.domains.identity.reviewing import proposal as proposal
from sojourn.domains.identity.reviewing import proposals as proposals
from sojourn.domains.identity.reviewing import waiting as waiting
from sojourn.domains.identity.rulebook import rule_versions as rule_versions
from sojourn.domains.identity.rulebook import rules_in_force as rules_in_force
from sojourn.domains.identity.rules import is_plain as is_plain
from sojourn.domains.identity.rules import words as words
from sojourn.kit.look import once


def rules_text() -> str:
    """Write the rules in force as YAML."""
    return rulebook.write(rulebook.rules_in_force())


def rules_of(text: str) -> Rules:
    """Read rules from YAML or JSON, without letting them hold; raise RulesError."""
    return rulebook.read(text)


def map_version() -> int:
    """Give the version of the person map, 0 before the first link."""
    return once(map_version, _map_version)


def _map_version() -> int:
    return MapCounter.objects.filter(name="version").values_list("value", flat=True).first() or 0


def person_map() -> PersonMap:
    """Give the customer of each person that is linked to another, sorted by person."""
    # The version first: a link that comes between the two reads is then delivered again by `changes`.
    version = map_version()
    rows = _pairs("SELECT person, customer FROM identity_link ORDER BY person", [])
    return PersonMap(person=rows[:, 0].copy(), customer=rows[:, 1].copy(), version=version)


def changes(after_version: int) -> Moves:
    """Give the persons that moved after a version, where they were at it and where they are now, sorted by person."""
    version = map_version()
    sql = (
        f"SELECT person, before, customer FROM {LinkChange._meta.db_table} "
        "WHERE version > %s AND version <= %s ORDER BY id"
    )
    before: dict[int, int] = {}
    customer: dict[int, int] = {}
    for row in _pairs(sql, [after_version, version]).tolist():
        before.setdefault(row[0], row[1])
        customer[row[0]] = row[2]
    persons = sorted(each for each in customer if customer[each] != before[each])
    return Moves(
        person=np.array(persons, np.int64),
        before=np.array([before[each] for each in persons], np.int64),
        customer=np.array([customer[each] for each in persons], np.int64),
        version=version,
    )


def persons_of(*, customer: int) -> tuple[int, ...]:
    """List the persons of a customer; a customer without links is its own only person."""
    linked = Link.objects.filter(customer=customer).values_list("person", flat=True)
    return tuple(sorted({customer, *linked}))


def customers_of(persons: Sequence[int]) -> dict[int, int]:
    """Give the customer of each person, by person."""
    linked = dict(statements.read_in("SELECT person, customer FROM identity_link WHERE person IN {}", list(persons)))
    return {person: linked.get(person, person) for person in persons}


def is_known(*, persons: tuple[int, ...]) -> bool:
    """Say whether any of the persons has an identifier, a trait or a link here, events or not."""
    return (
        Identifier.objects.filter(token__in=persons).exists()
        or Trait.objects.filter(person__in=persons).exists()
        or Link.objects.filter(person__in=persons).exists()
    )


def _pairs(sql: str, parameters: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    with connections[router.db_for_read(Link)].cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    width = sql.split("FROM")[0].count(",") + 1
    return np.array(rows, np.int64).reshape(-1, width)
