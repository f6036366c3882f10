"""Which persons new events put into companies: the `group` calls of a batch, for the room that keeps companies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.domains.collection.actions import new_rows
from sojourn.domains.collection.contracts import TailBatch

GROUP: Final = "group"
COLUMNS: Final = ("person", "kind", "occurred_at", "source", "properties")


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouped:
    """A person whom a source put into a company; `group` is the token of its number."""

    person: int
    group: int
    at_us: int
    source: str


class _Kept(msgspec.Struct):
    group: str = msgspec.field(default="", name="$group")


_read: Final = msgspec.json.Decoder(_Kept)


def grouped(batch: TailBatch) -> Iterator[Grouped]:
    """Give whom the new rows of a batch put into companies, but for persons who were erased."""
    gone = {each.person for each in batch.removals if each.person is not None}
    for part in new_rows(batch, list(COLUMNS)):
        some = part.filter(pc.fill_null(pc.equal(part.column(1), GROUP), False))
        times = some.column(2).cast(pa.timestamp("us")).cast(pa.int64()).to_pylist()
        persons, sources, texts = (some.column(at).to_pylist() for at in (0, 3, 4))
        for person, at_us, source, text in zip(persons, times, sources, texts, strict=True):
            group = _group(text)
            if group and person not in gone:
                yield Grouped(person=person, group=group, at_us=at_us, source=source)


def _group(text: str | None) -> int:
    try:
        said = "" if text is None else _read.decode(text).group
    except (msgspec.DecodeError, ValueError):  # somebody sent a property of this name
        return 0
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0
