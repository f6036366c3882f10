"""The two sides of a comparison, as a log says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sojourn.engine.answers.door import listed
from sojourn.engine.answers.sides import period_before
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.asked import Filter
from sojourn.surfaces.library.source import Source


@dataclass(frozen=True)
class Comparing:
    """A log's source and filter, of which two sides are made."""

    source: Source
    asked: Filter

    def with_other(self, source: Source, asked: Filter) -> tuple[Filter, Filter]:
        """Set this log (side a) against another one (side b)."""
        if source is not self.source:
            raise InvalidError(
                "compare: both logs must come from the same file, DataFrame or connection, narrowed by where; put "
                "two files into one DataFrame with a column that tells them apart, and split by it."
            )
        return _different(self.asked, asked)

    def with_period_before(self) -> tuple[Filter, Filter]:
        """Set the period of the same length before (side a) against this log (side b)."""
        return _different(replace(self.asked, period=period_before(self.asked.period)), self.asked)

    def split(self, said: str | Mapping[str, tuple[str, str]]) -> tuple[Filter, Filter]:
        """Set a column's first value (side a) against its second one (side b)."""
        if isinstance(said, str):
            values = self.source.values(said)
            if len(values) != 2:
                raise InvalidError(
                    f"split: {said} has {len(values)} values, not two; choose two of them, such as "
                    f'{{"{said}": ("...", "...")}}: {listed(list(values))}.'
                )
            name, (a, b) = said, values
        else:
            if len(said) != 1 or len(next(iter(said.values()))) != 2:
                raise InvalidError('split: name one column and two of its values: {"channel": ("web", "app")}.')
            name, (a, b) = next(iter(said.items()))
        sides = [self.asked.narrowed(dimensions={name: value}) for value in (a, b)]
        return _different(sides[0], sides[1])


def _different(a: Filter, b: Filter) -> tuple[Filter, Filter]:
    if a == b:
        raise InvalidError("compare: both sides are the same; narrow one of them by where.")
    return a, b
