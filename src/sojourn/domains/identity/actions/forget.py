"""Forgetting: the map rows of persons go, and with them the meaning of every copy of their events."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import router, transaction
from django.db.models import Q

from sojourn.domains.collection.contracts import Keep
from sojourn.domains.identity import statements
from sojourn.domains.identity.actions.linking import refresh
from sojourn.domains.identity.actions.proposing import forget_proposals
from sojourn.domains.identity.graph import HOLDING
from sojourn.domains.identity.models import (
    Decision,
    DeviceHolder,
    Edge,
    Identifier,
    Link,
    LinkChange,
    MapCounter,
    Retraction,
    Text,
    Trait,
    TraitWord,
)
from sojourn.domains.identity.neighbours import holders
from sojourn.domains.identity.rulebook import rules_in_force

AT_ONCE = 500


def forget(persons: tuple[int, ...]) -> None:
    """Delete identifiers, traits, their words, texts, edges, links and proposals of persons.

    Inside the caller's transaction. Identifiers that nobody else holds go with them; whom an edge of theirs had moved
    is moved back. The epoch grows, so that loaders drop the tokens they remember.
    """
    forget_proposals(persons=persons)
    left = _forget_edges(persons)
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        Identifier.objects.filter(token__in=some).delete()
        Trait.objects.filter(person__in=some).delete()
        TraitWord.objects.filter(person__in=some).delete()
        Text.objects.filter(person__in=some).delete()
        Link.objects.filter(person__in=some).delete()
        LinkChange.objects.filter(person__in=some).delete()
    refresh(left)
    next_epoch()


def _forget_edges(persons: tuple[int, ...]) -> set[int]:
    """Delete the edges of persons with the decisions behind them; give the others whom the edges concerned."""
    near, held, most = set[int](), set[int](), rules_in_force().holders_max + len(persons)
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        edges = Edge.objects.filter(Q(person__in=some) | Q(other__in=some))
        for person, other, kind in edges.values_list("person", "other", "kind"):
            held.update({other} if kind in HOLDING else ())
            near.update({person} if kind in HOLDING else {person, other})
        _forget_decisions(set(edges.exclude(decision=0).values_list("decision", flat=True)))
        taken = Retraction.objects.filter(edge__in=list(edges.values_list("pk", flat=True)))
        decided = set(taken.values_list("decision", flat=True))
        taken.delete()
        _forget_decisions(
            decided - set(Retraction.objects.filter(decision__in=decided).values_list("decision", flat=True))
        )
        edges.delete()
        DeviceHolder.objects.filter(Q(device__in=some) | Q(user__in=some) | Q(person__in=some)).delete()
    for identifier in held:
        some_left = holders(identifier, most)
        near.update(some_left)
        if not some_left and not Edge.objects.filter(other=identifier).exists():
            Identifier.objects.filter(token=identifier).delete()
    return near - set(persons)


def _forget_decisions(numbers: set[int]) -> None:
    """Delete decisions and whatever undid them: their reasons may say something of the person."""
    while numbers:
        undone_by = set(Decision.objects.filter(undoes__in=numbers).values_list("pk", flat=True))
        Decision.objects.filter(pk__in=numbers).delete()
        Edge.objects.filter(decision__in=numbers).delete()
        numbers = undone_by


def forget_in_part(persons: tuple[int, ...], keep: Keep) -> None:
    """Delete what is known of persons but their own numbers and some traits, inside the caller's transaction.

    Who is one customer stays known: what is left is erased by it later.
    """
    forget_proposals(persons=persons)
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        Identifier.objects.filter(token__in=some).exclude(kind="user").delete()
        Trait.objects.filter(person__in=some).exclude(name__in=keep.traits).delete()
        TraitWord.objects.filter(person__in=some).delete()
        Text.objects.filter(person__in=some).delete()
    next_epoch()


def forget_cases(*, cases: Sequence[int]) -> None:
    """Delete the numbers of cases that nobody's events name any more."""
    with transaction.atomic(using=router.db_for_write(Identifier)):
        for at in range(0, len(cases), AT_ONCE):
            Identifier.objects.filter(token__in=cases[at : at + AT_ONCE], kind="case").delete()
        next_epoch()


def next_epoch() -> None:
    """Let loaders drop the tokens they remember, inside the caller's transaction."""
    epoch = MapCounter.objects.filter(name="epoch").values_list("value", flat=True).first() or 0
    statements.write(statements.SET_COUNTER, [("epoch", epoch + 1)])
