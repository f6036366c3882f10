"""Pages of lists: an opaque cursor leads on."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from ninja import Query, Schema

from sojourn.kit.errors import InvalidError

T = TypeVar("T")
LIMIT = 100
LIMIT_MAX = 1_000
CURSOR_MAX_CHARACTERS = 500

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Most items on a page.")]
Cursor = Annotated[str, Query(max_length=CURSOR_MAX_CHARACTERS, description="`next` of the page before; empty: begin.")]


class Page(Schema, Generic[T]):
    """Some items, and where the next ones are; `next` is null on the last page."""

    items: list[T]
    next: str | None = None


def encode(place: object) -> str:
    """Write a place in a list as an opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str) -> object:
    """Read a cursor; raise InvalidError for one that was not made here."""
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise InvalidError("cursor: take it from `next` of the page before.") from None


def number(cursor: str) -> int | None:
    """Read a cursor that is one number; None for the first page; raise InvalidError."""
    if not cursor:
        return None
    place = decode(cursor)
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < 1 << 63:
        raise InvalidError("cursor: take it from `next` of the page before.")
    return place


def sliced(rows: Sequence[T], *, limit: int, cursor: str) -> tuple[list[T], str | None]:
    """Cut a page out of a list that is at hand as a whole; raise InvalidError for a bad cursor."""
    begin = number(cursor) or 0
    end = begin + limit
    return list(rows[begin:end]), encode(end) if end < len(rows) else None
