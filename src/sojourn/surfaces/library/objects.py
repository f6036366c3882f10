"""Object-centric logs: events that belong to several objects, as OCEL 2.0 has them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sojourn.engine.answers.objects import Happened, object_graph
from sojourn.engine.answers.words import resting
from sojourn.engine.stream.files.ocel import OcelReader
from sojourn.engine.stream.files.opening import open_file
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import micros
from sojourn.surfaces.library.results.objects import ObjectGraph


@dataclass(frozen=True)
class ObjectLog:
    """An object-centric log; the file is read when it is first asked."""

    path: Path

    def graph(self) -> ObjectGraph:
        """Give for each type of objects what follows what; see `engine.answers.objects` for what is counted how.

        Raise InvalidError for a file that is not OCEL 2.0, UnreadableFileError for one that is broken.
        """
        events, unread = self._events
        return resting(ObjectGraph, object_graph(events), unread=unread)

    @cached_property
    def _events(self) -> tuple[tuple[Happened, ...], int]:
        reader = open_file(self.path)
        if not isinstance(reader, OcelReader):
            raise InvalidError(f"{self.path.name} is no OCEL 2.0 log (JSON); read_events reads logs of customers.")
        found, unread = [], 0
        for name, at, objects in reader.related():
            at_us = _at(at)
            if at_us is None:
                unread += 1
            else:
                found.append(Happened(name, at_us, objects))
        return tuple(found), unread

    def __repr__(self) -> str:
        return f"ObjectLog({str(self.path)!r})"


def read_ocel(path: str | os.PathLike[str]) -> ObjectLog:
    """Give the object-centric log of an OCEL 2.0 file (JSON), gzipped or not; raise NotFoundError without the file."""
    file = Path(path)
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.")
    return ObjectLog(file)


def _at(text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return micros(at if at.tzinfo else at.replace(tzinfo=UTC))
