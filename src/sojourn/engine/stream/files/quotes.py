"""Where quoted rows of CSV end, found in one look at each line however many quotes stay open."""

from __future__ import annotations

from collections.abc import Sequence

QUOTE = ord('"')


def ends(lines: Sequence[bytes], delimiter: str) -> list[int]:
    """Say for each line which line ends a row that begins there; the number of lines where none does.

    A quote opens a field at its beginning only, and closes it unless it is doubled. Linear in the bytes: a line leaves
    a quote open or not by whether one is open at its beginning, wherever the row began.

    >>> ends([b'a,"b', b'c",d', b'e', b'"f'], ",")
    [1, 1, 2, 4]
    """
    found = [0] * len(lines)
    closing = len(lines)  # the first line at or after this one at whose end an open quote is closed
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if b'"' not in line:
            found[at] = at
            continue
        found[at] = closing if _stays_open(line, delimiter, inside=False) else at
        if not _stays_open(line, delimiter, inside=True):
            closing = at
    return found


def _stays_open(line: bytes, delimiter: str, *, inside: bool) -> bool:
    """Say whether a quote is open at the end of a line."""
    mark = ord(delimiter)
    at = 0 if inside else -1
    while True:
        at = line.find(b'"', at) if inside else _opening(line, mark, at)
        if at < 0:
            return inside
        at += 1
        if inside and line[at : at + 1] == b'"':
            at += 1  # doubled: a letter
        else:
            inside = not inside


def _opening(line: bytes, mark: int, after: int) -> int:
    """Find the next quote at the beginning of a field, -1 for none; `after` is -1 at the beginning of a row."""
    if after < 0:
        if line[:1] == b'"':
            return 0
        after = 0
    return place + 1 if (place := line.find(bytes((mark, QUOTE)), after)) >= 0 else -1
