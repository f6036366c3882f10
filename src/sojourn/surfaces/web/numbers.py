"""Numbers that stand in addresses and forms: what a browser sends is a text, and may be any."""

from __future__ import annotations

from typing import Final

MOST: Final = (1 << 63) - 1  # what a database holds


def plain(text: str, *, most: int = MOST) -> int | None:
    """Read a whole number from 0 to `most`, written in digits only; None for whatever is none.

    >>> plain("17"), plain("²"), plain("9" * 5_000), plain("12", most=9)
    (17, None, None, None)
    """
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        return None
    return number if (number := int(text)) <= most else None
