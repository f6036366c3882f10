"""A part: one immutable file of arrays.

The file is a JSON head (which array lies where) and the arrays, each on a 64-byte boundary. Columns of codes are stored
as narrow as they can be: one value for all events takes no space, up to 255 codes take a byte, more take two.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.words import NO_CODE, Bytes, Int64s, UInt16s
from sojourn.engine.timeline.words import TimelineError
from sojourn.kit import durable

MAGIC = b"SJTLINE1"
ALIGN = 64
NO_BYTE = 255  # the narrow form of NO_CODE
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Column:
    """An array of a part: its name, type and length, or the one value that it has throughout."""

    name: str
    dtype: str
    length: int
    constant: int | None = None

    @property
    def bytes(self) -> int:
        """Space that the array takes in the file, without padding."""
        return 0 if self.constant is not None else np.dtype(self.dtype).itemsize * self.length


def narrow(name: str, codes: npt.NDArray[np.unsignedinteger[Any]]) -> Column:
    """Choose the narrowest form of a column of codes."""
    if not len(codes):
        return Column(name, "u1", 0, constant=int(NO_CODE))
    low = int(codes.min())
    if low == int(codes.max()):
        return Column(name, "u1", len(codes), constant=low)
    fits = bool(np.all((codes < NO_BYTE) | (codes == NO_CODE)))
    return Column(name, "u1" if fits else "u2", len(codes))


def create(path: Path, columns: Iterable[Column]) -> tuple[mmap.mmap, dict[str, Array]]:
    """Make a part's file and map its arrays for writing; constant columns are not among them."""
    listed = list(columns)
    places, head, size = _placed(listed)
    with path.open("w+b") as file:
        file.truncate(size)
        mapped = mmap.mmap(file.fileno(), size)
    mapped[: len(head)] = head
    return mapped, {
        column.name: np.frombuffer(mapped, column.dtype, column.length, place)
        for column, place in zip(listed, places, strict=True)
        if column.constant is None
    }


def _placed(columns: list[Column]) -> tuple[list[int], bytes, int]:
    room = 4_096
    while True:
        places, at = [], room
        for column in columns:
            places.append(at)
            at += -(-column.bytes // ALIGN) * ALIGN
        entries = [[c.name, c.dtype, c.length, c.constant, place] for c, place in zip(columns, places, strict=True)]
        raw = json.dumps(entries).encode()
        head = MAGIC + len(raw).to_bytes(8, "little") + raw
        if len(head) <= room:
            return places, head, max(at, room)
        room *= 2


def sync(mapped: mmap.mmap, path: Path) -> None:
    """Make a written part durable."""
    mapped.flush()
    durable.sync_file(path)


def widened(codes: Array) -> UInt16s:
    """Give stored codes as 16-bit codes."""
    if codes.dtype == np.uint16:
        return codes
    wide = codes.astype(np.uint16)
    wide[codes == NO_BYTE] = NO_CODE
    return wide


class Dimensions(Mapping[str, UInt16s]):
    """Columns of codes of some events, widened to 16 bits when they are asked for."""

    def __init__(self, part: Part, low: int, high: int) -> None:
        self._part, self._low, self._high = part, low, high

    def __getitem__(self, name: str) -> UInt16s:
        return self._part.codes(f"dimension:{name}", self._low, self._high)

    def __iter__(self) -> Iterator[str]:
        return iter(self._part.dimensions)

    def __len__(self) -> int:
        return len(self._part.dimensions)


class Part:
    """The arrays of one part, memory-mapped; `gone` says which of its customers a later part has superseded.

    Arrays are mapped privately and writable, never written: Numba compiles a kernel anew for read-only arrays.
    """

    def __init__(self, path: Path, gone: Path | None = None, *, shared: bool = False) -> None:
        with path.open("rb+" if shared else "rb") as file:
            self.mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY)
        if self.mapped[: len(MAGIC)] != MAGIC:
            raise TimelineError("A part of the timeline is damaged; build it anew.")
        end = 16 + int.from_bytes(self.mapped[8:16], "little")
        self._arrays: dict[str, Array] = {}
        self._constants: dict[str, int] = {}
        for name, dtype, length, constant, place in json.loads(self.mapped[16:end]):
            if constant is None:
                self._arrays[name] = np.frombuffer(self.mapped, dtype, length, place)
            else:
                self._constants[name] = constant
        self.customer: Int64s = self._arrays["customer"]
        self.offset: Int64s = self._arrays["offset"]
        self.at: Int64s = self._arrays["at"]
        self.event: UInt16s = self._arrays["event"]
        self.row: Int64s = self._arrays["row"]
        self.person: Int64s = self._arrays["person"]
        self.person_offset = self._arrays["person_offset"]
        self.person_order = self._arrays["person_order"]
        self.money_at = self._arrays["money_at"]
        self.money_amount = self._arrays["money_amount"]
        names = (*self._arrays, *self._constants)
        self.dimensions = tuple(name[len("dimension:") :] for name in names if name.startswith("dimension:"))
        self.gone: Bytes | None = None if gone is None else np.fromfile(gone, np.uint8)

    def codes(self, name: str, low: int, high: int) -> UInt16s:
        """Give a column of codes between two positions, as 16-bit codes."""
        held = self.narrow_codes(name)
        return np.full(high - low, held, np.uint16) if isinstance(held, int) else widened(held[low:high])

    def ordinals(self) -> Array | int:
        """Say of each event which of its customer's persons it is of, counted from 0; 0 when all have one only."""
        return self._arrays.get("who", 0)

    def narrow_codes(self, name: str) -> Array | int:
        """Give a column of codes as it is stored: bytes (255 is none), 16-bit codes, or the one value."""
        return self._constants[name] if name in self._constants else self._arrays[name]

    def arrays(self) -> Mapping[str, Array]:
        """Give all arrays, by name, to overwrite an erased customer's places."""
        return self._arrays
