"""Persons by the words of their traits: the database looks the rarest word up and asks of those persons for the others.

The words of a customer may stand with several of its persons, so that the others are asked of the whole customer. A
word is given as the numbers under which it may stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connections, router

from sojourn.domains.identity.models import TraitWord

LOOKED_MAX: Final = 10_000  # persons with the rarest of several words who are looked at; 4 microseconds each
HITS_MAX: Final = 1_000  # persons who are given: nobody reads more
COUNTED: Final = "SELECT COUNT(*) FROM (SELECT 1 FROM identity_traitword WHERE word IN ({}) LIMIT %s) AS counted"
RAREST: Final = "SELECT DISTINCT person FROM identity_traitword WHERE word IN ({}) LIMIT %s"
CUSTOMERS: Final = (
    "SELECT rarest.person AS person, COALESCE(link.customer, rarest.person) AS customer FROM ({}) AS rarest "
    "LEFT JOIN identity_link AS link ON link.person = rarest.person"
)
HAS: Final = (
    "EXISTS (SELECT 1 FROM identity_traitword AS other WHERE other.word IN ({}) AND other.person IN "
    "(SELECT own.customer UNION ALL SELECT member.person FROM identity_link AS member "
    "WHERE member.customer = own.customer))"
)


def persons_by_words(words: Sequence[Sequence[int]]) -> tuple[list[int], bool]:
    """List the persons who have one of some words, and whose customers have them all; say whether there may be more.

    Of several words the rarest is looked up, up to 10,000 persons, and no more than 1,000 persons are given.
    """
    if not words:
        return [], False
    if len(words) == 1:
        found = _persons(RAREST.format(_marks(words[0])), [*words[0], HITS_MAX + 1])
        return found[:HITS_MAX], len(found) > HITS_MAX
    counted = sorted((_count(numbers), tuple(numbers)) for numbers in words)
    (count, rarest), others = counted[0], counted[1:]
    if not count:
        return [], False
    own = CUSTOMERS.format(RAREST.format(_marks(rarest)))
    has = " AND ".join(HAS.format(_marks(numbers)) for _, numbers in others)
    values = [*rarest, LOOKED_MAX, *(number for _, numbers in others for number in numbers), HITS_MAX + 1]
    found = _persons(f"SELECT own.person FROM ({own}) AS own WHERE {has} LIMIT %s", values)
    return found[:HITS_MAX], count > LOOKED_MAX or len(found) > HITS_MAX


def _count(numbers: Sequence[int]) -> int:
    return _persons(COUNTED.format(_marks(numbers)), [*numbers, LOOKED_MAX + 1])[0]


def _marks(numbers: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(numbers))


def _persons(sql: str, values: Sequence[int]) -> list[int]:
    with connections[router.db_for_read(TraitWord)].cursor() as cursor:
        cursor.execute(sql, values)
        return [int(person) for (person,) in cursor.fetchall()]
