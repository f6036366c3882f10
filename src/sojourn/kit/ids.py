"""Identifiers: random tokens and keyed or plain digests."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

TOKEN_BITS = 63
LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
SAVED_LETTERS: Final = 10


def random_token() -> int:
    """Make a random positive 63-bit integer that fits a signed bigint and is never 0."""
    return secrets.randbits(TOKEN_BITS) or 1


def random_tokens(count: int) -> list[int]:
    """Make ``count`` random tokens with one call to the operating system."""
    raw = secrets.token_bytes(8 * count)
    mask = (1 << TOKEN_BITS) - 1
    return [(int.from_bytes(raw[at : at + 8], "little") & mask) or 1 for at in range(0, 8 * count, 8)]


def saved_id() -> str:
    """Make the id of something that people save and pass on: ten letters that can be read out."""
    return "".join(secrets.choice(LETTERS) for _ in range(SAVED_LETTERS))


def short(number: int) -> str:
    """Write a customer's or person's number so that people can tell two apart at a glance; it names nobody alone.

    >>> short(0x784A8525_00000001)
    '784a-8525'
    """
    text = f"{number:016x}"
    return f"{text[:4]}-{text[4:8]}"


def digest(*parts: str) -> str:
    """Digest text parts into 32 hexadecimal characters (128 bits), unambiguous at the joints."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part.encode()
        state.update(len(raw).to_bytes(4, "little"))
        state.update(raw)
    return state.hexdigest()
