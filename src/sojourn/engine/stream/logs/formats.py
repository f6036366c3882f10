"""The formats in which events leave, and the way into each."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import pyarrow as pa

from sojourn.engine.stream.logs.ocel import ocel_pieces
from sojourn.engine.stream.logs.tabular import arrow_pieces, csv_pieces, parquet_pieces
from sojourn.engine.stream.logs.xes import xes_pieces

GZIP: Final = 16 + zlib.MAX_WBITS


class Format(StrEnum):
    """A format; the value is also how a file's name ends."""

    CSV = "csv"
    CSV_GZ = "csv.gz"
    PARQUET = "parquet"
    XES = "xes"
    XES_GZ = "xes.gz"
    OCEL = "json"
    OCEL_GZ = "json.gz"
    ARROW = "arrow"

    @property
    def media_type(self) -> str:
        """Name the format as HTTP does."""
        return _MEDIA_TYPES.get(self, "application/gzip")


_MEDIA_TYPES: Final = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.XES: "application/xml",
    Format.OCEL: "application/json",
    Format.ARROW: "application/vnd.apache.arrow.stream",
}


def written(
    tables: Iterable[pa.Table], objects: Iterable[pa.RecordBatch], wanted: Format, *, raw: bool = False
) -> Iterator[bytes]:
    """Write events as a file, piece by piece; memory does not grow with the number of events.

    `tables` have the columns of `columns.SCHEMA` and come customer by customer; `objects` are read for OCEL only.
    `raw` CSV has texts as they are, also those that a spreadsheet takes for formulas.
    """
    bare = wanted.value.removesuffix(".gz")
    if bare == "csv":
        made = csv_pieces(tables, raw=raw)
    elif bare == "parquet":
        made = parquet_pieces(tables)
    elif bare == "arrow":
        made = arrow_pieces(tables)
    elif bare == "xes":
        made = xes_pieces(tables)
    else:
        made = ocel_pieces(objects, tables)
    return packed(made) if bare != wanted.value else made


def packed(made: Iterable[bytes]) -> Iterator[bytes]:
    """Pack with gzip, with no name and no time inside, so that the same events are the same file."""
    pack = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for piece in made:
        if given := pack.compress(piece):
            yield given
    yield pack.flush()
