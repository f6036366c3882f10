"""A small stream to try the timeline on: segments on disk, and a naive twin that sorts tuples."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.engine.kernels.words import NO_CODE
from sojourn.engine.stream import segments
from sojourn.engine.stream.schema import fitted
from sojourn.engine.timeline import Change, Layout, Persons, Source, Timeline, writing

LAYOUT = Layout(dimensions=("channel", "$app_version"), unstated_purposes=7)


@dataclass
class World:
    """Rows by batch, the map of persons, and the folder in which both segments and timeline live."""

    folder: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    customers: dict[int, int] = field(default_factory=dict)
    version: int = 0
    batch: int = 0
    last_id: int = 0
    files: list[Source] = field(default_factory=list)
    withdrawn: list[tuple[int, int]] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)

    def add(self, *events: dict[str, Any]) -> None:
        """Commit events as one batch in one segment."""
        self.batch += 1
        fresh = []
        for event in events:
            self.last_id += 1
            fresh.append({"event_id": self.last_id, "batch": self.batch, **event})
        self.rows += fresh
        self.files.append(self._write(fresh))

    def compact_segments(self) -> None:
        """Put all rows into one segment, by person."""
        self.files = [self._write(sorted(self.rows, key=lambda row: row["person"]))] if self.rows else []

    def withdraw(self, low: int, high: int) -> None:
        """Take a range of event ids out of the stream."""
        self.batch += 1
        self.rows = [row for row in self.rows if not low <= row["event_id"] < high]
        self.withdrawn.append((low, high))
        self.compact_segments()

    def erase(self, person: int) -> None:
        """Take a person's rows out of the stream."""
        self.batch += 1
        self.rows = [row for row in self.rows if row["person"] != person]
        self.erased.append(person)
        self.compact_segments()

    def link(self, person: int, customer: int) -> None:
        """Say whose a person is."""
        self.version += 1
        self.customers[person] = customer
        self.moved.append(person)

    def persons(self) -> Persons:
        """Give the map as the timeline takes it."""
        known = sorted(self.customers)
        return Persons(
            person=np.array(known, np.int64),
            customer=np.array([self.customers[each] for each in known], np.int64),
            version=self.version,
        )

    def change(self) -> Change:
        """Give what has happened since the last call."""
        change = Change(
            persons=self.persons(),
            batch=self.batch,
            moved=np.array(sorted(set(self.moved)), np.int64),
            withdrawn=np.array(self.withdrawn, np.int64).reshape(-1, 2),
            erased=np.array(self.erased, np.int64),
        )
        self.withdrawn, self.erased, self.moved = [], [], []
        return change

    def refresh(self) -> None:
        """Bring the timeline up to date."""
        with writing(self.folder / "timeline", LAYOUT) as writer:
            if writer.needs_rebuild:
                writer.rebuild(self.files, self.change())
            else:
                writer.refresh(self.files, self.change())

    def compact(self) -> None:
        """Fold the timeline's parts into one."""
        with writing(self.folder / "timeline", LAYOUT) as writer:
            writer.compact(always=True)

    def rebuilt(self) -> list[tuple[Any, ...]]:
        """Read a timeline that was built at one go."""
        folder = self.folder / f"rebuilt-{self.batch}-{self.version}"
        with writing(folder, LAYOUT) as writer:
            writer.rebuild(self.files, Change(persons=self.persons(), batch=self.batch))
        return contents(Timeline.open(folder))

    def naive(self) -> list[tuple[Any, ...]]:
        """Sort the rows the slow way."""
        whole = [
            (
                self.customers.get(row["person"], row["person"]),
                row["occurred_at"],
                row["event_id"],
                row["name"],
                7 if row.get("purposes") is None else row["purposes"],
                row["person"],
                row.get("channel"),
                json.loads(row.get("properties") or "{}").get("$app_version"),
                row.get("value"),
                row.get("currency") if row.get("value") is not None else None,
            )
            for row in self.rows
        ]
        return sorted(whole, key=lambda event: event[:3])

    def _write(self, rows: list[dict[str, Any]]) -> Source:
        columns = {
            "message": [f"{row['event_id']:032x}" for row in rows],
            "kind": ["track"] * len(rows),
            "received_at": pa.array([row["occurred_at"] for row in rows], pa.timestamp("us")),
            "occurred_at": pa.array([row["occurred_at"] for row in rows], pa.timestamp("us")),
            "purposes": pa.array([row.get("purposes") for row in rows], pa.int16()),
            "value": pa.array([row.get("value") for row in rows], pa.decimal128(18, 4)),
        }
        for name in ("event_id", "batch", "person", "name"):
            columns[name] = [row[name] for row in rows]
        for name in ("channel", "currency", "properties"):
            columns[name] = pa.array([row.get(name) for row in rows], pa.string())
        written = segments.write(self.folder / "segments", fitted(pa.table(columns)), batch=self.batch)
        return Source(
            path=self.folder / "segments" / written.path,
            rows=written.rows,
            first_batch=written.first_batch,
            last_batch=written.last_batch,
        )


def contents(timeline: Timeline) -> list[tuple[Any, ...]]:
    """Read a timeline event by event, by customer."""
    found = []
    for part, events in zip(timeline.parts, timeline.slices(), strict=True):
        amounts = {
            int(at): (Decimal(int(amount)).scaleb(-4), timeline.currencies[code])
            for at, amount, code in zip(
                part.money_at, part.money_amount, part.codes("money_currency", 0, len(part.money_at)), strict=True
            )
        }
        for customer in range(events.customers):
            if events.customer_keep is not None and not events.customer_keep[customer]:
                continue
            for at in range(events.offset[customer], events.offset[customer + 1]):
                ordinals = part.ordinals()
                person = int(part.person_offset[customer]) + (0 if isinstance(ordinals, int) else int(ordinals[at]))
                found.append(
                    (
                        int(events.customer[customer]),
                        int(events.at[at]),
                        int(events.row[at]),
                        timeline.names[events.event[at]],
                        int(part.codes("purposes", at, at + 1)[0]),
                        int(part.person[person]),
                        _text(timeline, "channel", int(events.dimensions["channel"][at])),
                        _text(timeline, "$app_version", int(events.dimensions["$app_version"][at])),
                        *amounts.get(at, (None, None)),
                    )
                )
    return sorted(found, key=lambda event: event[:3])


def _text(timeline: Timeline, dimension: str, code: int) -> str | None:
    return None if code == NO_CODE else timeline.dimensions[dimension][code]
