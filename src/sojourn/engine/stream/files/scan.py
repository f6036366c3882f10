"""Where the rows of a CSV begin and end: one pass over the bytes, aware of quotes."""

from __future__ import annotations

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Int64s

NEWLINE = 10
RETURN = 13


@compiled
def row_starts(data: Bytes, delimiter: int, quote: int, starts: Int64s, lines: Int64s) -> tuple[int, int, int]:
    """Find the rows that begin in a block of CSV that begins at the start of a row.

    Parameters
    ----------
    data : (bytes,) the block
    delimiter, quote : byte values
    starts, lines : (at least newlines + 1,) filled with each row's first byte and its line, both from 0

    Returns
    -------
    rows : number of complete rows
    end : position after the last complete row
    line : number of line ends up to `end`

    One pass, O(bytes). A quote opens a field only at its beginning, and a doubled quote inside is a literal one, as
    in RFC 4180 section 2; in an unquoted field a quote is a plain character.
    """
    rows = 0
    end = 0
    line = 0
    row_line = 0
    row_start = 0
    done_line = 0
    at_field = True
    inside = False
    i = 0
    n = data.shape[0]
    while i < n:
        byte = data[i]
        if inside:
            if byte == quote:
                if i + 1 < n and data[i + 1] == quote:
                    i += 1
                else:
                    inside = False
            elif byte == NEWLINE:
                line += 1
        elif byte == NEWLINE:
            line += 1
            starts[rows] = row_start
            lines[rows] = row_line
            rows += 1
            end = i + 1
            done_line = line
            row_start = end
            row_line = line
            at_field = True
        elif byte == quote and at_field:
            inside = True
            at_field = False
        else:
            at_field = byte == delimiter
        i += 1
    return rows, end, done_line


def scanned(block: bytes | memoryview, delimiter: str, quote: str = '"') -> tuple[Int64s, Int64s, int, int]:
    """Give row starts and their lines (from 0), the end of the last complete row, and the lines up to there."""
    data = np.frombuffer(block, np.uint8)
    room = int(np.count_nonzero(data == NEWLINE)) + 1
    starts, lines = np.empty(room, np.int64), np.empty(room, np.int64)
    rows, end, line = row_starts(data, ord(delimiter), ord(quote), starts, lines)
    return starts[:rows], lines[:rows], end, line
