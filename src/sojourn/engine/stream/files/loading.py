"""From shaped rows to staged segments: which rows are new, whose they are, and what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.kernels.words import Flags, Int64s, UInt64s
from sojourn.engine.stream import segments
from sojourn.engine.stream.claims import Claims, Text
from sojourn.engine.stream.files.coded import Coded
from sojourn.engine.stream.files.digests import DigestTable
from sojourn.engine.stream.files.hashing import from_hexadecimal, hexadecimal, values_digest, with_ordinals
from sojourn.engine.stream.files.properties import TYPES
from sojourn.engine.stream.files.shaped import Shaped, kept
from sojourn.engine.stream.files.staging import Stage
from sojourn.engine.stream.schema import SCHEMA
from sojourn.engine.stream.sightings import Seen, Sightings
from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id
from sojourn.kit.ids import digest

Tokens = Callable[[str, list[str]], Int64s]
_MERGED_ROWS: Final = 1 << 18  # rows that are written together


@dataclass(slots=True)
class Totals:
    """What a delivery has brought so far."""

    good: int = 0
    known: int = 0
    value: Decimal = Decimal(0)
    erased: int = 0  # rows of persons who were erased before, dropped


@dataclass(slots=True)
class Belongings:
    """What a batch says of persons beside its rows: links and traits for the commit, texts to be sealed at once."""

    claims: Claims | None
    texts: Claims | None


@dataclass(slots=True)
class Loading:
    """One delivery on its way into a stage; rows must come in the file's order.

    `history` are the digests of the messages that the source has in the stream already. `tokens` gives the tokens of
    distinct identifiers of a kind, -1 for those of persons who were erased.
    """

    source: str
    delivery: int
    received_us: int
    purposes: int
    stage: Stage
    history: DigestTable
    tokens: Tokens
    totals: Totals = field(default_factory=Totals)
    sightings: Sightings = field(default_factory=Sightings)
    _seen: DigestTable = field(default_factory=lambda: DigestTable(np.int32))
    _known: dict[str, DigestTable] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _writing: Future[None] | None = None
    _waiting: list[pa.Table] = field(default_factory=list)

    def take(self, shaped: Shaped) -> Belongings:
        """Let the new rows of a batch in, and give what belongs to them; raise OSError."""
        low, high = self._messages(shaped)
        fresh = self._fresh(shaped, low, high)
        self.totals.known += int((~fresh).sum())
        if not fresh.all():
            shaped, low, high = kept(shaped, fresh), low[fresh], high[fresh]
        user, anonymous = self._tokens("user", shaped.user), self._tokens("anonymous", shaped.anonymous)
        person = np.where(user != 0, user, anonymous)
        if (person < 0).any():
            stays = person >= 0
            self.totals.erased += int((~stays).sum())
            shaped, low, high, person = kept(shaped, stays), low[stays], high[stays], person[stays]
        if not len(shaped.at):
            return Belongings(None, None)
        self._sight(shaped)
        self._write(self._table(shaped, low, high, person))
        self.totals.good += len(shaped.at)
        self.totals.value += pc.sum(shaped.value).as_py() or Decimal(0)
        first = event_id(ORIGIN_DELIVERY, self.delivery, self.totals.good - len(shaped.at))
        return Belongings(_claims(shaped, self.source, first), _texts(shaped))

    def finish(self) -> None:
        """Wait until everything is written; raise OSError."""
        self._flush()
        if self._writing is not None:
            self._writing.result()
        self._pool.shutdown()
        self.stage.finish()

    def abandon(self) -> None:
        """Stop writing; the caller removes the stage's folder."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.stage.abandon()

    def _messages(self, shaped: Shaped) -> tuple[UInt64s, UInt64s]:
        """Digest the rows' messages: a given message id, or the content and its ordinal among identical rows."""
        given = shaped.message.is_present
        if given.all():
            return self._given(shaped.message)
        ordinals = np.zeros(len(shaped.at), np.int64)
        ordinals[~given] = self._seen.count(shaped.low[~given], shaped.high[~given])
        low, high = with_ordinals(shaped.low, shaped.high, ordinals)
        if given.any():
            some = self._given(shaped.message.kept(given))
            low[given], high[given] = some
        return low, high

    def _given(self, message: Coded) -> tuple[UInt64s, UInt64s]:
        """Digest message ids as the loader does, so that a message known from the intake is known here."""
        texts = [digest(self.source, value or "") for value in message.values]
        low, high = from_hexadecimal(pa.array(texts, pa.string()))
        return low[message.codes], high[message.codes]

    def _fresh(self, shaped: Shaped, low: UInt64s, high: UInt64s) -> Flags:
        fresh: Flags = self.history.get(low, high) < 0 if len(self.history) else np.ones(len(low), np.bool_)
        given = shaped.message.is_present & fresh
        if given.any():
            fresh[given] = self._seen.count(low[given], high[given]) == 0
        return fresh

    def _tokens(self, kind: str, values: Coded) -> Int64s:
        used = values.used()
        texts: list[str] = [values.values[code] or "" for code in used.tolist()]
        if "" in texts:
            used = used[np.array([bool(text) for text in texts])]
            texts = [text for text in texts if text]
        if not texts:
            return np.zeros(len(values.codes), np.int64)
        known = self._known.setdefault(kind, DigestTable())
        low, high = values_digest(pa.array(texts, pa.string()), kind)
        found = known.get(low, high)
        missing = found < 0
        if missing.any():
            found[missing] = self.tokens(kind, [text for text, wanted in zip(texts, missing, strict=True) if wanted])
            known.set(low[missing], high[missing], found[missing])
        table = np.zeros(len(values.values) + 1, np.int64)
        table[used] = found
        return np.asarray(table[values.codes])

    def _table(self, shaped: Shaped, low: UInt64s, high: UInt64s, person: Int64s) -> pa.Table:
        rows = len(shaped.at)
        first = event_id(ORIGIN_DELIVERY, self.delivery, self.totals.good)
        columns = {
            "event_id": pa.array(np.arange(first, first + rows, dtype=np.int64)),
            "batch": pa.array(np.full(rows, self.stage.mark, np.int64)),
            "message": hexadecimal(low, high),
            "person": pa.array(person),
            "name": shaped.name.array(),
            "kind": shaped.kind.array(),
            "occurred_at": pa.array(shaped.at).view(pa.timestamp("us")),
            "received_at": pa.array(np.full(rows, self.received_us, np.int64)).view(pa.timestamp("us")),
            "agent": _optional(self._tokens("agent", shaped.agent)),
            "case": _optional(self._tokens("case", shaped.case)),
            "source": pa.array(np.zeros(rows, np.int8)).cast(pa.int32()),
            "purposes": pa.array(np.full(rows, self.purposes, np.int16)),
            "value": shaped.value,
            "properties": shaped.properties,
            **shaped.words,
        }
        columns["source"] = pa.array([self.source]).take(columns["source"])
        return pa.table([columns[each.name] for each in SCHEMA], schema=SCHEMA)

    def _write(self, table: pa.Table) -> None:
        self._waiting.append(table)
        if sum(each.num_rows for each in self._waiting) >= _MERGED_ROWS:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        if self._writing is not None:
            self._writing.result()
        table, self._waiting = pa.concat_tables(self._waiting), []
        self._writing = self._pool.submit(self.stage.add, table)

    def _sight(self, shaped: Shaped) -> None:
        names, codes = shaped.name.values, shaped.name.codes
        for key, seen in _counted(codes, len(names), shaped.at):
            _add(self.sightings.events, (names[key] or "", self.source), seen)
        for each in shaped.seen:
            held = each.types >= 0
            keys = codes[held].astype(np.int64) * len(TYPES) + each.types[held]
            for key, seen in _counted(keys, len(names) * len(TYPES), shaped.at[held]):
                name, kind = divmod(key, len(TYPES))
                _add(self.sightings.properties, (names[name] or "", each.name, TYPES[kind]), seen)
        for breach in shaped.breaches:
            for key, seen in _counted(codes[breach.rows], len(names), shaped.at[breach.rows]):
                _add(self.sightings.breaches, (names[key] or "", breach.name, breach.rule), seen)


def history(paths: Iterable[Path], *, source: str, without: tuple[int, int] | None) -> DigestTable:
    """Read the digests of the messages that a source has in some segments, but for a range of event ids.

    17 bytes for each and room to grow.
    """
    table = DigestTable(np.int8)
    for batch in segments.read(paths, ["event_id", "message", "source"]):
        mask = pc.equal(batch.column("source"), source)
        if without is not None:
            ids = batch.column("event_id")
            mask = pc.and_(mask, pc.or_(pc.less(ids, without[0]), pc.greater_equal(ids, without[1])))
        low, high = from_hexadecimal(batch.column("message").filter(mask))
        table.set(low, high, np.zeros(len(low), np.int64))
    return table


def _claims(shaped: Shaped, source: str, first: int) -> Claims | None:
    """Collect the rows that say something of a person: traits, aliases, and each pair of identifiers once."""
    rows = dict.fromkeys([*(each.row for each in shaped.traits), *(each.row for each in shaped.aliases)])
    both = shaped.user.is_present & shaped.anonymous.is_present
    if both.any():
        places = np.flatnonzero(both)
        users, others = shaped.user.codes[places].astype(np.int64), shaped.anonymous.codes[places]
        _, firsts = np.unique(users * (len(shaped.anonymous.values) + 1) + others, return_index=True)
        rows.update(dict.fromkeys(sorted(places[firsts].tolist())))
    for each in shaped.aliases:
        shaped.anonymous.codes[each.row] = -1 if shaped.user.codes[each.row] >= 0 else shaped.anonymous.codes[each.row]
    if not rows:
        return None
    place = {row: at for at, row in enumerate(rows)}
    claims = _said(shaped, list(rows))
    claims.event_ids, claims.at_us = [first + row for row in rows], [int(shaped.at[row]) for row in rows]
    claims.traits = [each._replace(row=place[each.row], source=source) for each in shaped.traits]
    claims.aliases = [each._replace(row=place[each.row]) for each in shaped.aliases]
    return claims


def _texts(shaped: Shaped) -> Claims | None:
    if not shaped.sealed:
        return None
    rows = list(dict.fromkeys(each.row for each in shaped.sealed))
    place = {row: at for at, row in enumerate(rows)}
    claims = _said(shaped, rows)
    claims.anonymous = [
        None if user is not None else other for user, other in zip(claims.user, claims.anonymous, strict=True)
    ]
    claims.texts = [Text(each.id, place[each.row], each.name, each.value) for each in shaped.sealed]
    return claims


def _said(shaped: Shaped, rows: list[int]) -> Claims:
    none: list[str | None] = [None] * len(rows)
    return Claims(
        user=[_at(shaped.user, row) for row in rows],
        anonymous=[_at(shaped.anonymous, row) for row in rows],
        agent=none,
        case=none,
        groups=none,
        is_history=True,
    )


def _at(values: Coded, row: int) -> str | None:
    code = int(values.codes[row])
    return None if code < 0 else values.values[code]


def _optional(tokens: Int64s) -> Any:
    return pa.array(tokens, mask=tokens == 0)


def _counted(keys: Any, most: int, at: Int64s) -> Iterable[tuple[int, Seen]]:
    counts = np.bincount(keys, minlength=most)
    first, last = np.full(most, 1 << 62, np.int64), np.full(most, -(1 << 62), np.int64)
    np.minimum.at(first, keys, at)
    np.maximum.at(last, keys, at)
    for key in np.flatnonzero(counts).tolist():
        yield key, Seen(int(counts[key]), int(first[key]), int(last[key]))


def _add(into: dict[Any, Seen], key: Any, seen: Seen) -> None:
    old = into.get(key)
    if old is not None:
        seen = Seen(old.count + seen.count, min(old.first_us, seen.first_us), max(old.last_us, seen.last_us))
    into[key] = seen
