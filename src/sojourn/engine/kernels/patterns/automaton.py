"""A pattern as an automaton: each step of its text is a position, and a match walks from position to position.

The construction is Glushkov's: positions, which can be first, which can be last, and which can follow which. It has no
empty moves, so that a set of positions is one word of bits and a step of all at once is a few table look-ups.
Glushkov (1961), "The abstract theory of automata", Russian Mathematical Surveys 16(5); as sets of bits: Navarro and
Raffinot (2002), "Flexible Pattern Matching in Strings", section 5.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sojourn.engine.kernels.patterns.errors import PatternError
from sojourn.engine.kernels.patterns.words import (
    Begin,
    Choice,
    End,
    Node,
    Pattern,
    Place,
    Repeat,
    Sequence,
    Step,
    Within,
)

POSITIONS_MOST: Final = 64
NO_LIMIT: Final = -1


@dataclass(frozen=True, slots=True)
class Automaton:
    """Positions as bits: bit `p` of `first`, `last` and `follow[q]` says that `p` can begin, end, or come after `q`.

    `symbols[p]` is what the event at `p` must be. `limit_us[p]` bounds the time since the match entered the group with
    a duration that `p` is in; bits of `inside[q]` are the moves that stay in it: every other move enters it anew.
    `whole_us` bounds the time from the first event of a match to its last.
    """

    pattern: Pattern
    symbols: tuple[Step | Begin | End, ...]
    first: int
    last: int
    follow: tuple[int, ...]
    inside: tuple[int, ...]
    limit_us: tuple[int, ...]
    whole_us: int

    @property
    def begins(self) -> int:
        """The positions that are the place before the first event."""
        return sum(1 << p for p, symbol in enumerate(self.symbols) if isinstance(symbol, Begin))

    @property
    def ends(self) -> int:
        """The positions that are the place after the last event."""
        return sum(1 << p for p, symbol in enumerate(self.symbols) if isinstance(symbol, End))


def compile_pattern(pattern: Pattern) -> Automaton:
    """Make a pattern's automaton.

    Raise PatternError when it has more than 64 steps, could match no event at all, has a duration within a duration, or
    compares with an event before that need not be a step of the pattern.

    >>> from sojourn.engine.kernels.patterns.reading import read
    >>> compile_pattern(read("a -> [^b]* -> c")).follow
    (6, 6, 0)
    """
    root, whole_us = pattern.root, NO_LIMIT
    if isinstance(root, Within):
        whole_us, root = root.limit_us, root.part
    making = _Making(pattern.text)
    made = making.part(root)
    if made.is_empty or making.is_eventless(made):
        raise PatternError("This could match customers without any event; ask for at least one.", pattern.text, 0, 1)
    _check_before(pattern.text, making, made.first)
    return Automaton(
        pattern=pattern,
        symbols=tuple(making.symbols),
        first=made.first,
        last=made.last,
        follow=tuple(making.follow),
        inside=tuple(making.inside),
        limit_us=tuple(making.limit_us),
        whole_us=whole_us,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """The first and last positions of a part, and whether it can be left out."""

    first: int
    last: int
    is_empty: bool


NOTHING: Final = _Made(0, 0, True)


@dataclass(slots=True)
class _Making:
    """Positions made so far."""

    text: str
    symbols: list[Step | Begin | End] = field(default_factory=list)
    follow: list[int] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    limit_us: list[int] = field(default_factory=list)
    gaps: int = 0  # positions that an arrow ->> made
    bare: int = 0  # positions that are no event: starts and ends
    limit: int = NO_LIMIT

    def part(self, node: Node) -> _Made:
        if isinstance(node, Sequence):
            return self.sequence(node)
        if isinstance(node, Choice):
            return self.choice(node)
        if isinstance(node, Repeat):
            return self.repeat(node)
        if isinstance(node, Within):
            return self.within(node)
        made = self.position(node)
        return _Made(made, made, False)

    def position(self, symbol: Step | Begin | End) -> int:
        if len(self.symbols) == POSITIONS_MOST:
            reason = f"The pattern is too long: at most {POSITIONS_MOST} steps, {{2,5}} counting as five, ->> as one."
            raise PatternError(reason, self.text, *symbol.at)
        bit = 1 << len(self.symbols)
        self.symbols.append(symbol)
        self.follow.append(0)
        self.inside.append(0)
        self.limit_us.append(self.limit)
        if isinstance(symbol, Begin | End):
            self.bare |= bit
        return bit

    def sequence(self, node: Sequence) -> _Made:
        made = self.part(node.parts[0])
        for gap, part in zip(node.gaps, node.parts[1:], strict=True):
            if gap is not None:
                made = self.join(made, self.gap(gap))
            made = self.join(made, self.part(part))
        return made

    def gap(self, at: Place) -> _Made:
        bit = self.position(Step((), True, (), at))
        self.gaps |= bit
        self.link(bit, bit)
        return _Made(bit, bit, True)

    def choice(self, node: Choice) -> _Made:
        ways = [self.part(way) for way in node.ways]
        first = last = 0
        for way in ways:
            first, last = first | way.first, last | way.last
        return _Made(first, last, any(way.is_empty for way in ways))

    def repeat(self, node: Repeat) -> _Made:
        made = NOTHING
        for _ in range(node.least):
            made = self.join(made, self.part(node.part))
        if node.most is None:
            return self.join(made, self.again(node)) if node.least == 0 else self.more(node, made)
        rest = NOTHING  # {0,3} is (x (x (x)?)?)?: built from the innermost
        for _ in range(node.most - node.least):
            one = self.join(self.part(node.part), rest)
            rest = _Made(one.first, one.last, True)
        return self.join(made, rest)

    def again(self, node: Repeat) -> _Made:
        """Make a part that can come any number of times."""
        one = self.part(node.part)
        self.link(one.last, one.first)
        return _Made(one.first, one.last, True)

    def more(self, node: Repeat, made: _Made) -> _Made:
        """Let the last of the times that must be come again."""
        if node.least > 1:
            return self.join(made, self.again(node))
        self.link(made.last, made.first)
        return made

    def within(self, node: Within) -> _Made:
        if self.limit != NO_LIMIT:
            reason = "A duration inside another one: only the whole pattern can have one around others."
            raise PatternError(reason, self.text, *node.at)
        self.limit, begun = node.limit_us, len(self.symbols)
        made = self.part(node.part)
        self.limit = NO_LIMIT
        for position in range(begun, len(self.symbols)):
            self.inside[position] = self.follow[position]
        return made

    def join(self, left: _Made, right: _Made) -> _Made:
        """Put one part after another."""
        self.link(left.last, right.first)
        first = left.first | (right.first if left.is_empty else 0)
        last = right.last | (left.last if right.is_empty else 0)
        return _Made(first, last, left.is_empty and right.is_empty)

    def link(self, sources: int, targets: int) -> None:
        """Let any of the targets follow any of the sources: a move made later than its group leaves and enters it."""
        for position in range(len(self.symbols)):
            if sources >> position & 1:
                self.follow[position] |= targets
                self.inside[position] &= ~targets

    def is_eventless(self, made: _Made) -> bool:
        """Say whether a way from start to end has no event on it."""
        reached = made.first & self.bare
        while True:
            if reached & made.last:
                return True
            further = reached
            for position in range(len(self.symbols)):
                if reached >> position & 1:
                    further |= self.follow[position] & self.bare
            if further == reached:
                return False
            reached = further


def _check_before(text: str, making: _Making, first: int) -> None:
    """Raise PatternError where `^dimension` stands in a step that need not come directly after another step."""
    for position, symbol in enumerate(making.symbols):
        if not isinstance(symbol, Step):
            continue
        against = next((each for each in symbol.conditions if each.values is None), None)
        if against is None:
            continue
        before = sum(1 << q for q, follow in enumerate(making.follow) if follow >> position & 1)
        if first >> position & 1 or before & (making.gaps | making.bare):
            reason = (
                f"^{against.dimension.text} compares with the event directly before, so this step must stand directly "
                "after another one (->), not first and not after ->>."
            )
            raise PatternError(reason, text, *against.dimension.at)
