"""The money that a log's events carry."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.kernels.words import Amounts
from sojourn.engine.stream.files import amounts, cells
from sojourn.kit.money import SCALE
from sojourn.surfaces.library.recorded import Recorded

LOOKED_AT = 2_000  # texts by which the decimal mark is found


def money(recorded: Recorded) -> tuple[Amounts | None, tuple[str, ...]]:
    """Give the money of the events that carry some, and the currencies by code.

    Without a column of values and one of currencies there is none; amounts that cannot be read are none.
    """
    mapping = recorded.mapping
    _, columns = cells.columns_of(recorded.table, mapping, "value")
    if not columns or "currency" not in mapping.cells:
        return None, ()
    found, _ = amounts.amounts(columns[0], decimal=mapping.decimal or _mark(columns[0]))
    exact = pc.multiply(found.take(pa.array(recorded.row)), SCALE)
    coded, currencies = recorded.dimension("currency")
    place = np.flatnonzero(exact.is_valid().to_numpy(zero_copy_only=False) & (coded >= 0))
    units = exact.take(pa.array(place)).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return Amounts(place, units, coded[place].astype(np.uint16)), currencies


def _mark(column: pa.Array) -> str:
    if not pa.types.is_string(column.type):
        return "."
    return amounts.detect([each for each in column.slice(0, LOOKED_AT).to_pylist() if each])
