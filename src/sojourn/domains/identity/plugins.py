"""Identity's answers to the hooks of rooms below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sojourn.domains.access import hooks as access
from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Check, Held
from sojourn.domains.identity import actions, queries
from sojourn.kit import jobs
from sojourn.kit.sealed import seals

seals("identity.Identifier", "sealed", use="identifier")
seals("identity.Trait", "sealed", use="trait")
seals("identity.Text", "sealed", use="text")


@hooks.erase_persons.answer
def forget_persons(persons: tuple[int, ...]) -> None:
    """Forget who the persons were, in the transaction that takes out their rows."""
    actions.forget(persons)


hooks.ERASED_IN_PART[forget_persons] = actions.forget_in_part


@hooks.about_persons.answer
def tell_identity(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell who the persons are to us."""
    return queries.about(persons)


hooks.holds(
    "identity.Identifier",
    "identity.Trait",
    "identity.TraitWord",
    "identity.Text",
    erased_by=forget_persons,
    told_by=tell_identity,
)
hooks.holds(
    "identity.TraitWord",
    erased_by=forget_persons,
    told_by="Digests of the words of attributes, by which you are found; the attributes themselves are told.",
)
hooks.holds(
    "identity.Link",
    "identity.LinkChange",
    erased_by=forget_persons,
    told_by="Random numbers that say which identifiers are one customer; the package is of that customer as a whole.",
)

hooks.holds(
    "identity.Proposed",
    erased_by=forget_persons,
    told_by="Random numbers of two customers and how alike their attributes are: a guess that waits for a decision.",
)
hooks.holds(
    "identity.Tombstone",
    erased_by="It keeps an erased person from coming back: a digest under a key of its own, which opens nothing.",
    told_by="It exists of erased persons only, whom nobody can tell from it.",
)
hooks.holds(
    "identity.Edge",
    "identity.Retraction",
    "identity.DeviceHolder",
    erased_by=forget_persons,
    told_by="Random numbers that say which identifiers were seen together; the identifiers themselves are told.",
)
hooks.holds("identity.Decision", erased_by=forget_persons, told_by=tell_identity)


@hooks.checks.answer
def check_traits() -> Iterable[Check]:
    """Say whether traits of older versions have what newer ones write with them, and have it made where not."""
    left = queries.behind()
    if left and jobs.is_bound():
        jobs.defer("identity.catch_up")
    yield Check(
        name="traits",
        ok=not left,
        detail="Stored traits lack what this version writes with them: " + " and ".join(left) + "."
        if left
        else "All have what this version writes with them.",
        advice="The work process catches up by itself; look again in an hour." if left else "",
    )


@hooks.reindex.answer
def make_indexes_anew() -> int:
    """Put blind indexes under the newest key."""
    return actions.reindex()


@hooks.registry.answer
def file_registry() -> actions.Resolver:
    """Say whose the rows of a delivered file are."""
    return actions.resolver()


@access.employee_numbers.answer
def employee_numbers(ids: Sequence[str]) -> Mapping[str, int]:
    """Give the numbers that events name employees by."""
    return queries.numbers_of("agent", ids)
