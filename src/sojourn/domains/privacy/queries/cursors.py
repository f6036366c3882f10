"""Cursors of lists of events: where a page ended."""

from __future__ import annotations

import base64
import binascii

from sojourn.kit.errors import InvalidError


def cursor_after(at_us: int, event_id: int) -> str:
    """Write the cursor behind an event."""
    return base64.urlsafe_b64encode(f"{at_us}.{event_id}".encode()).decode()


def read_cursor(cursor: str) -> tuple[int, int]:
    """Read a cursor as (microseconds, event id); raise InvalidError."""
    try:
        at, event_id = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").split(".")
        place = int(at), int(event_id)
    except (ValueError, binascii.Error):
        raise InvalidError("The cursor is not one that a list has given; begin at the first page.") from None
    if max(abs(number) for number in place) >= 1 << 62:
        raise InvalidError("The cursor is not one that a list has given; begin at the first page.")
    return place
