"""What a batch says about whom: the loader collects it, identity answers with tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Tokens = npt.NDArray[np.int64]


class Trait(NamedTuple):
    """An attribute of the person of a row (or of a group, when `group` names one); `value` is JSON.

    `source` says who told us.
    """

    row: int
    name: str
    value: bytes
    at_us: int
    group: str | None = None
    source: str = ""


class Text(NamedTuple):
    """A personal value or free text that a row must not hold: the row keeps `id`; `value` is JSON."""

    id: int
    row: int
    name: str
    value: bytes


class Alias(NamedTuple):
    """A sender says that `previous` is the same person as the row's user."""

    row: int
    previous: str


class External(NamedTuple):
    """A further identifier of the row's person, as its sender calls the kind."""

    row: int
    type: str
    value: str
    source: str = ""


@dataclass(slots=True)
class Claims:
    """Columns over the rows of a batch, None where a row does not say; rows are in the order of arrival."""

    user: Sequence[str | None] = ()
    anonymous: Sequence[str | None] = ()
    agent: Sequence[str | None] = ()
    case: Sequence[str | None] = ()
    traits: list[Trait] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    groups: Sequence[str | None] = ()
    given: dict[int, int] = field(default_factory=dict)  # persons of rows recorded inside, known already
    event_ids: Sequence[int] = ()  # of the rows, empty where they are not told
    at_us: Sequence[int] = ()
    external: list[External] = field(default_factory=list)
    is_history: bool = False  # of a file: who signed in last in it need not be who is signed in now

    def made_by(self, row: int) -> tuple[int | None, int]:
        """Give the id of a row's event, None where it is not told, and when it occurred, else 0."""
        return (self.event_ids[row] if self.event_ids else None, self.at_us[row] if self.at_us else 0)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Tokens of a batch's rows, 0 where there is none; `write` stores what is new, inside the commit.

    Rows that are `gone` are of persons who were erased: they must not enter.
    """

    person: Tokens
    agent: Tokens
    case: Tokens
    groups: Tokens
    write: Callable[[], None]
    gone: npt.NDArray[np.bool_]
