"""A log's events as a question sees them: the masks of its filter, and what they come to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sojourn.engine.answers.door import bounds
from sojourn.engine.answers.words import IDENTITY_EVENTS
from sojourn.engine.kernels.patterns import bind, compile_pattern, matching, read
from sojourn.engine.kernels.words import NO_CODE, Flags, Int64s, Slice, UInt16s
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.library.asked import Filter
from sojourn.surfaces.library.recorded import Int32s, Recorded
from sojourn.surfaces.library.words import Coverage

KINDS = ("channel", "touchpoint", "unit", "product")  # fields that say what kind of thing happened
VALUES_MOST = 1_000  # a column with more names things one by one; comparisons leave it out


@dataclass(frozen=True, slots=True)
class Seen:
    """Events under the masks of a question, and what it rests on."""

    events: Slice
    coverage: Coverage


def seen(recorded: Recorded, asked: Filter, period: Period | None = None) -> Seen:
    """Mask a log's events for a question, as a server's door does; `period` stands in for the filter's own.

    Events count when they lie in the period and match names and dimensions; customers when they have such an event and,
    for each of `having`, one of its events in the period and dimensions; patterns see the same events as `having`.
    """
    asked = asked if period is None else replace(asked, period=period)
    events = recorded.events
    if not asked:
        coverage = Coverage(customers=events.customers, events=len(events.at), refused=len(recorded.refused))
        return Seen(events, coverage)
    shown = _in_period(events.at, asked.period) & _in_dimensions(recorded, asked.dimensions)
    keep = shown & _named(recorded, asked.names) if asked.names else shown
    customer_keep = _counts(keep, events.offset) > 0
    for names in asked.having:
        customer_keep &= _counts(shown & _named(recorded, names), events.offset) > 0
    for pattern in asked.patterns:
        whole = replace(events, keep=shown.view(np.uint8), customer_keep=customer_keep.view(np.uint8))
        customer_keep = customer_keep & _matching(recorded, whole, pattern)
    masked = replace(events, keep=keep.view(np.uint8), customer_keep=customer_keep.view(np.uint8))
    coverage = Coverage(
        customers=int(customer_keep.sum()),
        events=int(_counts(keep, events.offset)[customer_keep].sum()),
        period=asked.period,
        refused=len(recorded.refused),
        query=str(asked),
    )
    return Seen(masked, coverage)


def kept(events: Slice) -> tuple[Int64s, Int64s]:
    """Give the events that the masks let through: whose each is, and its place."""
    who = np.repeat(np.arange(events.customers), np.diff(events.offset))
    shown = np.ones(len(events.at), np.bool_)
    if events.keep is not None:
        shown &= events.keep.view(np.bool_)
    if events.customer_keep is not None:
        shown &= events.customer_keep.view(np.bool_)[who]
    return who[shown], np.flatnonzero(shown)


def _in_period(at: Int64s, period: Period) -> Flags:
    limits = bounds(period)
    return (at >= limits["since_us"]) & (at < limits["until_us"])


def _in_dimensions(recorded: Recorded, dimensions: Mapping[str, tuple[str, ...]]) -> Flags:
    shown = np.ones(len(recorded.events.at), np.bool_)
    for name, wanted in dimensions.items():
        found, values = recorded.dimension(name)
        allowed = np.array([value in wanted for value in values] + ["" in wanted])  # the code -1 is the last
        shown &= allowed[found]
    return shown


def _named(recorded: Recorded, names: tuple[str, ...]) -> Flags:
    table = np.zeros(max(1, len(recorded.names)), np.bool_)
    table[[recorded.code(name) for name in names]] = True
    flags: Flags = table[recorded.events.event]
    return flags


def _matching(recorded: Recorded, events: Slice, pattern: str) -> Flags:
    """Say which customers' events match a pattern; raise PatternError for a name or value that is not there."""
    columns = Columns(recorded)
    bound = bind(compile_pattern(read(pattern)), recorded.names, columns, passed_over=IDENTITY_EVENTS)
    dimensions = {name: columns.codes(name) for name in {*bound.conditions, *bound.against}}
    return matching(bound, replace(events, dimensions=dimensions), os.cpu_count() or 1).view(np.bool_)


class Columns(Mapping[str, tuple[str, ...]]):
    """A log's dimensions: values by code, made when one is named and then kept."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._names = dict.fromkeys((*recorded.mapping.cells, *recorded.table.column_names))
        self._made: dict[str, tuple[Int32s, tuple[str, ...]]] = {}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        if name not in self._names:
            raise KeyError(name)
        return self._of(name)[1]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def codes(self, name: str) -> UInt16s:
        """Give a dimension's code of each event."""
        return narrow(self._of(name)[0])

    def kinds(self) -> list[str]:
        """Name the dimensions that say what kind of thing happened: those with few values, read into nothing else."""
        cells = self._recorded.mapping.cells
        read = {column for cell in cells.values() for column in cell.columns}
        fields = [name for name in KINDS if name in cells]
        others = [name for name in self._recorded.table.column_names if name not in read and name not in cells]
        return [name for name in (*fields, *others) if 0 < len(self[name]) <= VALUES_MOST]

    def _of(self, name: str) -> tuple[Int32s, tuple[str, ...]]:
        if name not in self._made:
            self._made[name] = self._recorded.dimension(name)
        return self._made[name]


class Asked(Mapping[str, tuple[str, ...]]):
    """Columns as a fold sees them: it may name any, and lists those of kinds; `named` are those it named."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.named: set[str] = set()

    def __getitem__(self, name: str) -> tuple[str, ...]:
        values = self._columns[name]
        self.named.add(name)
        return values

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.kinds())

    def __len__(self) -> int:
        return len(self._columns.kinds())


def narrow(codes: Int32s) -> UInt16s:
    """Give codes as kernels read them; raise InvalidError for more values than they can tell apart."""
    if len(codes) and codes.max() >= NO_CODE:
        raise InvalidError(f"A column with more than {int(NO_CODE):,} values is too much to group or compare by.")
    return np.where(codes < 0, NO_CODE, codes).astype(np.uint16)


def _counts(flags: Flags, offset: Int64s) -> Int64s:
    """Count the flags of each customer."""
    before = np.concatenate([[0], np.cumsum(flags, dtype=np.int64)])
    counts: Int64s = before[offset[1:]] - before[offset[:-1]]
    return counts
