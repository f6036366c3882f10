"""A log's events as a question sees them: the masks of its filter, and what they come to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.patterns import bind, compile_pattern, matching, read
from sojourn.engine.kernels.words import NO_CODE, Flags, Int64s, Slice, UInt16s
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.library.asked import Filter
from sojourn.surfaces.library.recorded import IDENTITY_EVENTS, Int32s, Recorded
from sojourn.surfaces.library.words import Coverage


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


def with_dimension(looking: Seen, recorded: Recorded, name: str) -> tuple[Slice, tuple[str, ...]]:
    """Add a dimension's codes to the events, and give its values by code, alphabetical."""
    found, values = recorded.dimension(name)
    order = sorted(range(len(values)), key=lambda code: values[code])
    table = np.full(len(values) + 1, -1, np.int32)
    table[order] = np.arange(len(values))
    events = replace(looking.events, dimensions={name: narrow(table[found])})
    return events, tuple(values[code] for code in order)


def bounds(period: Period) -> tuple[int, int]:
    """Turn a period into a fold's bounds."""
    since, until = period.since_us, period.until_us
    return FIRST_INSTANT if since is None else since, LAST_INSTANT if until is None else until


def _in_period(at: Int64s, period: Period) -> Flags:
    since, until = bounds(period)
    return (at >= since) & (at < until)


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
    columns = _Columns(recorded)
    bound = bind(compile_pattern(read(pattern)), recorded.names, columns, passed_over=IDENTITY_EVENTS)
    dimensions = {name: columns.codes(name) for name in {*bound.conditions, *bound.against}}
    return matching(bound, replace(events, dimensions=dimensions), os.cpu_count() or 1).view(np.bool_)


class _Columns(Mapping[str, tuple[str, ...]]):
    """A log's dimensions as patterns see them: values by code, made when a pattern names one."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._names = (*recorded.mapping.cells, *recorded.table.column_names)

    def __getitem__(self, name: str) -> tuple[str, ...]:
        if name not in self._names:
            raise KeyError(name)
        return self._recorded.dimension(name)[1]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._names))

    def __len__(self) -> int:
        return len(set(self._names))

    def codes(self, name: str) -> UInt16s:
        """Give a dimension's code of each event."""
        return narrow(self._recorded.dimension(name)[0])


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
