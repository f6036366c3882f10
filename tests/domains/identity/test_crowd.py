"""The benches' crowd is stored as the resolver stores it: told the same, it finds everything there."""

from __future__ import annotations

import pytest
from tools import crowd

from domains.identity.claiming import customers, said, stored
from sojourn.domains.identity import actions, queries, statements
from sojourn.domains.identity.models import Edge, Identifier, Trait, TraitWord
from sojourn.engine.stream.claims import Claims
from sojourn.engine.stream.claims import Trait as Told

pytestmark = pytest.mark.django_db(databases="__all__")
PERSONS = [4_001, 11, 5_000_000_007, 62]


def claims() -> Claims:
    """Say of the crowd's first customers what files would say."""
    people = [crowd.told(number) for number in range(len(PERSONS))]
    traits = [
        Told(row, name, value.encode(), crowd.SINCE_US, None, "bench")
        for row, each in enumerate(people)
        for name, value in crowd.traits_of(each)
    ]
    return said(*((each["user"], each["device"]) for each in people), traits=traits)


def held() -> tuple[object, ...]:
    """Give all that is stored, without what is sealed anew each time."""
    return (
        sorted(Identifier.objects.values_list("token", "kind", "is_blocked")),
        sorted(
            (a, b, bytes(c or b""), d) for a, b, c, d in Trait.objects.values_list("person", "name", "blind", "source")
        ),
        sorted(TraitWord.objects.values_list("word", "person", "name")),
        sorted(Edge.objects.values_list("person", "other", "kind", "decision", "is_standing")),
    )


def test_the_resolver_finds_the_whole_crowd_there() -> None:
    for statement, rows in crowd.rows(0, PERSONS):
        statements.write(statement, list(rows))
    actions.rebuild()
    before = held()
    devices = [token for token, kind, _ in before[0] if kind == "anonymous"]  # type: ignore[attr-defined]
    resolved = stored(claims())
    assert resolved.person.tolist() == PERSONS
    assert held() == before
    assert sorted(customers(*devices)) == sorted(PERSONS)
    assert [each.value for each in queries.identifiers_of(PERSONS[:1])] == ["C-0"]
    assert actions.rebuild() == 0
