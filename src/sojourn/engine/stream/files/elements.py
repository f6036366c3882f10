"""One large JSON object of lists, taken apart without holding it: each element of each list, in the file's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Int64s
from sojourn.engine.stream.files.rows import UnreadableFileError

ELEMENT_MAX_BYTES: Final = 16 << 20
KEY_MAX_BYTES: Final = 1_000
# What stands at a mark: a text beside the lists opens and closes, a list opens, an element opens and closes, and
# what may not stand there.
TEXT_BEGIN, TEXT_END, LIST, BEGIN, END, STRAY = range(1, 7)
_DEPTH, _QUOTED, _ESCAPED, _IN_LIST, _OVER = range(5)


@compiled
def marked(data: Bytes, state: Int64s, places: Int64s, kinds: Bytes) -> int:
    """Find the marks in a piece of JSON and give their number; `state` goes from piece to piece.

    One pass, O(bytes). Only the outer two levels are looked at; what is inside an element is checked when decoded.
    """
    depth, quoted, escaped = state[_DEPTH], state[_QUOTED], state[_ESCAPED]
    in_list, over = state[_IN_LIST], state[_OVER]
    count = 0
    for at in range(data.shape[0]):
        byte = data[at]
        if quoted:
            if escaped:
                escaped = 0
            elif byte == 92:
                escaped = 1
            elif byte == 34:
                quoted = 0
                if depth == 1:
                    places[count], kinds[count] = at, TEXT_END
                    count += 1
            continue
        if byte == 32 or byte == 10 or byte == 13 or byte == 9:
            continue
        stray = over == 1 or (depth == 0 and byte != 123)
        if byte == 123 or byte == 91:
            depth += 1
            if depth == 2:
                in_list = 1 if byte == 91 else 0
                if in_list:
                    places[count], kinds[count] = at, LIST
                    count += 1
            elif depth == 3 and in_list:
                stray = stray or byte != 123
                places[count], kinds[count] = at, BEGIN
                count += 1
        elif byte == 125 or byte == 93:
            if depth == 3 and in_list:
                places[count], kinds[count] = at, END
                count += 1
            stray = stray or (depth == 1 and byte != 125) or (depth == 2 and (byte == 93) != (in_list == 1))
            depth -= 1
            over = 1 if depth == 0 else 0
        else:
            stray = stray or (depth == 2 and in_list == 1 and byte != 44)
            if byte == 34:
                quoted = 1
                if depth == 1:
                    places[count], kinds[count] = at, TEXT_BEGIN
                    count += 1
        if stray:
            places[count], kinds[count] = at, STRAY
            count += 1
            break
    state[_DEPTH], state[_QUOTED], state[_ESCAPED] = depth, quoted, escaped
    state[_IN_LIST], state[_OVER] = in_list, over
    return count


def elements(pieces: Iterable[tuple[bytes, int]]) -> Iterator[tuple[str, bytes, int]]:
    """Yield (list's name, element, bytes done) of a JSON object; elements are not decoded yet.

    Texts beside the lists are yielded too, as ("", text, bytes done). Raise UnreadableFileError when the outer levels
    are no object of lists of objects, or break off.
    """
    state = np.zeros(5, np.int64)
    name, open_bytes, is_open, done = "", bytearray(), False, 0
    for piece, done in pieces:
        data = np.frombuffer(piece, np.uint8)
        places, kinds = np.empty(len(piece) + 1, np.int64), np.empty(len(piece) + 1, np.uint8)
        count = marked(data, state, places, kinds)
        start = 0
        for at, kind in zip(places[:count].tolist(), kinds[:count].tolist(), strict=True):
            if kind == STRAY:
                raise UnreadableFileError(f"The JSON is broken, or no object of lists of objects{_inside(name)}.")
            if kind == LIST:
                continue
            if kind in (TEXT_BEGIN, BEGIN):
                start, is_open = at, True
                continue
            open_bytes += piece[start : at + 1]
            if kind == TEXT_END:
                name = bytes(open_bytes[1:-1]).decode("utf-8", "replace")
                yield "", bytes(open_bytes), done
            else:
                yield name, bytes(open_bytes), done
            open_bytes.clear()
            is_open, start = False, 0
        if is_open:
            open_bytes += piece[start:]
        if len(open_bytes) > ELEMENT_MAX_BYTES:
            raise UnreadableFileError(f"An element{_inside(name)} is longer than {ELEMENT_MAX_BYTES >> 20} MB.")
    if not state[_OVER]:
        raise UnreadableFileError("The JSON breaks off; nothing of it was imported.")


def _inside(name: str) -> str:
    return f" in {name!r}" if name and len(name) <= KEY_MAX_BYTES else ""
