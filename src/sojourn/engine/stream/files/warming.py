"""Kernels of file imports, compiled or taken from the cache before the first file comes."""

from __future__ import annotations

import functools

import numpy as np
import pyarrow as pa

from sojourn.engine.stream.files.digests import DigestTable
from sojourn.engine.stream.files.elements import elements
from sojourn.engine.stream.files.hashing import from_hexadecimal, hexadecimal, values_digest, with_ordinals
from sojourn.engine.stream.files.scan import scanned
from sojourn.engine.stream.files.texts import is_bare, number_kinds


@functools.cache
def warm() -> None:
    """Call each kernel once with the types that a file brings; further calls do nothing."""
    scanned(b"name\nvalue\n", ",")
    list(elements([(b'{"events": [{}]}', 0)]))
    column = pa.array(["value", None, "1.5"])
    is_bare(column)
    number_kinds(column)
    low, high = values_digest(column, "warm")
    low, high = with_ordinals(low, high, np.zeros(len(low), np.int64))
    from_hexadecimal(hexadecimal(low, high))
    for kind in (np.int8, np.int32, np.int64):
        table = DigestTable(kind)
        table.count(low, high)
        table.set(low, high, np.zeros(len(low), np.int64))
        table.get(low, high)
        table.grow(1 << 16)
