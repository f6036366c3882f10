"""Where the simulation writes what happened: columns of numbers, turned into text only at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation.words import CODE, NO_UNIT, TRACK

NO_CASE = 0
NO_VALUE = np.iinfo(np.int64).min

COLUMNS: Mapping[str, Any] = {
    "at": np.int64,  # microseconds since the epoch
    "actor": np.int64,  # customer number; visitors who never sign in are numbered after the customers
    "known": np.bool_,  # whether the row says who it is
    "name": np.uint8,  # code of the event's name
    "kind": np.uint8,
    "channel": np.uint8,
    "unit": np.int8,
    "agent": np.int16,  # -1: none
    "product": np.uint8,
    "case": np.int64,
    "value": np.int64,  # cents
    "extra": np.int32,  # place in `fragments`
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The written columns and the JSON fragments that `extra` points at; `row` numbers them within their block."""

    columns: dict[str, npt.NDArray[Any]]
    fragments: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.columns["at"])

    def kept(self, where: npt.NDArray[Any]) -> Rows:
        """Give the rows at a mask or at positions, in that order."""
        return Rows({name: column[where] for name, column in self.columns.items()}, self.fragments)

    def is_named(self, name: str) -> npt.NDArray[np.bool_]:
        """Mask the rows of one event name."""
        named: npt.NDArray[np.bool_] = self.columns["name"] == CODE[name]
        return named


class Ledger:
    """Collects rows; numbers and arrays are stretched to the number of instants."""

    def __init__(self) -> None:
        self._parts: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in COLUMNS}
        self._fragments: list[str] = [""]
        self._places: dict[str, int] = {"": 0}

    def emit(
        self,
        name: str,
        at: npt.NDArray[np.int64],
        actor: npt.ArrayLike,
        *,
        channel: npt.ArrayLike,
        known: npt.ArrayLike = True,
        kind: int = TRACK,
        unit: npt.ArrayLike = NO_UNIT,
        agent: npt.ArrayLike = -1,
        product: int = 0,
        case: npt.ArrayLike = NO_CASE,
        value: npt.ArrayLike = NO_VALUE,
        extra: npt.ArrayLike = 0,
    ) -> None:
        """Write one event a given instant."""
        row = {
            "at": at, "actor": actor, "known": known, "name": CODE[name], "kind": kind, "channel": channel,
            "unit": unit, "agent": agent, "product": product, "case": case, "value": value, "extra": extra,
        }  # fmt: skip
        for column, values in row.items():
            self._parts[column].append(np.broadcast_to(np.asarray(values, dtype=COLUMNS[column]), at.shape))

    def fragment(self, text: str) -> int:
        """Give the place of a text, kept once: the inside of a JSON object, or what a page is called."""
        if text not in self._places:
            self._places[text] = len(self._fragments)
            self._fragments.append(text)
        return self._places[text]

    def fragments(self, texts: Iterable[str]) -> npt.NDArray[np.int32]:
        """Give the places of several fragments."""
        return np.fromiter((self.fragment(each) for each in texts), dtype=np.int32)

    def rows(self) -> Rows:
        """Join what was written; `row` numbers it in the order of writing."""
        columns = {
            name: np.concatenate(parts) if parts else np.empty(0, dtype=COLUMNS[name])
            for name, parts in self._parts.items()
        }
        columns["row"] = np.arange(len(columns["at"]), dtype=np.int64)
        return Rows(columns, tuple(self._fragments))
