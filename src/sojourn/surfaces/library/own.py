"""The door to one's own events: no viewer, no purpose, nothing hidden; `engine.answers.door.Door` says what it does."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

import numpy as np

from sojourn.engine.answers.door import Codes
from sojourn.engine.kernels import running
from sojourn.engine.kernels.sides.words import both
from sojourn.engine.kernels.words import Fold, Slice
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, instant, micros
from sojourn.surfaces.library.asked import Filter
from sojourn.surfaces.library.looking import Asked, Columns, Seen, kept, seen
from sojourn.surfaces.library.money import money
from sojourn.surfaces.library.recorded import Recorded
from sojourn.surfaces.library.words import Coverage

P = TypeVar("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Answered(Generic[R]):
    """A fold's value, what it rests on, and event names by code."""

    value: R
    coverage: Coverage
    names: tuple[str, ...]


@dataclass(frozen=True)
class SidesAnswered(Generic[R]):
    """The same about two sides."""

    value: R
    a: Coverage
    b: Coverage
    names: tuple[str, ...]


class Own:
    """One question of one's own events; what it sees is worked out once."""

    def __init__(self, recorded: Recorded, asked: Filter, *, identity_steps: bool = False) -> None:
        self._recorded, self._asked, self._identity_steps = recorded, asked, identity_steps
        self._columns = Columns(recorded)
        self._seen: dict[tuple[Period, tuple[str, ...]], Seen] = {}

    @property
    def period(self) -> Period:
        """The filter's period."""
        return self._asked.period

    @property
    def identity_steps(self) -> bool:
        """Whether identify, group and alias calls are steps too."""
        return self._identity_steps

    @property
    def fewest(self) -> int:
        """Nobody is hidden."""
        return 0

    @property
    def filtered(self) -> frozenset[str]:
        """The columns filtered by."""
        return frozenset(self._asked.dimensions)

    @property
    def recorded(self) -> Recorded:
        """The events."""
        return self._recorded

    def known(self) -> Period:
        """Say from when until when events are known."""
        now, at = datetime.now(UTC), self._recorded.events.at
        if not len(at):
            return Period(since=now, until=now)
        return Period(since=instant(int(at.min())), until=instant(min(int(at.max()) + 1, micros(now))))

    def visitors_by(self, dimension: str, period: Period) -> Mapping[str, int]:
        """Count the customers of each value of a column."""
        codes, values = self._recorded.dimension(dimension)
        who, places = kept(self.seen(period).events)
        said = codes[places] >= 0
        pairs = np.unique(np.column_stack([who[said], codes[places][said]]), axis=0)
        counts = np.bincount(pairs[:, 1], minlength=len(values)).tolist()
        return {value: count for value, count in zip(values, counts, strict=True) if count}

    def ask(
        self,
        fold_for: Callable[[Codes], Fold[P, R]],
        *,
        period: Period,
        key: Hashable = None,
        told: Mapping[str, object] | None = None,
        keeping: tuple[str, ...] = (),
    ) -> Answered[R]:
        """Fold the events in a period that the filter keeps."""
        looking = self.seen(period, keeping)
        value = self.folded(fold_for, looking.events)
        return Answered(value, replace(looking.coverage, period=self.period), self._recorded.names)

    def folded(self, fold_for: Callable[[Codes], Fold[P, R]], events: Slice) -> R:
        """Fold masked events, with the columns and the money that the fold names."""
        columns = Asked(self._columns)
        amounts, currencies = money(self._recorded)
        fold = fold_for(Codes(self._recorded.names, columns, currencies))
        dimensions = {name: self._columns.codes(name) for name in columns.named}
        events = replace(events, dimensions=dimensions, amounts=None if amounts is None else lambda: amounts)
        return running.run(fold, [events], os.cpu_count() or 1)

    def seen(self, period: Period, keeping: tuple[str, ...] = ()) -> Seen:
        """Give the events in a period under the filter's masks, those named `keeping` in any case."""
        asked = replace(self._asked, period=period)
        if asked.names and keeping:
            asked = replace(asked, names=tuple(dict.fromkeys((*asked.names, *keeping))))
        if (period, asked.names) not in self._seen:
            self._seen[period, asked.names] = seen(self._recorded, asked)
        return self._seen[period, asked.names]


@dataclass(frozen=True)
class OwnSides:
    """Two questions of the same events; `engine.answers.sides.Sides` says what each of it means."""

    a: Own
    b: Own

    def ask(
        self,
        fold_for: Callable[[Codes], Fold[P, R]],
        *,
        periods: tuple[Period, Period],
        key: Hashable,
        told: Mapping[str, object] | None = None,
    ) -> SidesAnswered[R]:
        """Fold both sides at once."""
        recorded = self.a.recorded
        if recorded is not self.b.recorded:
            raise InvalidError("compare: both logs must come from the same file or DataFrame, narrowed by where.")
        a, b = self.a.seen(periods[0]), self.b.seen(periods[1])
        value = self.a.folded(fold_for, both(a.events, b.events))
        coverage_a, coverage_b = replace(a.coverage, period=self.a.period), replace(b.coverage, period=self.b.period)
        return SidesAnswered(value, coverage_a, coverage_b, recorded.names)
