"""A loader without rooms: tokens are hashes in a dictionary, the commit keeps what it was given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from sojourn.engine.stream.claims import Claims, Resolved
from sojourn.engine.stream.loader import Loaded, Loader, Rooms
from sojourn.engine.stream.spool import Frame, Position

RECEIVED = 1_790_000_000_000_000


@dataclass
class Property:
    """A property as the plan declares it."""

    type: str = "string"
    required: bool = False
    allowed: tuple[str, ...] = ()
    personal: bool = False


@dataclass
class TestPlan:
    """A tracking plan."""

    __test__ = False
    version: int = 1
    closed: bool = False
    events: dict[str, dict[str, Property]] = field(default_factory=dict)
    common: dict[str, Property] = field(default_factory=dict)
    personal: frozenset[str] = frozenset()
    channels: dict[str, str] = field(default_factory=lambda: {"web": "site"})


class Desk:
    """Answers the loader and keeps what it commits."""

    def __init__(self, folder: Path, plan: TestPlan | None = None) -> None:
        self.folder, self.plan = folder, plan or TestPlan()
        self.tokens: dict[tuple[str, str], int] = {}
        self.claims: list[Claims] = []
        self.committed: list[Loaded] = []
        self.stream: set[bytes] = set()
        self.loader = Loader(
            folder,
            Rooms(
                writing=self._writing,
                plan=lambda: self.plan,
                resolve=self._resolve,
                commit=self.committed.append,
                purposes=lambda consent, has_signal: (7 if consent is None else 1, {}),
                confirm=lambda asked: {each for each in asked if each in self.stream},
            ),
        )
        self._place = Position(1, 0, 0)

    def load(self, *items: dict[str, Any] | bytes, **frame: Any) -> Loaded:
        """Load items as one frame."""
        raw = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in items]
        self._place = Position(1, self._place.offset + 1, self._place.ordinal + len(raw))
        made = Frame(**{"source": "web", "kind": "items", "received_at": RECEIVED, "items": raw, **frame})
        return self.loader.load([(self._place, made)])

    def rows(self) -> list[dict[str, Any]]:
        """Read all rows, properties decoded."""
        found = []
        for loaded in self.committed:
            if loaded.written is not None:
                found += pq.read_table(self.folder / loaded.written.path).to_pylist()
        for row in found:
            row["properties"] = json.loads(row["properties"] or "{}")
        return found

    @contextmanager
    def _writing(self) -> Iterator[int]:
        yield len(self.committed) + 1

    def _resolve(self, claims: Claims) -> Resolved:
        self.claims.append(claims)
        user, anonymous = self._column("user", claims.user), self._column("anonymous", claims.anonymous)
        return Resolved(
            person=np.where(user != 0, user, anonymous),
            agent=self._column("agent", claims.agent),
            case=self._column("case", claims.case),
            groups=self._column("group", claims.groups),
            write=lambda: None,
            gone=np.zeros(len(user), np.bool_),
        )

    def _column(self, kind: str, values: list[str | None]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        given = [0 if each is None else self.tokens.setdefault((kind, each), len(self.tokens) + 1) for each in values]
        return np.array(given, np.int64)


def track(**more: Any) -> dict[str, Any]:
    """Make a track call."""
    return {"type": "track", "event": "Bought", "userId": "ana", "messageId": "m1", **more}
