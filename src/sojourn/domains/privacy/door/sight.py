"""What a viewer may see under a purpose, of the timeline as it stands: the masks of the door."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy.contracts import IDENTITY_EVENTS, Abstraction, Codes, EventFilter, Purpose
from sojourn.domains.privacy.door import allowing, bound, levels, masks, scope
from sojourn.domains.privacy.door.allowing import Allowed, Table
from sojourn.domains.privacy.door.levels import Shown
from sojourn.domains.privacy.door.masks import ALL, CODES, Asked, Counted
from sojourn.domains.privacy.standing import consents, purposes, wording
from sojourn.engine.kernels.patterns import Bound, bind, compile_pattern, matching, read
from sojourn.engine.kernels.words import NO_CODE, Bytes, Slice, UInt16s
from sojourn.engine.timeline import Timeline, manifest
from sojourn.engine.timeline.lookup import holders, live
from sojourn.engine.timeline.part import Part
from sojourn.engine.timeline.timeline import whole as slice_of
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

T = TypeVar("T")
KEPT_MASKS = 8  # a byte an event each
KEPT_ANSWERS = 256


class Kept:
    """The last few results, by key."""

    def __init__(self, limit: int) -> None:
        self._limit, self._lock = limit, threading.Lock()
        self._results: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> tuple[T, bool]:
        """Give the result of a key, making it when it is not there; say whether it was."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key], True  # type: ignore[return-value]
        made = make()
        with self._lock:
            self._results[key] = made
            while len(self._results) > self._limit:
                self._results.popitem(last=False)
        return made, False

    def drop(self, key: Hashable) -> None:
        """Forget one result."""
        with self._lock:
            self._results.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._results.clear()


ANSWERS = Kept(KEPT_ANSWERS)
_masks = Kept(KEPT_MASKS)
_now = Kept(KEPT_MASKS)


@dataclass(frozen=True)
class Seen:
    """The timeline under the masks of one question."""

    slices: tuple[Slice, ...]
    counted: Counted
    left_out: tuple[Bytes, ...] = ()  # by slice: customers whom their consent keeps out, a byte each; empty: none


@dataclass(frozen=True)
class Sight:
    """One generation of the timeline, one purpose, one viewer."""

    timeline: Timeline
    purpose: Purpose
    viewer: Viewer
    epoch: Hashable

    @property
    def key(self) -> Hashable:
        """What every cached result depends on."""
        return (self.timeline.manifest.stamp, self.epoch, self.purpose, scope.key(self.viewer.units))

    def seen(self, period: Period, events: EventFilter, *, whole: bool) -> Seen:
        """Mask the timeline for a question; raise InvalidError for a dimension that is not there or a bad pattern."""
        return self.kept((period, frozen_filter(events), whole), lambda: self._seen(period, events, whole))

    def unnamed(self, period: Period, events: EventFilter, *, whole: bool) -> Seen:
        """Mask the timeline as `seen` does, with events by their codes, whatever they are to be seen as."""
        return self._seen(period, events, whole, by_codes=True)

    def kept(self, question: Hashable, make: Callable[[], Seen]) -> Seen:
        """Give what `make` sees, or saw before for the same question of this sight."""
        return _masks.get((self.key, question), make)[0]

    def counted(self, period: Period, events: EventFilter) -> Counted:
        """Count what a question sees, keeping no mask of it."""
        return self._seen(period, events, False).counted

    @property
    def names(self) -> tuple[str, ...]:
        """Event names by code; a name that only hidden events have reads as the empty text."""
        return self._shown_texts("name", self.timeline.names, lambda events: events.event)

    @property
    def dimensions(self) -> Mapping[str, tuple[str, ...]]:
        """Values of dimensions by code, made when asked for; those that only hidden events have read as empty."""
        return Texts(self)

    def codes(self, abstraction: Abstraction) -> Codes:
        """Give the dictionaries that a fold's codes are read by, event names as they are seen."""
        currencies = self.timeline.currencies
        if abstraction.is_plain:
            return Codes(self.names, self.dimensions, currencies)
        seen = self.shown(abstraction)
        return Codes(seen.names, self.dimensions, currencies, seen.shown_as)

    def shown(self, abstraction: Abstraction) -> Shown:
        """Show the dictionary of event names at a level of abstraction."""
        question = (self.key, "shown", levels.frozen(abstraction))
        return ANSWERS.get(question, lambda: levels.shown(self.names, abstraction))[0]

    def values(self, dimension: str) -> tuple[str, ...]:
        """Give the values of one dimension by code."""
        texts = self.timeline.dimensions[dimension]
        return self._shown_texts(dimension, texts, lambda events: events.dimensions[dimension])

    def _shown_texts(
        self, column: str, texts: tuple[str, ...], codes_of: Callable[[Slice], UInt16s]
    ) -> tuple[str, ...]:
        if self._hides_nothing():
            return texts

        def make() -> tuple[str, ...]:
            found = np.zeros(CODES, np.int64)
            for each in self.seen(Period(), EventFilter(), whole=False).slices:
                found += masks.counted_codes(each, codes_of(each))[0]
            return tuple(text if found[code] else "" for code, text in enumerate(texts))

        return ANSWERS.get((self.key, "texts", column), make)[0]

    def _hides_nothing(self) -> bool:
        if self.viewer.units is not None:
            return False
        return not any(len(now) for now, _ in self.words_now()) and not any(
            len(self._collected(place)) for place in range(len(self.timeline.parts))
        )

    def shower(self, abstraction: Abstraction) -> Callable[[Slice], Slice]:
        """Give what shows events at a level of abstraction."""
        return _as_is if abstraction.is_plain else self.shown(abstraction).of

    def _seen(self, period: Period, events: EventFilter, whole: bool, *, by_codes: bool = False) -> Seen:
        allowed = self.allowed_values(events)
        pattern = self._pattern(events)
        show = self.shower(events.abstraction)
        slices, counted, left_out = [], Counted(), []
        for place, part in enumerate(self.timeline.parts):
            asked = self._asked(place, part, period, events, allowed)
            if pattern:
                asked, hidden = _matching(pattern, part, asked, show)
                counted += Counted(left_out=hidden)
            found = masks.masked(part.offset, part.at, part.event, asked, whole=whole)
            masked = replace(slice_of(part), keep=found.keep, customer_keep=found.customer_keep)
            slices.append(masked if by_codes else show(masked))
            left_out.append(found.left_out)
            counted += found.counted
        return Seen(tuple(slices), counted, tuple(left_out))

    def _asked(
        self, place: int, part: Part, period: Period, events: EventFilter, allowed: tuple[Allowed, ...]
    ) -> Asked:
        since, until = period.since_us, period.until_us
        return Asked(
            since=masks.FIRST if since is None else since,
            until=masks.LAST if until is None else until,
            names=self.table(events.names, events.abstraction),
            having=self.table(events.having, events.abstraction),
            shown=allowing.shown(part, allowed),
            live=ALL if part.gone is None else live(part).view(np.uint8),
            now=self.words_now()[place][0],
            collected=self._collected(place),
        )

    def _pattern(self, events: EventFilter) -> Bound | None:
        """Bind the pattern to what this sight shows: a name that it hides reads as one that is not there."""
        if not events.having_pattern:
            return None
        automaton = compile_pattern(read(events.having_pattern))
        names = self.codes(events.abstraction).names
        return bind(automaton, names, self.dimensions, passed_over=IDENTITY_EVENTS)

    def table(self, names: tuple[str, ...], abstraction: Abstraction) -> Bytes:
        """Give a table over event codes that keeps some names; empty when it keeps all."""
        if not names:
            return ALL
        table = np.zeros(CODES, np.uint8)
        wanted = levels.wanted(names, self.timeline.names, abstraction)
        for code, name in enumerate(self.timeline.names):
            table[code] = name in wanted
        return table

    def allowed_values(self, events: EventFilter) -> tuple[Allowed, ...]:
        """Give, for each dimension that is filtered or scoped, tables over its codes."""
        asked = [self._allowed(name, values) for name, values in events.dimensions.items()]
        if self.viewer.units is not None:
            asked.append(self._allowed("unit", self.viewer.units))
        return tuple(asked)

    def _allowed(self, dimension: str, values: Iterable[str]) -> Allowed:
        if dimension != "unit":
            return Allowed(dimension, (Table(self._values(dimension, set(values))),))
        placed = scope.below(values)
        return Allowed(
            dimension,
            tuple(Table(self._values(dimension, set(at.codes)), at.since_us, at.until_us) for at in placed),
        )

    def _values(self, dimension: str, values: set[str]) -> Bytes:
        if dimension not in self.timeline.dimensions:
            if not self.timeline.parts:
                return np.zeros(CODES, np.uint8)
            known = ", ".join(sorted(self.timeline.dimensions))
            raise InvalidError(f"There is no dimension {dimension}; there are {known}.")
        table = np.zeros(CODES, np.uint8)
        for code, text in enumerate(self.timeline.dimensions[dimension]):
            table[code] = text in values
        table[NO_CODE] = "" in values  # the empty text asks for events without a value
        return table

    def words_now(self) -> tuple[tuple[Bytes, Bytes], ...]:
        """Give what the words of today come to, part by part: who allows the purpose, and whose grant opens the past.

        Both are a byte a customer; empty where all allow, or nobody's does.
        """
        key = (self.timeline.manifest.stamp, self.epoch, self.purpose)
        return _now.get(key, lambda: tuple(_words_now(part, self.purpose) for part in self.timeline.parts))[0]

    def _collected(self, place: int) -> Bytes:
        """Say of each event of a part whether the purpose may read it, as it was collected or by a grant since."""
        bit, part, opened = purposes.known().bit(self.purpose), self.timeline.parts[place], self.words_now()[place][1]
        held = part.narrow_codes("purposes")
        if not bit or (isinstance(held, int) and held & bit):
            return ALL
        if isinstance(held, int):
            collected: Bytes = np.zeros(len(part.at), np.uint8)
        else:
            collected = ((held & np.uint16(bit)) != 0).view(np.uint8)
        return collected | np.repeat(opened, np.diff(part.offset)) if len(opened) else collected


class Texts(Mapping[str, tuple[str, ...]]):
    """The values of each dimension, as a sight shows them."""

    def __init__(self, looking: Sight) -> None:
        self._looking = looking

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self._looking.values(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._looking.timeline.dimensions)

    def __len__(self) -> int:
        return len(self._looking.timeline.dimensions)


def sight(*, purpose: Purpose, viewer: Viewer) -> Sight:
    """Look at the newest generation of the timeline; raise InvalidError or ForbiddenError as `bound.require` does."""
    bound.require(purpose, viewer)
    return Sight(current_timeline(), purpose, viewer, consents.epoch())


def current_timeline() -> Timeline:
    """Open the newest generation, or go on with the one that is open."""
    folder = settings.SOJOURN.timeline
    return _opened(folder, manifest.read(folder).stamp)


@lru_cache(maxsize=1)
def _opened(folder: Path, stamp: str) -> Timeline:
    _masks.clear()  # they hold the files of earlier generations, which are deleted but mapped
    _now.clear()
    return Timeline.open(folder)


def frozen_filter(events: EventFilter) -> Hashable:
    """Give a filter in a form that can be a key."""
    dimensions = tuple(sorted((name, tuple(sorted(values))) for name, values in events.dimensions.items()))
    seen_as = levels.frozen(events.abstraction)
    units = scope.key(events.dimensions.get("unit"))
    return (
        tuple(sorted(events.names)),
        dimensions,
        units,
        tuple(sorted(events.having)),
        events.having_pattern,
        seen_as,
    )


def spelled_out(events: EventFilter) -> EventFilter:
    """Write a filter in the names of events as they are, for questions that SQL answers."""
    return levels.spelled_out(events, current_timeline().names)


def _words_now(part: Part, purpose: Purpose) -> tuple[Bytes, Bytes]:
    said, default = consents.words(purpose), purposes.known()[purpose].is_silence_yes
    if not len(said) and default:
        return ALL, ALL
    allowed = np.full(len(part.customer), default, np.uint8)
    persons, customers = holders(part, said.person)
    here = np.searchsorted(said.person, persons)
    theirs, together, opens = wording.settled(customers, said.allowed[here], said.opens[here])
    at = np.searchsorted(part.customer, theirs)
    allowed[at] = together
    if not opens.any():
        return allowed, ALL
    opened = np.zeros(len(part.customer), np.uint8)
    opened[at] = opens
    return allowed, opened


def _as_is(events: Slice) -> Slice:
    return events


def _matching(pattern: Bound, part: Part, asked: Asked, show: Callable[[Slice], Slice]) -> tuple[Asked, int]:
    """Narrow a question down to customers who match; say how many are not looked at for their consent.

    A pattern over events of which some are hidden would find steps next to each other that were not, so it is asked of
    whole journeys only, before the filter by name.
    """
    every = replace(asked, names=ALL, having=ALL)
    found = masks.masked(part.offset, part.at, part.event, every, whole=True)
    events = show(replace(slice_of(part), keep=found.keep, customer_keep=found.customer_keep))
    return replace(asked, live=matching(pattern, events, settings.SOJOURN.kernel_threads)), found.counted.left_out
