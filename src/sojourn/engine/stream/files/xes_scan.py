"""The plain part of XES, which nearly all logs are: traces of events of flat attributes, found in one pass."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Int64s

KEYS_MAX: Final = 128  # distinct keys in a block
DOUBT: Final = -1
STRING, DATE, INT, FLOAT, BOOLEAN, ID = range(6)
KINDS: Final = ("string", "date", "int", "float", "boolean", "id")
_NAMES: Final = np.frombuffer(b"string date int float boolean id trace event ", np.uint8)
_STARTS: Final = np.array([0, 7, 12, 16, 22, 30, 33, 39, 45])
_TRACE, _EVENT = 6, 7


@compiled
def _space(data: Bytes, at: int) -> int:
    while at < data.shape[0] and (data[at] == 32 or data[at] == 10 or data[at] == 13 or data[at] == 9):
        at += 1
    return at


@compiled
def _name(data: Bytes, at: int, names: Bytes, starts: Int64s) -> int:
    """Say which of the names stands here, ended by what may end a name; `DOUBT` for any other."""
    for which in range(starts.shape[0] - 1):
        length = starts[which + 1] - starts[which] - 1
        if at + length >= data.shape[0]:
            continue
        same = True
        for i in range(length):
            if data[at + i] != names[starts[which] + i]:
                same = False
                break
        after = data[at + length]
        if same and (after == 32 or after == 62 or after == 10 or after == 13 or after == 9):
            return which
    return DOUBT


@compiled
def _value(data: Bytes, at: int, letters: Bytes, spans: Int64s, place: int) -> int:
    """Read `name="..."` and give the position after it; `DOUBT` for anything else. `spans` gets start, end, escaped."""
    for i in range(letters.shape[0]):
        if at + i >= data.shape[0] or data[at + i] != letters[i]:
            return DOUBT
    at = _space(data, at + letters.shape[0])
    if at >= data.shape[0] or data[at] != 61:
        return DOUBT
    at = _space(data, at + 1)
    if at >= data.shape[0] or (data[at] != 34 and data[at] != 39):
        return DOUBT
    quote = data[at]
    at += 1
    spans[place], spans[place + 2] = at, 0
    while at < data.shape[0] and data[at] != quote:
        byte = data[at]
        if byte == 60 or byte < 32:  # no <, and no space that a parser would turn into another one
            return DOUBT
        if byte == 38:
            spans[place + 2] = 1
        at += 1
    spans[place + 1] = at
    return at + 1 if at < data.shape[0] else DOUBT


@compiled
def _key(data: Bytes, start: int, end: int, keys: Int64s, count: int, guess: int) -> int:
    """Give the number of a key, `count` for a new one; `guess` is looked at first."""
    length = end - start
    for i in range(-1, count):
        which = guess if i < 0 else i
        if which < 0 or which >= count or keys[which, 1] - keys[which, 0] != length:
            continue
        same = True
        for j in range(length):
            if data[start + j] != data[keys[which, 0] + j]:
                same = False
                break
        if same:
            return which
    return count


@compiled
def scanned(
    data: Bytes, names: Bytes, starts: Int64s, key_word: Bytes, value_word: Bytes, longest: int, tokens: Int64s,
    keys: Int64s, traces: Int64s,
) -> Any:  # fmt: skip
    """Find the attributes of a block of whole traces.

    Parameters
    ----------
    data : (bytes,) the block
    names, starts, key_word, value_word : what may stand in it
    longest : bytes that an event may have
    tokens : (room, 6) filled with row (event, or -1 - trace), key, kind, start, end, escaped
    keys : (KEYS_MAX, 2) filled with where each key is written first
    traces : (room,) filled with each event's trace

    Returns
    -------
    (tokens, events, traces, keys) : numbers; tokens is `DOUBT` where a block is not plain: a parser must look at it

    One pass, O(bytes).
    """
    count, events, found, known = 0, 0, 0, 0
    in_trace, in_event, begun, guess = False, False, 0, 0
    spans = np.zeros(6, np.int64)
    follows = np.zeros(KEYS_MAX + 1, np.int64)
    at = _space(data, 0)
    while at < data.shape[0]:
        if data[at] != 60 or at + 1 >= data.shape[0]:
            return DOUBT, 0, 0, 0
        closing = data[at + 1] == 47
        which = _name(data, at + 2 if closing else at + 1, names, starts)
        if which == DOUBT:
            return DOUBT, 0, 0, 0
        after = at + (2 if closing else 1) + starts[which + 1] - starts[which] - 1
        if which >= _TRACE:
            at = _space(data, after)
            is_event = which == _EVENT
            is_open = in_event if is_event else in_trace
            if at >= data.shape[0] or data[at] != 62 or is_open != closing or (is_event and not in_trace):
                return DOUBT, 0, 0, 0
            if not is_event and in_event:
                return DOUBT, 0, 0, 0
            if is_event:
                if closing:
                    if at - begun > longest:
                        return DOUBT, 0, 0, 0
                    events += 1
                else:
                    if events >= traces.shape[0]:
                        return DOUBT, 0, 0, 0
                    traces[events], begun = found, at
                in_event = not closing
            else:
                found += 1 if closing else 0
                in_trace = not closing
            at = _space(data, at + 1)
            continue
        if closing or not in_trace or count >= tokens.shape[0]:
            return DOUBT, 0, 0, 0
        at = _value(data, _space(data, after), key_word, spans, 0)
        at = DOUBT if at == DOUBT else _value(data, _space(data, at), value_word, spans, 3)
        at = DOUBT if at == DOUBT else _space(data, at)
        if at == DOUBT or spans[2] or at + 1 >= data.shape[0] or data[at] != 47 or data[at + 1] != 62:
            return DOUBT, 0, 0, 0
        key = _key(data, spans[0], spans[1], keys, known, follows[guess])
        if key == known:
            if known >= keys.shape[0]:
                return DOUBT, 0, 0, 0
            keys[known, 0], keys[known, 1] = spans[0], spans[1]
            known += 1
        follows[guess] = key
        guess = key
        tokens[count, 0] = events if in_event else -1 - found
        tokens[count, 1], tokens[count, 2] = key, which
        tokens[count, 3], tokens[count, 4], tokens[count, 5] = spans[3], spans[4], spans[5]
        count += 1
        at = _space(data, at + 2)
    if in_trace:
        return DOUBT, 0, 0, 0
    return count, events, found, known


@compiled
def copied(data: Bytes, starts: Int64s, ends: Int64s, offsets: Any, out: Bytes) -> None:
    """Copy spans one behind the other, as an Arrow string array has them."""
    to = 0
    for row in range(starts.shape[0]):
        offsets[row] = to
        for i in range(starts[row], ends[row]):
            out[to] = data[i]
            to += 1
    offsets[starts.shape[0]] = to


def tokens_of(data: Bytes, *, longest: int) -> Any:
    """Give (tokens, each event's trace, number of traces, keys) of whole traces; None where they are not plain."""
    room = int(np.count_nonzero(data == 60)) + 1
    tokens, traces = np.zeros((room, 6), np.int64), np.zeros(room, np.int64)
    keys = np.zeros((KEYS_MAX, 2), np.int64)
    words = np.frombuffer(b"key", np.uint8), np.frombuffer(b"value", np.uint8)
    count, events, found, known = scanned(data, _NAMES, _STARTS, *words, longest, tokens, keys, traces)
    return None if count == DOUBT else (tokens[:count], traces[:events], found, keys[:known])
