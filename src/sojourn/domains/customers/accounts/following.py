"""Companies and their people as new events tell them: a `group` call puts its sender's customer into a company."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from sojourn.domains.collection.contracts import TailBatch
from sojourn.domains.customers import rules
from sojourn.domains.customers.accounts import storing
from sojourn.domains.customers.accounts.storing import Joining, Stored
from sojourn.domains.customers.contracts import AccountGiven, AccountKind
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.queries import Grouped

COMPANY: Final = "group"  # the kind of a company's number


def follow_groups(batch: TailBatch) -> Callable[[], None]:
    """Collect whom a batch puts into companies; the write notes it, inside the caller's transaction."""
    found = {(each.group, each.person): each for each in privacy.grouped(batch)}
    return partial(_note, list(found.values()))


def _note(found: Sequence[Grouped]) -> None:
    tokens = sorted({each.group for each in found})
    keys = {each.person: each.value for each in identity.identifiers_of(tokens) if each.kind == COMPANY}
    names = _names(tokens)
    for source in sorted({each.source for each in found}):
        rows = [
            Stored(
                AccountGiven(
                    kind=AccountKind.COMPANY, key=keys[each.group][: storing.KEY_MOST], name=names.get(each.group)
                ),
                Joining(person=each.person),
            )
            for each in found
            if each.source == source and each.group in keys
        ]
        for at in range(0, len(rows), storing.AT_ONCE):
            storing.store(rows[at : at + storing.AT_ONCE], source=source)


def _names(tokens: Sequence[int]) -> dict[int, str]:
    traits: dict[int, dict[str, object]] = {}
    for each in identity.traits_of(tokens):
        traits.setdefault(each.person, {})[each.name] = each.value
    named = {token: rules.name_of(theirs)[: storing.NAME_MOST] for token, theirs in traits.items()}
    return {token: name for token, name in named.items() if name}
