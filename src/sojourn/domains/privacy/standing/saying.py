"""What customers said in words: the free text of new events, for the room that keeps comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.domains.collection.actions import new_rows
from sojourn.domains.collection.contracts import TailBatch
from sojourn.engine.stream.personal import is_free_text_name
from sojourn.kit.period import instant

COLUMNS: Final = (
    "event_id", "person", "name", "occurred_at", "received_at", "channel", "touchpoint", "unit", "product", "source",
    "purposes", "properties",
)  # fmt: skip
ID: Final = "_id"
_read: Final = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A text of an event: `text_id` leads to it in identity; the properties are those that the stream holds."""

    event_id: int
    person: int
    text_id: int
    name: str
    occurred_at: datetime
    received_at: datetime
    channel: str
    touchpoint: str
    unit: str
    product: str
    source: str
    purposes: int | None
    properties: dict[str, Any]


def said(batch: TailBatch) -> Iterator[Said]:
    """Give the free text of the new rows of a batch, but of persons who were erased; the first text of an event."""
    gone = {each.person for each in batch.removals if each.person is not None}
    for part in new_rows(batch, list(COLUMNS)):
        some = part.filter(pc.fill_null(pc.match_substring(part.column(11), f'{ID}":"'), False))
        times = (some.column(at).cast(pa.timestamp("us")).cast(pa.int64()).to_pylist() for at in (3, 4))
        rest = (some.column(at).to_pylist() for at in (0, 1, 2, 5, 6, 7, 8, 9, 10, 11))
        for occurred_us, received_us, event_id, person, name, *words, purposes, text in zip(*times, *rest, strict=True):
            properties = _properties(text)
            text_id = _text_id(properties)
            if text_id is None or person in gone:
                continue
            channel, touchpoint, unit, product, source = (each or "" for each in words)
            yield Said(
                event_id=event_id,
                person=person,
                text_id=text_id,
                name=name,
                occurred_at=instant(occurred_us),
                received_at=instant(received_us),
                channel=channel,
                touchpoint=touchpoint,
                unit=unit,
                product=product,
                source=source,
                purposes=purposes,
                properties=properties,
            )


def _properties(text: str) -> dict[str, Any]:
    try:
        return _read.decode(text)
    except msgspec.DecodeError:
        return {}


def _text_id(properties: dict[str, Any]) -> int | None:
    """Give the id of the first property that held free text by its name."""
    for name, value in properties.items():
        if name.endswith(ID) and is_free_text_name(name.removesuffix(ID)) and isinstance(value, str):
            try:
                return int(value, 16)
            except ValueError:  # somebody sent a property of this name
                continue
    return None
