"""Looking persons up by words gives what a walk over all words of all customers gives."""

from __future__ import annotations

import random

import pytest

from sojourn.domains.identity import worded
from sojourn.domains.identity.models import Link, TraitWord
from sojourn.domains.identity.worded import persons_by_words

pytestmark = pytest.mark.django_db(databases="__all__")
Said = dict[int, set[int]]


def stored(chance: random.Random) -> tuple[Said, dict[int, int]]:
    """Store words of persons, some of whom are one customer; give the words and who belongs to whom."""
    words = {person: {chance.randint(1, 6) for _ in range(chance.randint(0, 4))} for person in range(1, 31)}
    links = {person: chance.randint(1, 6) for person in range(10, 31) if chance.random() < 0.6}
    rows = [
        TraitWord(word=word, person=person, name=name)
        for person, some in words.items()
        for word in some
        for name in chance.sample(["name", "address"], chance.randint(1, 2))
    ]
    TraitWord.objects.bulk_create(rows)
    Link.objects.bulk_create([Link(person=person, customer=customer) for person, customer in links.items()])
    return words, links


def naively(wanted: list[list[int]], words: Said, links: dict[int, int]) -> set[int]:
    """Walk over all persons: whose customer has a number of each word, and who has one of the rarest themselves."""
    customer_of = {person: links.get(person, person) for person in words}
    theirs: Said = {}
    for person, some in words.items():
        theirs.setdefault(customer_of[person], set()).update(some)
    return {
        customer_of[person]
        for person, some in words.items()
        if any(not some.isdisjoint(numbers) for numbers in wanted)
        and all(not theirs[customer_of[person]].isdisjoint(numbers) for numbers in wanted)
    }


@pytest.mark.parametrize("seed", range(12))
def test_all_customers_with_all_words_are_found_and_nobody_else(seed: int) -> None:
    chance = random.Random(seed)
    words, links = stored(chance)
    for _ in range(10):
        numbers = chance.sample(range(1, 8), chance.randint(1, 5))
        cut = chance.randint(1, len(numbers))
        wanted = [[number] for number in numbers[:cut]]
        wanted[-1] += numbers[cut:]  # a word may stand under several numbers
        found, is_cut = persons_by_words(wanted)
        assert {links.get(person, person) for person in found} == naively(wanted, words, links)
        assert len(set(found)) == len(found)
        assert not is_cut


def test_too_frequent_words_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worded, "LOOKED_MAX", 5)
    monkeypatch.setattr(worded, "HITS_MAX", 3)
    TraitWord.objects.bulk_create(
        [TraitWord(word=word, person=person, name="name") for person in range(1, 9) for word in (1, 2)]
        + [TraitWord(word=3, person=person, name="name") for person in range(1, 4)]
    )
    assert (len(persons_by_words([[1]])[0]), persons_by_words([[1]])[1]) == (3, True)
    assert persons_by_words([[1], [2]])[1]
    assert persons_by_words([[1], [3]]) == ([1, 2, 3], False)
    assert persons_by_words([[1], [4]]) == ([], False)
    assert persons_by_words([]) == ([], False)
