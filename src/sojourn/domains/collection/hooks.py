"""Invitations of collection: who wants to hear of new batches, and who holds something of an erased person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sojourn.domains.collection.contracts import TailBatch
from sojourn.kit.hooks import Hook

# An answer gets batches that it has not seen, thinks about them, and gives back what it wants to write. The write runs
# in one transaction on the state database with its cursor: what it does there is done exactly once. The cursor
# bears the answer's module and name: keep them.
tail: Final[Hook[Callable[[TailBatch], Callable[[], None]]]] = Hook("collection.tail")

# What must go together with the rows of erased persons, asked inside the transaction on the stream's database.
erase_persons: Final[Hook[Callable[[tuple[int, ...]], None]]] = Hook("collection.erase_persons")
