"""Rows of a batch as Arrow columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sojourn.engine.stream.claims import Resolved
from sojourn.engine.stream.plan import Recipe
from sojourn.engine.stream.rows import Held
from sojourn.engine.stream.schema import SCHEMA

_DECIMAL: Final = pa.decimal128(18, 4)


def table(held: Held, recipes: Sequence[Recipe], digests: Sequence[bytes], resolved: Resolved, batch: int) -> pa.Table:
    """Make the table of a batch from its rows by column, the recipes that they name, messages and tokens."""
    count = len(digests)
    served = pa.array(np.array(held["recipe"], np.int32))
    columns: dict[str, pa.Array] = {
        "batch": pa.array(np.full(count, batch, np.int64)),
        "message": _hex(digests),
        "person": pa.array(resolved.person),
        "agent": _tokens(resolved.agent),
        "case": _tokens(resolved.case),
        "value": _decimals(held["value"]),
        "name": pa.array([each.event for each in recipes], pa.string()).take(served),
        "kind": pa.array([each.kind for each in recipes], pa.string()).take(served),
        "source": pa.array([each.source for each in recipes], pa.string()).take(served),
    }
    return pa.table([columns.get(each.name) or _column(each.name, held[each.name]) for each in SCHEMA], schema=SCHEMA)


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    of = SCHEMA.field(name).type
    if pa.types.is_timestamp(of):
        return pa.array(np.array(values, np.int64)).view(of)
    if pa.types.is_integer(of):
        return pa.array(np.array(values, of.to_pandas_dtype()))
    return pa.array(values, of)


def _hex(digests: Sequence[bytes]) -> pa.Array:
    """Write 16-byte digests as strings of 32 characters, all with one call."""
    data = b"".join(digests).hex().encode()
    offsets = np.arange(0, 32 * (len(digests) + 1), 32, dtype=np.int32)
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(offsets), pa.py_buffer(data))


def _tokens(tokens: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(tokens, mask=tokens == 0)


def _decimals(values: Sequence[int | None]) -> pa.Array:
    """Make exact decimals from whole ten-thousandths."""
    known = np.array([each is not None for each in values], np.bool_)
    low = np.array([each or 0 for each in values], np.int64)
    words = np.stack((low, low >> 63), axis=1)  # 128 bits, little endian, two's complement
    mask = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(_DECIMAL, len(values), [mask, pa.py_buffer(words)])
