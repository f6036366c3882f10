"""Looking through a Parquet file: every value of every column, dictionaries, page heads and footer."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.engine.scanning.raw import search_file
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look
from sojourn.engine.stream.segments import DICTIONARY

_NUMBERS = frozenset({pa.int64(), pa.uint64()})


def look_at_parquet(path: Path, look: Look, searcher: Searcher) -> None:
    """Count needles in a Parquet file, whoever wrote it, whether a manifest names it or not.

    Columns that can hold a text or a token are decoded; instants, money and small numbers cannot. Dictionary pages
    are read as they are, unused entries too; heads, statistics and footer as raw bytes. Raise OSError
    and pa.ArrowException.
    """
    search_file(path, look, searcher)
    named = set(pq.read_schema(path).names)
    with pq.ParquetFile(path, read_dictionary=[each for each in DICTIONARY if each in named]) as file:
        held = [field.name for field in file.schema_arrow if _can_hold(field.type)]
        for group in range(file.num_row_groups):
            for name in held:
                for chunk in file.read_row_group(group, columns=[name], use_threads=False).itercolumns():
                    for part in chunk.chunks:
                        _count(part, look, searcher)
        look.rows += file.metadata.num_rows


def _can_hold(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind in _NUMBERS or not (pa.types.is_primitive(kind) or pa.types.is_decimal(kind))


def _count(part: pa.Array, look: Look, searcher: Searcher) -> None:
    """Search the buffers of an array: values lie in them one behind the other, with no copy in between."""
    if isinstance(part, pa.DictionaryArray):
        part = part.dictionary
    for buffer in part.buffers()[1:]:
        if buffer is not None:
            look.bytes += buffer.size
            searcher.count(memoryview(buffer), look.counts)
