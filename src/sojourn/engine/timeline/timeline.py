"""A timeline as its readers see it: one generation, for as long as they hold it."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path

import numpy as np

from sojourn.engine.kernels.words import Amounts, Bytes, Int64s, Slice
from sojourn.engine.timeline import lookup, manifest
from sojourn.engine.timeline.dictionary import Dictionary, readable
from sojourn.engine.timeline.manifest import Manifest
from sojourn.engine.timeline.part import Dimensions, Part
from sojourn.engine.timeline.words import Persons, TimelineError

ATTEMPTS = 100


class Timeline:
    """One generation: its parts and dictionaries, memory-mapped; unaffected by later generations."""

    def __init__(self, folder: Path, current: Manifest) -> None:
        self.manifest = current
        self.parts = tuple(Part(folder / e.file, folder / e.gone if e.gone else None) for e in current.parts)
        self._texts = {name: Dictionary.read(folder / file).texts for name, file in current.dictionaries.items()}

    @classmethod
    def open(cls, folder: Path) -> Timeline:
        """Open the current generation of a folder; raise TimelineError when it is damaged.

        A writer may sweep a generation away between reading its manifest and its files; the next is then there.
        """
        for _ in range(ATTEMPTS):
            try:
                return cls(folder, manifest.read(folder))
            except FileNotFoundError:
                continue
        raise TimelineError("Files of the timeline are missing; build it anew.")

    @property
    def batch(self) -> int:
        """Newest batch that is in."""
        return self.manifest.batch

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Event names; a name's position is its code. Code 0 belongs to no event."""
        return readable(self._texts.get("name", ("",)))

    @cached_property
    def dimensions(self) -> dict[str, tuple[str, ...]]:
        """Values of each dimension; a value's position is its code."""
        return {name: readable(self._texts.get(f"dimension:{name}", ())) for name in self.manifest.dimensions}

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """Currency codes; a code's position is the code in `money_currency`."""
        return readable(self._texts.get("currency", ()))

    @property
    def events(self) -> int:
        """Number of events that stand."""
        return sum(entry.events - entry.gone_events for entry in self.manifest.parts)

    @property
    def customers(self) -> int:
        """Number of customers who have events."""
        return sum(entry.customers - entry.gone_customers for entry in self.manifest.parts)

    @cached_property
    def persons(self) -> Persons:
        """Which customer each person is in this generation."""
        return lookup.own_persons(self.parts, self.manifest.identity_version)

    def slices(self) -> tuple[Slice, ...]:
        """Give the events as slices: the base, then the overlays, superseded customers masked."""
        return tuple(whole(part) for part in self.parts)

    def events_of(self, customer: int) -> Slice | None:
        """Give one customer's events as a slice of one; None when there are none. O(log customers)."""
        for part in self.parts:
            for place in lookup.places(part, np.array([customer])):
                return share(part, int(place), int(place) + 1, None, None)
        return None


def whole(part: Part) -> Slice:
    """Give a part as a slice, superseded customers masked."""
    keep: Bytes | None = None if part.gone is None else (part.gone == 0).astype(np.uint8)
    return share(part, 0, len(part.customer), None, keep)


def share(part: Part, first: int, last: int, keep: Bytes | None, customer_keep: Bytes | None) -> Slice:
    """Give customers `first` to `last` (exclusive) of a part as a slice; masks are those of the whole part."""
    low, high = int(part.offset[first]), int(part.offset[last])
    offset: Int64s = part.offset[first : last + 1]
    return Slice(
        customer=part.customer[first:last],
        offset=offset - low if low else offset,
        at=part.at[low:high],
        event=part.event[low:high],
        row=part.row[low:high],
        dimensions=Dimensions(part, low, high),
        keep=None if keep is None else keep[low:high],
        customer_keep=None if customer_keep is None else customer_keep[first:last],
        amounts=partial(_amounts, part, low, high),
    )


def _amounts(part: Part, low: int, high: int) -> Amounts:
    first, last = np.searchsorted(part.money_at, [low, high]).tolist()
    place = part.money_at[first:last]
    return Amounts(
        place=place.astype(np.int64) - low if low else place,
        amount=part.money_amount[first:last],
        currency=part.codes("money_currency", first, last),
    )
