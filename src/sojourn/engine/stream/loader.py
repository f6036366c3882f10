"""The loader: from the spool's frames to one segment and one commit.

It knows no database. What it asks of the rooms stands in `Rooms`; the work process hands the answers in. Order of a
step: read and decode; then, under the write lock: known messages go, items become rows, persons become tokens, the
segment is written and synced, everything is committed at once; then known messages are learned and the spool's
finished files deleted. A crash at any point leaves either nothing or the whole batch: the position is part of it.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sojourn.engine.stream import columns, items, segments
from sojourn.engine.stream.claims import Claims, Resolved
from sojourn.engine.stream.dedupe import Known
from sojourn.engine.stream.items import Item
from sojourn.engine.stream.plan import Plan
from sojourn.engine.stream.rows import ItemError, Origin, Rows, Shop
from sojourn.engine.stream.segments import Written
from sojourn.engine.stream.sightings import Sightings, sighted
from sojourn.engine.stream.spool import Frame, Position
from sojourn.engine.stream.surroundings import Purposes, Surroundings
from sojourn.engine.stream.words import ORDINAL_BITS, ORIGIN_OUTBOX, ORIGIN_SPOOL, event_id
from sojourn.kit import durable
from sojourn.kit.ids import digest

MINUTE_US: Final = 60_000_000
UNREADABLE: Final = "The item is not an event that can be read."


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that does not enter; `message` is the digest of its message id, "" without one."""

    source: str
    place: str
    code: str
    reason: str
    received_us: int
    raw: bytes
    message: str = ""


@dataclass(slots=True)
class Flow:
    """Items of one source in one minute."""

    accepted: int = 0
    refused: int = 0
    duplicates: int = 0


@dataclass(slots=True)
class Loaded:
    """What one step asks to commit."""

    batch: int
    position: Position | None
    written: Written | None = None
    received_us: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    flow: dict[tuple[int, str], Flow] = field(default_factory=dict)  # by (minute, source)
    sightings: Sightings = field(default_factory=Sightings)
    write: Callable[[], None] | None = None
    outbox: list[int] = field(default_factory=list)
    erased: dict[str, int] = field(default_factory=dict)  # by source: rows of persons who were erased, dropped


@dataclass(frozen=True, kw_only=True, slots=True)
class Rooms:
    """What the loader asks: the write lock with the next batch number, the plan, whose it is, and to commit."""

    writing: Callable[[], AbstractContextManager[int]]
    plan: Callable[[], Plan]
    resolve: Callable[[Claims], Resolved]
    commit: Callable[[Loaded], None]
    purposes: Purposes
    confirm: Callable[[list[bytes]], set[bytes]]  # which of these digests are in the stream
    purposes_version: Callable[[], object] = lambda: None  # changes when `purposes` would answer otherwise


class _Request(NamedTuple):
    """One frame: the id of its first event, and of the items that could be decoded (item, surroundings, place)."""

    origin: Origin
    flow: Flow
    first: int
    raws: list[bytes]
    items: list[tuple[Item, Surroundings, int]]
    digests: list[bytes]


class Loader:
    """Loads frames into segments; one thread, one process."""

    def __init__(self, folder: Path, rooms: Rooms) -> None:
        self._folder, self._rooms = folder, rooms
        self.known = Known(rooms.confirm)
        self._shop = Shop(rooms.plan(), purposes=rooms.purposes)
        self._purposes_version = rooms.purposes_version()

    def load(self, frames: Sequence[tuple[Position, Frame]], *, outbox: Sequence[tuple[int, Frame]] = ()) -> Loaded:
        """Commit the frames of the spool and rows of the outbox as one batch.

        Raise OSError when the disk refuses and what the rooms raise; nothing is committed then.
        """
        self._replan()
        position = frames[-1][0] if frames else None
        loaded = Loaded(batch=0, position=position, outbox=[number for number, _ in outbox])
        with _no_collection():
            requests = [
                self._open(frame, event_id(ORIGIN_SPOOL, after.segment, after.ordinal - frame.size), loaded)
                for after, frame in frames
            ]
            requests += [self._open(frame, outbox_id(number), loaded, is_inside=True) for number, frame in outbox]
            with self._rooms.writing() as loaded.batch:
                digests = self._commit(requests, loaded)
        self.known.add(digests)
        return loaded

    def _commit(self, requests: list[_Request], loaded: Loaded) -> list[bytes]:
        rows, digests = self._rows(requests, loaded)
        if digests:
            held = rows.finish()
            resolved = self._rooms.resolve(rows.claims)
            rows.name_groups(held, resolved.groups)
            table = columns.table(held, list(self._shop.recipes.values()), digests, resolved, loaded.batch)
            if resolved.gone.any():
                table = _without(table, resolved.gone, loaded)
            if table.num_rows:
                loaded.written = segments.write(self._folder, table, batch=loaded.batch)
            loaded.write = resolved.write
        loaded.sightings = sighted(self._shop)
        try:
            self._rooms.commit(loaded)
        except BaseException:
            if loaded.written is not None:
                segments.delete(self._folder, [loaded.written.path])
            raise
        durable.reach("loader.committed")
        return digests

    def _rows(self, requests: list[_Request], loaded: Loaded) -> tuple[Rows, list[bytes]]:
        self._shop.begin()
        rows = Rows(self._shop)
        # Only what entered makes a repetition: an item that was rejected may come again put right, in the same batch.
        add, digests, entered = rows.add, list[bytes](), set[bytes]()
        fresh = iter(self.known.is_new([key for request in requests for key in request.digests]).tolist())
        for origin, flow, first, raws, some, keys in requests:
            before = len(digests)
            for (item, around, place), key in zip(some, keys, strict=True):
                if not next(fresh) or key in entered:
                    flow.duplicates += 1
                    continue
                try:
                    add(item, around, origin, first + place)
                except ItemError as error:
                    rows.undo()
                    _reject(loaded, origin, str(place), error.reason_code, error.message, raws[place])
                except Exception:  # one item that we fail at must not hold up all that come after it
                    rows.undo()
                    _reject(loaded, origin, str(place), "bad_item", UNREADABLE, raws[place])
                else:
                    digests.append(key)
                    entered.add(key)
            flow.accepted += len(digests) - before
        return rows, digests

    def _open(self, frame: Frame, number: int, loaded: Loaded, *, is_inside: bool = False) -> _Request:
        origin = Origin(
            frame.source,
            self._shop.plan.channels.get(frame.source) or None,
            frame.received_at,
            frame.sent_at,
            frame.user_agent,
            is_inside,
        )
        loaded.received_us = max(loaded.received_us, frame.received_at)
        for refused in frame.refused:
            message = "" if refused.message_id is None else digest(frame.source, refused.message_id)
            _reject(loaded, origin, str(refused.index), refused.code, refused.reason, refused.raw, message)
        request = _Request(origin, _flow(loaded, origin), number, frame.items, [], [])
        found, keys, read = request.items.append, request.digests.append, self._shop.contexts.read
        whole, agent, has_signal = frame.context, frame.user_agent, frame.has_signal
        begun = hashlib.blake2b(_prefix(frame.source), digest_size=16)
        for at, item in enumerate(items.many(frame.items)):
            try:
                item = item or items.item(frame.items[at])
                around = read(bytes(item.context), whole, agent, has_signal)
            except (msgspec.DecodeError, ValueError):
                _reject(loaded, origin, str(at), "bad_item", UNREADABLE, frame.items[at])
                continue
            said = str(item.message_id or f"@{number + at}").encode()
            state = begun.copy()
            state.update(len(said).to_bytes(4, "little") + said)
            found((item, around, at))
            keys(state.digest())
        return request

    def _replan(self) -> None:
        plan = self._rooms.plan()
        if plan.version != self._shop.plan.version:
            self._shop.replan(plan)
        version = self._rooms.purposes_version()
        if version != self._purposes_version:
            self._purposes_version = version
            self._shop.contexts.forget()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the cycle collector off: it would walk the batch's hundred thousands of objects again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def outbox_id(number: int) -> int:
    """Mint the event id of an outbox row."""
    return event_id(ORIGIN_OUTBOX, number >> ORDINAL_BITS, number & ((1 << ORDINAL_BITS) - 1))


def _prefix(source: str) -> bytes:
    """Give the first part of `kit.ids.digest(source, message_id)`, the same for all items of a source."""
    raw = source.encode()
    return len(raw).to_bytes(4, "little") + raw


def _flow(loaded: Loaded, origin: Origin) -> Flow:
    key = (origin.received_us // MINUTE_US, origin.source)
    found = loaded.flow.get(key)
    if found is None:
        found = loaded.flow[key] = Flow()
    return found


def _without(table: pa.Table, gone: npt.NDArray[np.bool_], loaded: Loaded) -> pa.Table:
    """Drop the rows of erased persons and count them; nothing of what they said is kept."""
    out = table.filter(gone).select(["source", "received_at"])
    for source, at in zip(out["source"].to_pylist(), out["received_at"].cast(pa.int64()).to_pylist(), strict=True):
        flow = loaded.flow.setdefault((at // MINUTE_US, source), Flow())
        flow.accepted -= 1
        flow.refused += 1
        loaded.erased[source] = loaded.erased.get(source, 0) + 1
    return table.filter(~gone)


def _reject(loaded: Loaded, origin: Origin, place: str, code: str, reason: str, raw: bytes, message: str = "") -> None:
    loaded.rejected.append(Rejected(origin.source, place, code, reason, origin.received_us, raw, message))
    _flow(loaded, origin).refused += 1
