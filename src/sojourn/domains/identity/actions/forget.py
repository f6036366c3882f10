"""Forgetting: the map rows of persons go, and with them the meaning of every copy of their events."""

from __future__ import annotations

from sojourn.domains.identity import statements
from sojourn.domains.identity.actions.proposing import forget_proposals
from sojourn.domains.identity.models import Identifier, Link, LinkChange, MapCounter, Text, Trait, TraitWord

AT_ONCE = 500


def forget(persons: tuple[int, ...]) -> None:
    """Delete identifiers, traits, their words, texts, links and proposals of persons, inside the caller's transaction.

    The epoch grows, so that loaders drop the tokens they remember.
    """
    forget_proposals(persons=persons)
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        Identifier.objects.filter(token__in=some).delete()
        Trait.objects.filter(person__in=some).delete()
        TraitWord.objects.filter(person__in=some).delete()
        Text.objects.filter(person__in=some).delete()
        Link.objects.filter(person__in=some).delete()
        LinkChange.objects.filter(person__in=some).delete()
    next_epoch()


def next_epoch() -> None:
    """Let loaders drop the tokens they remember, inside the caller's transaction."""
    epoch = MapCounter.objects.filter(name="epoch").values_list("value", flat=True).first() or 0
    statements.write(statements.SET_COUNTER, [("epoch", epoch + 1)])
