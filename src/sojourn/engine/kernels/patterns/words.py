"""A pattern as a tree: what reading gives and compiling takes. `at` is the first character and the number of them."""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """A name or value as written, with its place in the pattern."""

    text: str
    at: Place


@dataclass(frozen=True, slots=True)
class Condition:
    """What a dimension of the event must be: one of `values` (or none of them), or as the event before has it.

    With `values` None the event before is meant: both must have a value, the same one or (`is_not`) another.
    """

    dimension: Text
    is_not: bool
    values: tuple[Text, ...] | None


@dataclass(frozen=True, slots=True)
class Step:
    """One event: called one of `names`, or (`is_not`) none of them, under all conditions."""

    names: tuple[Text, ...]
    is_not: bool
    conditions: tuple[Condition, ...]
    at: Place


@dataclass(frozen=True, slots=True)
class Begin:
    """The place before the customer's first event."""

    at: Place


@dataclass(frozen=True, slots=True)
class End:
    """The place after the customer's last event."""

    at: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other; `gaps[k]` says whether any events may lie between parts `k` and `k + 1`."""

    parts: tuple[Node, ...]
    gaps: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of several ways."""

    ways: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part `least` to `most` times (None: any number), one after the other."""

    part: Node
    least: int
    most: int | None
    at: Place


@dataclass(frozen=True, slots=True)
class Within:
    """A part that takes at most `limit_us` microseconds from its first event to its last."""

    part: Node
    limit_us: int
    at: Place


Node = Step | Begin | End | Sequence | Choice | Repeat | Within


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read: its text and its tree."""

    text: str
    root: Node
