"""The words of traits, so that a customer is found by a whole word of their name and nobody reads names to do it."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import actions as collection
from sojourn.domains.identity import rules, statements
from sojourn.domains.identity.models import MapCounter, Trait, TraitWord
from sojourn.domains.identity.wording import Words, words_of
from sojourn.kit import sealing

AT_ONCE: Final = 2_000
PROGRESS: Final = "words"  # the counter: traits up to this id have their words, or ALL_DONE
ALL_DONE: Final = -1


def write_words(words: Words) -> None:
    """Let words follow their traits, inside the transaction that wrote these."""
    dropped, added = words
    statements.write(statements.DROP_WORDS, dropped)
    statements.write(statements.ADD_WORDS, sorted(added))


def index_words(*, most: int = 50) -> bool:
    """Give traits that were stored before words were kept their words; say whether all have them.

    Does at most so many steps of 2,000 traits, each in a transaction of its own under the stream's write lock.
    """
    done = MapCounter.objects.filter(name=PROGRESS).values_list("value", flat=True).first() or 0
    for _ in range(most):
        if done == ALL_DONE:
            return True
        with collection.writing(), transaction.atomic(using=router.db_for_write(TraitWord)):
            done = _index(after=done)
            statements.write(statements.SET_COUNTER, [(PROGRESS, done)])
    return done == ALL_DONE


def _index(*, after: int) -> int:
    searched = Trait.objects.filter(pk__gt=after, name__in=rules.SEARCHED_BY_WORD).order_by("pk")
    rows = list(searched.values_list("pk", "person", "name", "sealed", "occurred_us")[:AT_ONCE])
    sealer = sealing.sealer(settings.SOJOURN)
    opened = ((who, name, sealer.open(bytes(sealed), use="trait"), at) for _, who, name, sealed, at in rows)
    write_words(words_of(opened, sealer))
    return int(rows[-1][0]) if len(rows) == AT_ONCE else ALL_DONE
