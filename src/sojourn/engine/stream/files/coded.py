"""Text columns as codes into their distinct values: what is done once a value is not done once a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.kernels.words import Flags
from sojourn.engine.stream.files.texts import is_bare

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Coded:
    """`values[codes[row]]` is a row's text; the code -1 is none."""

    codes: Codes
    values: list[str | None]

    @property
    def is_present(self) -> Flags:
        """Say which rows have a value."""
        if None not in self.values:
            return np.asarray(self.codes >= 0)
        held = np.array([value is not None for value in self.values] + [False])
        return np.asarray(held[self.codes])  # the code -1 is the last: False

    def kept(self, rows: Flags) -> Coded:
        """Give some of the rows."""
        return Coded(self.codes[rows], self.values)

    def mapped(self, change: Callable[[str], str | None]) -> Coded:
        """Change each distinct value once."""
        return Coded(self.codes, [None if value is None else change(value) for value in self.values])

    def array(self) -> Any:
        """Give the rows as an Arrow string array."""
        codes = pa.array(self.codes, mask=self.codes < 0)
        return pa.array(self.values, pa.string()).take(codes)

    def used(self) -> npt.NDArray[np.int64]:
        """Give the codes that occur, ascending, without -1."""
        seen = np.zeros(len(self.values) + 1, np.bool_)
        seen[self.codes] = True
        return np.flatnonzero(seen[:-1])


def coded(column: Any) -> Coded:
    """Make codes of a column of any plain type; texts are trimmed, and an empty one is none."""
    array = flat(column)
    if not pa.types.is_string(array.type):
        array = whole(array).cast(pa.string())
    found = pc.dictionary_encode(array)
    codes = np.asarray(pc.fill_null(found.indices, -1)).astype(np.int32, copy=False)
    values = found.dictionary.to_pylist()
    if not is_bare(found.dictionary):
        values = [value.strip() or None for value in values]
    return Coded(codes, values)


def constant(value: str | None, rows: int) -> Coded:
    """Make codes of one value for all rows."""
    return Coded(np.zeros(rows, np.int32), [value])


def absent(rows: int) -> Coded:
    """Make codes of no value at all."""
    return Coded(np.full(rows, -1, np.int32), [])


def first_of(left: Coded, right: Coded) -> Coded:
    """Take the left value where there is one, else the right one."""
    present = left.is_present
    moved = np.where(right.codes >= 0, right.codes + len(left.values), -1).astype(np.int32)
    return Coded(np.where(present, left.codes, moved).astype(np.int32), [*left.values, *right.values])


def only_where(left: Coded, rows: Flags) -> Coded:
    """Take away the values of all other rows."""
    return Coded(np.where(rows, left.codes, -1).astype(np.int32), left.values)


def flat(column: Any) -> Any:
    """Give a column as one array."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    return column


def whole(array: Any) -> Any:
    """Turn floats that are whole numbers (an id column with gaps, as spreadsheets write it) into integers."""
    if pa.types.is_floating(array.type) and pc.all(pc.equal(array, pc.floor(array))).as_py():
        try:
            return array.cast(pa.int64())
        except pa.ArrowInvalid:
            return array
    return array
