"""A batch of a file's rows as events, before it is known whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sojourn.engine.kernels.words import Flags, Int64s, UInt64s
from sojourn.engine.stream.claims import Alias, Trait
from sojourn.engine.stream.files.breaches import Breach
from sojourn.engine.stream.files.coded import Coded
from sojourn.engine.stream.files.properties import Sealed, Seen
from sojourn.engine.stream.files.rows import Refusal

_CODED: Final = ("message", "user", "anonymous", "agent", "case", "kind", "name")


@dataclass(kw_only=True, slots=True)
class Shaped:
    """Events of some rows before it is known whose they are: parallel columns, and what belongs to single rows."""

    lines: Int64s
    low: UInt64s  # digest of the row's content
    high: UInt64s
    message: Coded  # message ids as given
    user: Coded
    anonymous: Coded
    agent: Coded
    case: Coded
    kind: Coded
    name: Coded
    at: Int64s
    words: dict[str, Any]  # channel, touchpoint, unit, product, currency as string arrays
    value: Any
    properties: Any
    traits: list[Trait] = field(default_factory=list)
    sealed: list[Sealed] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    refused: Sequence[Refusal] = ()
    bytes_done: int = 0


def kept(made: Shaped, rows: Flags) -> Shaped:
    """Give some of the events; what belongs to the others goes too."""
    moved = np.cumsum(rows) - 1
    mask = pa.array(rows)
    return replace(
        made,
        lines=made.lines[rows],
        low=made.low[rows],
        high=made.high[rows],
        at=made.at[rows],
        words={name: column.filter(mask) for name, column in made.words.items()},
        value=made.value.filter(mask),
        properties=made.properties.filter(mask),
        traits=[each._replace(row=int(moved[each.row])) for each in made.traits if rows[each.row]],
        sealed=[each._replace(row=int(moved[each.row])) for each in made.sealed if rows[each.row]],
        aliases=[each._replace(row=int(moved[each.row])) for each in made.aliases if rows[each.row]],
        seen=[Seen(each.name, each.types[rows]) for each in made.seen],
        breaches=[each._replace(rows=each.rows[rows]) for each in made.breaches],
        **{name: getattr(made, name).kept(rows) for name in _CODED},
    )


def lifted(made: Shaped) -> dict[str, Flags]:
    """Say which rows fill a column that an SDK's event would carry as a property."""
    found = {name: np.asarray(column.is_valid()) for name, column in {**made.words, "value": made.value}.items()}
    return {**found, "agent": made.agent.is_present, "case": made.case.is_present}
