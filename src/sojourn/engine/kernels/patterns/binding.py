"""A pattern bound to a log: names and values as codes, sets of positions as tables for the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import numpy as np

from sojourn.engine.kernels.compiling import NO_MASK, frozen
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.patterns.automaton import NO_LIMIT, Automaton
from sojourn.engine.kernels.patterns.errors import PatternError
from sojourn.engine.kernels.patterns.words import Condition, Step, Text
from sojourn.engine.kernels.words import NO_CODE, Bytes, Flags, Int64s, UInt64s

NAMED: Final = 5  # names that an error proposes
EVERY: Final = (1 << 64) - 1


@dataclass(frozen=True)
class Moves:
    """One direction of an automaton.

    `after[k, byte]` are the positions after those that the k-th byte of a set holds. `stay[p]` and `enter[p]` are the
    positions from which a move to `p` stays in its group with a duration or enters it.
    """

    first: int
    last: int
    after: UInt64s  # (bytes in use, 256)
    stay: UInt64s  # (64,)
    enter: UInt64s  # (64,)


@dataclass(frozen=True)
class Bound:
    """What the kernel needs; sets of positions are words of 64 bits.

    `table` has, by event code, the positions that the event can be; `conditions` by dimension and value code those
    whose conditions on the dimension the value meets; `against` by dimension those that stand when the event before has
    the same value, another one, or either has none. `begins` and `ends` are the places before the first event and
    after the last.
    """

    table: UInt64s
    conditions: Mapping[str, UInt64s]
    against: Mapping[str, tuple[int, int, int]]
    forward: Moves
    backward: Moves
    passed_over: Bytes  # by event code; empty when no event is
    limit: Int64s  # (64,) microseconds of the group that a position is in, `NO_LIMIT` outside of groups
    begins: int
    ends: int
    whole_us: int

    @property
    def has_limits(self) -> bool:
        """Say whether a group of steps has a duration."""
        return bool((self.limit >= 0).any())


def bind(
    automaton: Automaton,
    names: Sequence[str],
    dimensions: Mapping[str, Sequence[str]],
    *,
    passed_over: Iterable[str] = (),
) -> Bound:
    """Bind an automaton to event names and values by code; an empty text stands for a name that is not to be seen.

    Events called as one of `passed_over` are as if they had not happened, but for those that the pattern names. Raise
    PatternError, pointing at it, for a name, dimension or value that is not there.
    """
    binding = _Binding(automaton.pattern.text, _codes(names), dimensions)
    for position, symbol in enumerate(automaton.symbols):
        if isinstance(symbol, Step):
            binding.step(1 << position, symbol)
    follow, inside = _matrix(automaton.follow), _matrix(automaton.inside)
    limit = np.full(64, NO_LIMIT, np.int64)
    limit[: len(automaton.limit_us)] = automaton.limit_us
    return Bound(
        table=frozen(binding.table),
        conditions={name: frozen(each) for name, each in binding.conditions.items()},
        against=binding.against,
        passed_over=binding.passed_over(set(passed_over)),
        forward=_moves(automaton.first, automaton.last, follow, inside, len(automaton.symbols)),
        backward=_moves(automaton.last, automaton.first, follow.T, inside.T, len(automaton.symbols)),
        limit=frozen(limit),
        begins=automaton.begins,
        ends=automaton.ends,
        whole_us=automaton.whole_us,
    )


class _Binding:
    """Tables under way."""

    def __init__(self, text: str, codes: Mapping[str, int], dimensions: Mapping[str, Sequence[str]]) -> None:
        self.text = text
        self.table = np.zeros(CODES, np.uint64)
        self.conditions: dict[str, UInt64s] = {}
        self.against: dict[str, tuple[int, int, int]] = {}
        self._codes, self._dimensions = codes, dimensions
        self._named: set[str] = set()

    def step(self, bit: int, step: Step) -> None:
        """Say which events a position can be."""
        named = np.zeros(CODES, np.bool_)
        for name in step.names:
            self._named.add(name.text)
            named[self._code(name, self._codes, "No event is called")] = True
        self.table[~named if step.is_not else named] |= np.uint64(bit)
        for condition in step.conditions:
            dimension = self._dimension(condition.dimension)
            if condition.values is None:
                same, other, unknown = self.against.get(dimension, (EVERY, EVERY, EVERY))
                same, other = (same & ~bit, other) if condition.is_not else (same, other & ~bit)
                self.against[dimension] = (same, other, unknown & ~bit)
            else:
                kept = self._kept(dimension, condition, condition.values)
                table = self.conditions.setdefault(dimension, np.full(CODES, EVERY, np.uint64))
                table[~kept] &= np.uint64(EVERY ^ bit)

    def passed_over(self, names: set[str]) -> Bytes:
        """Give the table of events that are passed over."""
        table = np.zeros(CODES, np.uint8)
        table[[self._codes[name] for name in sorted(names - self._named) if name in self._codes]] = 1
        return frozen(table) if table.any() else NO_MASK

    def _kept(self, dimension: str, condition: Condition, values: tuple[Text, ...]) -> Flags:
        codes = _codes(self._dimensions[dimension])
        kept = np.zeros(CODES, np.bool_)
        for value in values:  # the empty text asks for events without a value
            said = f"No event has the {condition.dimension.text}"
            kept[self._code(value, codes, said) if value.text else int(NO_CODE)] = True
        return ~kept if condition.is_not else kept

    def _dimension(self, asked: Text) -> str:
        for name in (asked.text, f"${asked.text}"):  # a property of the sender's own is not mistaken for it
            if name in self._dimensions:
                return name
        known = ", ".join(sorted(name.removeprefix("$") for name in self._dimensions)) or "none"
        raise PatternError(f"There is no dimension {asked.text}; there are: {known}.", self.text, *asked.at)

    def _code(self, asked: Text, codes: Mapping[str, int], said: str) -> int:
        found = codes.get(asked.text)
        if found is not None:
            return found
        near = get_close_matches(asked.text, codes, n=3, cutoff=0.6) or [
            name for name in codes if name.casefold() == asked.text.casefold()
        ]
        hint = f"; did you mean {', '.join(_quoted(name) for name in near)}?" if near else "."
        raise PatternError(f"{said} {_quoted(asked.text)}{hint}", self.text, *asked.at)


def _codes(texts: Sequence[str]) -> dict[str, int]:
    return {text: code for code, text in enumerate(texts) if text}


def _quoted(name: str) -> str:
    return f'"{name}"'


def _matrix(moves: Sequence[int]) -> Flags:
    made = np.zeros((64, 64), np.bool_)
    for source, targets in enumerate(moves):
        for target in range(64):
            made[source, target] = targets >> target & 1
    return made


def _moves(first: int, last: int, follow: Flags, inside: Flags, positions: int) -> Moves:
    """Make one direction's tables of which position can follow which; `follow[p, q]` is a move from `p` to `q`."""
    bits = np.uint64(1) << np.arange(64, dtype=np.uint64)
    after_one = np.where(follow, bits[None, :], np.uint64(0)).sum(axis=1, dtype=np.uint64)
    after = np.zeros(((positions + 7) // 8, 256), np.uint64)
    for byte in range(256):
        for bit in range(8):
            if byte >> bit & 1:
                after[:, byte] |= after_one[bit : 8 * len(after) : 8]
    stays, enters = follow & inside, follow & ~inside
    return Moves(
        first=first,
        last=last,
        after=frozen(after),
        stay=frozen(np.where(stays, bits[:, None], np.uint64(0)).sum(axis=0, dtype=np.uint64)),
        enter=frozen(np.where(enters, bits[:, None], np.uint64(0)).sum(axis=0, dtype=np.uint64)),
    )
