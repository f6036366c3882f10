"""Changes a timeline: one process at a time, each change one swap of the manifest."""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.engine.timeline import erasing, lookup, manifest, reading
from sojourn.engine.timeline import rows as loose
from sojourn.engine.timeline.building import build
from sojourn.engine.timeline.dictionary import Dictionary
from sojourn.engine.timeline.manifest import Manifest, PartEntry
from sojourn.engine.timeline.part import Part
from sojourn.engine.timeline.reading import Dictionaries, Source
from sojourn.engine.timeline.rows import Rows
from sojourn.engine.timeline.words import BusyError, Layout, Persons
from sojourn.kit import durable

COMPACT_SHARE = 0.15  # overlays and superseded events beyond this share of the base are folded into it
OVERLAYS = 6  # more overlays than this become one: every question pays for each
NOBODY: Int64s = np.empty(0, np.int64)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What has happened since the timeline's batch, up to `batch`.

    `moved` are persons whose customer may have changed (None: not known, all are looked at). `withdrawn` are ranges of
    event ids, (n, 2) with an exclusive end, that are no longer in the segments; `erased` are persons of whom nothing
    may be left, `overwritten` those of whose withdrawn events no bytes may be left.
    """

    persons: Persons
    batch: int
    moved: Int64s | None = None
    withdrawn: Int64s = field(default_factory=lambda: np.empty((0, 2), np.int64))
    erased: Int64s = field(default_factory=lambda: NOBODY)
    overwritten: Int64s = field(default_factory=lambda: NOBODY)


class Writer:
    """The one who changes the timeline of a folder; use `writing(folder)` to become it."""

    def __init__(self, folder: Path, layout: Layout, *, threads: int = 1) -> None:
        self.folder, self.layout, self.threads = folder, layout, threads
        self._load()
        if self.manifest.to_zero:
            self._zero()

    def _load(self) -> None:
        self.manifest = manifest.read(self.folder)
        self.parts = [Part(self.folder / e.file, self.folder / e.gone if e.gone else None) for e in self.manifest.parts]
        held = {name: Dictionary.read(self.folder / file) for name, file in self.manifest.dictionaries.items()}
        self.dictionaries = Dictionaries(held)

    @property
    def needs_rebuild(self) -> bool:
        """Whether there is nothing to build on: no timeline yet, or one with other dimensions."""
        return self.manifest.generation == 0 or self.manifest.dimensions != self.layout.dimensions

    def rebuild(self, sources: Sequence[Source], change: Change) -> None:
        """Build everything anew from the segments; raise OSError or TimelineError."""
        rows = reading.read(sources, self.layout, self.dictionaries)
        self._commit([], self._part(rows, change.persons), replace(change, erased=NOBODY, overwritten=NOBODY))

    def refresh(self, sources: Sequence[Source], change: Change) -> None:
        """Bring in new rows, moved persons, withdrawals and erasures; raise OSError or TimelineError.

        Each customer concerned is superseded and rebuilt without what is gone; the others are not touched. What the
        files held of erased persons is overwritten before this returns, or by the next writer after a crash.
        """
        new = reading.read(sources, self.layout, self.dictionaries, after_batch=self.manifest.batch)
        old, customers = self._closed(self._concerned(new, change), change.persons)
        # the segments hold what stands: only what is known from before can be gone
        rows = self._joined([*(_standing(each, change) for each in old), new])
        entry = self._part(rows, change.persons)
        self._commit(self._marked(customers), entry, change)
        if self.manifest.to_zero:
            self._zero()

    def erase(self, persons: Int64s) -> None:
        """Drop persons and overwrite what the files hold of them; raise OSError."""
        held = lookup.own_persons(self.parts, self.manifest.identity_version)
        self.refresh([], Change(persons=held, batch=self.manifest.batch, moved=NOBODY, erased=persons))

    def compact(self, *, always: bool = False) -> bool:
        """Fold overlays together, or all into a new base, when there are too many; say whether anything was done."""
        entries = self.manifest.parts
        if not entries:
            return False
        heavy = sum(e.events for e in entries[1:]) + sum(e.gone_events for e in entries[:1])
        if always or heavy > COMPACT_SHARE * entries[0].events:
            keep = 0
        elif len(entries) - 1 > OVERLAYS:
            keep = 1
        else:
            return False
        rest = self.parts[keep:]
        rows = self._joined([self._taken(part, np.flatnonzero(lookup.live(part))) for part in rest])
        entry = self._part(rows, lookup.own_persons(rest, self.manifest.identity_version))
        self._swap(replace(self.manifest, parts=(*entries[:keep], *([entry] if entry else []))))
        return True

    def _concerned(self, new: Rows, change: Change) -> Int64s:
        """Find the customers whose events are new, moved or withdrawn."""
        fresh = new.persons
        moved = (
            lookup.distinct(np.concatenate([fresh, change.moved]))
            if change.moved is not None
            else self._everyone(fresh)
        )
        found = [change.persons.customers_of(fresh)]
        for part in self.parts:
            person, before = lookup.holders(part, moved)
            after = change.persons.customers_of(person)
            found += [before[before != after], after[before != after]]
            found += [lookup.owners(part, change.withdrawn), lookup.holders(part, change.erased)[1]]
        return lookup.distinct(np.concatenate(found))

    def _everyone(self, fresh: Int64s) -> Int64s:
        return lookup.distinct(np.concatenate([fresh, *(part.person for part in self.parts)]))

    def _closed(self, customers: Int64s, persons: Persons) -> tuple[list[Rows], Int64s]:
        """Take customers out, and those whom their persons lead to, until no more come up."""
        while True:
            at = [lookup.places(part, customers) for part in self.parts]
            held = [lookup.persons_at(part, places) for part, places in zip(self.parts, at, strict=True)]
            wider = lookup.distinct(np.concatenate([customers, *(persons.customers_of(each) for each in held)]))
            if len(wider) == len(customers):
                return [self._taken(*where) for where in zip(self.parts, at, strict=True) if len(where[1])], customers
            customers = wider

    def _taken(self, part: Part, at: Int64s) -> Rows:
        return lookup.taken(part, at, threads=self.threads)

    def _joined(self, chunks: Sequence[Rows]) -> Rows:
        return loose.joined(chunks, self.layout.dimensions, threads=self.threads)

    def _part(self, rows: Rows, persons: Persons) -> PartEntry | None:
        if not len(rows):
            return None
        file = f"part-{self.manifest.generation + 1:08d}.bin"
        build(self.folder / file, rows, persons, threads=self.threads)
        customers = len(Part(self.folder / file).customer)
        return PartEntry(file=file, customers=customers, events=len(rows))

    def _commit(self, parts: Sequence[PartEntry], entry: PartEntry | None, change: Change) -> None:
        self._swap(
            replace(
                self.manifest,
                batch=change.batch,
                identity_version=change.persons.version,
                dimensions=self.layout.dimensions,
                parts=(*parts, *([entry] if entry else [])),
                to_zero=tuple(int(each) for each in np.concatenate([change.erased, change.overwritten])),
            )
        )

    def _marked(self, customers: Int64s) -> tuple[PartEntry, ...]:
        """Mark customers as superseded wherever they stand; parts that are wholly superseded fall away."""
        entries = []
        for entry, part in zip(self.manifest.parts, self.parts, strict=True):
            at = lookup.places(part, customers)
            gone: Flags = ~lookup.live(part)
            gone[at] = True
            if gone.all():
                continue
            entries.append(self._with_gone(entry, part, gone) if len(at) else entry)
        return tuple(entries)

    def _with_gone(self, entry: PartEntry, part: Part, gone: Flags) -> PartEntry:
        file = f"{entry.file.removesuffix('.bin')}-gone-{self.manifest.generation + 1:08d}.bin"
        gone.astype(np.uint8).tofile(self.folder / file)
        durable.sync_file(self.folder / file)
        events = int(np.diff(part.offset)[gone].sum())
        return replace(entry, gone=file, gone_customers=int(gone.sum()), gone_events=events)

    def _swap(self, state: Manifest) -> None:
        generation = self.manifest.generation + 1
        files = dict(state.dictionaries)
        for name, dictionary in self.dictionaries.held.items():
            if len(dictionary) != dictionary.saved or name not in files:
                files[name] = f"dictionary-{generation:08d}-{len(files)}-{_safe(name)}.json"
                dictionary.write(self.folder / files[name])
        durable.reach("timeline.dictionaries_written")
        durable.sync_folder(self.folder)
        stamp = secrets.token_hex(8)
        manifest.swap(self.folder, replace(state, generation=generation, stamp=stamp, dictionaries=files))
        self._load()
        durable.reach("timeline.swapped")
        manifest.sweep(self.folder, self.manifest)

    def _zero(self) -> None:
        erasing.zero(self.folder, self.manifest, np.array(self.manifest.to_zero, np.int64))
        durable.reach("timeline.zeroed")
        self._swap(replace(self.manifest, to_zero=()))


def _standing(rows: Rows, change: Change) -> Rows:
    gone = lookup.within(rows.row, change.withdrawn) | np.isin(rows.persons, change.erased)[rows.pid]
    return rows.where(~gone) if gone.any() else rows


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)[:40]


@contextmanager
def writing(folder: Path, layout: Layout, *, threads: int = 1) -> Iterator[Writer]:
    """Become the one who changes the timeline; raise BusyError when somebody is at it."""
    durable.make_folder(folder)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError("The timeline is being refreshed by another process.") from None
        yield Writer(folder, layout, threads=threads)
