"""Rows of a batch as Arrow columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sojourn.engine.stream.claims import Resolved
from sojourn.engine.stream.schema import SCHEMA

# What a row of the loader holds, in this order; the rest of the schema's columns are made for all rows at once.
ROW: Final = (
    "event_id", "name", "kind", "occurred_at", "received_at", "channel", "touchpoint", "unit", "product", "source",
    "purposes", "value", "currency", "properties",
)  # fmt: skip
_DECIMAL: Final = pa.decimal128(18, 4)


def table(rows: Sequence[tuple[Any, ...]], digests: Sequence[bytes], resolved: Resolved, batch: int) -> pa.Table:
    """Make the table of a batch from its rows, messages and tokens."""
    count = len(rows)
    held = dict(zip(ROW, zip(*rows, strict=True), strict=True))
    columns: dict[str, pa.Array] = {
        "batch": pa.array(np.full(count, batch, np.int64)),
        "message": _hex(digests),
        "person": pa.array(resolved.person),
        "agent": _tokens(resolved.agent),
        "case": _tokens(resolved.case),
        "value": _decimals(held.pop("value")),
    }
    for name, values in held.items():
        columns[name] = _column(name, values)
    return pa.table([columns[field.name] for field in SCHEMA], schema=SCHEMA)


def _column(name: str, values: tuple[Any, ...]) -> pa.Array:
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


def _decimals(values: tuple[int | None, ...]) -> pa.Array:
    """Make exact decimals from whole ten-thousandths."""
    known = np.array([each is not None for each in values], np.bool_)
    low = np.array([each or 0 for each in values], np.int64)
    words = np.stack((low, low >> 63), axis=1)  # 128 bits, little endian, two's complement
    mask = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(_DECIMAL, len(values), [mask, pa.py_buffer(words)])
