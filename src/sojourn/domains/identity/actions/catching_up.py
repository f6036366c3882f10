"""Work over all stored traits that a newer version needs done once, a bounded step at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import actions as collection
from sojourn.domains.identity import having, statements
from sojourn.domains.identity.actions.resolve import Resolver
from sojourn.domains.identity.models import Identifier, MapCounter, Trait
from sojourn.domains.identity.progress import ALL_DONE, CONTACTS, VALUES
from sojourn.domains.identity.rulebook import rules_in_force
from sojourn.engine.stream import claims
from sojourn.kit import sealing

AT_ONCE: Final = 2_000
StoredTrait = tuple[int, int, str, bytes, int, str]  # id, person, name, JSON, microseconds, source


def catch_up(*, most: int = 50) -> bool:
    """Give traits of older versions what newer ones write with them at once; say whether all have it.

    Who holds which mail address and phone number (`contacts`), and the digests by which customers are listed
    (`values`). Does at most so many steps of 2,000 traits of each, every one in a transaction of its own under the
    stream's write lock; doing it again is harmless.
    """
    names = {name for kind in rules_in_force().kinds for name in kind.traits}
    return all([_steps(CONTACTS, _hold, most, names), _steps(VALUES, _digest, most, None)])


def _steps(counter: str, do: Callable[[Sequence[StoredTrait]], None], most: int, names: Collection[str] | None) -> bool:
    done = MapCounter.objects.filter(name=counter).values_list("value", flat=True).first() or 0
    for _ in range(most):
        if done == ALL_DONE:
            return True
        with collection.writing(), transaction.atomic(using=router.db_for_write(Trait)):
            rows = _traits(done, names)
            do(rows)
            done = rows[-1][0] if len(rows) == AT_ONCE else ALL_DONE
            statements.write(statements.SET_COUNTER, [(counter, done)])
    return done == ALL_DONE


def _traits(after: int, names: Collection[str] | None) -> list[StoredTrait]:
    wanted = Trait.objects.filter(pk__gt=after) if names is None else Trait.objects.filter(pk__gt=after, name__in=names)
    sealer = sealing.sealer(settings.SOJOURN)
    columns = wanted.order_by("pk").values_list("pk", "person", "name", "sealed", "occurred_us", "source")
    return [
        (number, person, name, sealer.open(bytes(sealed), use="trait"), at_us, source)
        for number, person, name, sealed, at_us, source in columns[:AT_ONCE]
    ]


def _digest(rows: Sequence[StoredTrait]) -> None:
    sealer = sealing.sealer(settings.SOJOURN)
    found = [
        (statements.blob(digest), number)
        for number, _, name, value, _, _ in rows
        if (digest := having.blind(name, value, sealer)) is not None
    ]
    statements.write("UPDATE identity_trait SET blind = %s WHERE id = %s", found)


def _hold(rows: Sequence[StoredTrait]) -> None:
    """Note who holds the mail addresses and phone numbers of traits, as if their events came now."""
    persons = {person for _, person, *_ in rows}
    groups = set(Identifier.objects.filter(token__in=persons, kind="group").values_list("token", flat=True))
    some = [row for row in rows if row[1] not in groups]
    nothing: list[str | None] = [None] * len(some)
    told = claims.Claims(
        user=nothing,
        anonymous=nothing,
        agent=nothing,
        case=nothing,
        groups=nothing,
        given={place: row[1] for place, row in enumerate(some)},
        at_us=[row[4] for row in some],
        traits=[
            claims.Trait(place, name, value, at_us, None, source)
            for place, (_, _, name, value, at_us, source) in enumerate(some)
        ],
    )
    # One of its own: what the loader's remembers to have noted need not be so here.
    Resolver(sealing.sealer(settings.SOJOURN)).resolve(told).write()
