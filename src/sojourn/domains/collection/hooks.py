"""Invitations of collection: who wants to hear of new batches, and who holds something of an erased person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from sojourn.domains.collection.contracts import Check, Held, Holding, Keep, TailBatch
from sojourn.engine.stream.claims import Claims, Resolved, Tokens
from sojourn.kit.hooks import Hook

# An answer gets batches that it has not seen, thinks about them, and gives back what it wants to write. The write runs
# in one transaction on the state database with its cursor: what it does there is done exactly once. The cursor
# bears the answer's module and name: keep them.
tail: Final[Hook[Callable[[TailBatch], Callable[[], None]]]] = Hook("collection.tail")

# What must go together with the rows of erased persons, asked inside the transaction on the stream's database.
erase_persons: Final[Hook[Callable[[tuple[int, ...]], None]]] = Hook("collection.erase_persons")

# What a room holds about persons, under headings in plain words: the content of an access package. Asked outside any
# transaction; records are JSON and may be made while they are read.
about_persons: Final[Hook[Callable[[tuple[int, ...]], Iterable[Held]]]] = Hook("collection.about_persons")

# Answers of `erase_persons` that can leave what a legal duty keeps: asked instead where an erasure is one in part.
ERASED_IN_PART: Final[dict[Callable[[tuple[int, ...]], None], Callable[[tuple[int, ...], Keep], None]]] = {}

# Changes of segments that rooms above do on the work process's one queue, by the kind of command; arguments are ids.
COMMANDS: Final[dict[str, Callable[[dict[str, Any]], None]]] = {}

# Which tables hold something of a customer and who answers for them, by "room.Model". A test walks all models: one with
# a column that names a person or customer, or a sealed one, must stand here, with its answers joined above.
HOLDINGS: Final[dict[str, Holding]] = {}


def holds(
    *models: str,
    erased_by: Callable[[tuple[int, ...]], None] | str,
    told_by: Callable[[tuple[int, ...]], Iterable[Held]] | str,
) -> None:
    """Say in a room's ``plugins.py`` who erases and who tells what some tables hold ("room.Model").

    Each is the function that joined `erase_persons` or `about_persons`, or the reason in plain words why there is none.
    """
    for model in models:
        HOLDINGS[model] = Holding(model=model, erased_by=erased_by, told_by=told_by)


class Registry(Protocol):
    """Who answers a delivered file's question: whose rows are these? Every call is made under the write lock."""

    def tokens(self, kind: str, values: Sequence[str]) -> tuple[Tokens, Callable[[], None]]:
        """Give the tokens of distinct identifiers; the write stores new ones."""
        ...

    def resolve(self, claims: Claims) -> Resolved:
        """Give the tokens of rows; the write stores links, traits and texts."""
        ...

    def forget(self) -> None:
        """Drop what is remembered, because a write was not made."""
        ...

    def forget_texts(self, ids: Sequence[int]) -> None:
        """Delete sealed texts, inside the caller's transaction."""
        ...


# What rooms above find out about their own tables when the doctor looks.
checks: Final[Hook[Callable[[], Iterable[Check]]]] = Hook("collection.checks")

# What must be kept beside the backups, so that a restore can do it again (erasures), and doing it again: a number of
# persons. Each has one answer.
since_backup: Final[Hook[Callable[[], bytes]]] = Hook("collection.since_backup")
replay: Final[Hook[Callable[[bytes], int]]] = Hook("collection.replay")

# Whoever keeps blind indexes puts all of them under the newest key (`kit.sealing`) and gives how many it changed; safe
# to repeat. New ones come under it already; old ones are looked for under both until all have answered.
reindex: Final[Hook[Callable[[], int]]] = Hook("collection.reindex")

# Exactly one answer is expected of each: identity's registry, and the purposes of rows that name none (a bit mask).
registry: Final[Hook[Callable[[], Registry]]] = Hook("collection.registry")
unstated_purposes: Final[Hook[Callable[[], int]]] = Hook("collection.unstated_purposes")
