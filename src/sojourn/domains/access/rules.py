"""Thought of access: what a key looks like and when it opens."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime

KEY_MARK = "sjk_"  # lets secret scanners and people recognise a key
PREFIX_CHARACTERS = 12  # shown in lists, so that a key can be told from another; useless to guess the rest
SECRET_BYTES = 32


def new_secret() -> str:
    """Make the secret of a key: the mark and 256 random bits."""
    return KEY_MARK + secrets.token_urlsafe(SECRET_BYTES)


def secret_digest(secret: str) -> str:
    """Digest a secret for keeping; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown_prefix(secret: str) -> str:
    """Cut the part of a secret that lists may show."""
    return secret[:PREFIX_CHARACTERS]


def is_open(*, is_active: bool, expires_at: datetime | None, now: datetime) -> bool:
    """Say whether a key still opens."""
    return is_active and (expires_at is None or now < expires_at)


def audit_text(*, at: datetime, who: str, what: str, on: str, detail: dict[str, str]) -> str:
    """Write an audit entry as one canonical line, the same for the same entry for ever; instants in UTC."""
    parts = {"at": at.astimezone(UTC).isoformat(), "detail": detail, "object": on, "what": what, "who": who}
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def audit_seal(key: bytes, *, mark: str, line: str) -> str:
    """Seal one entry: only who holds the key can write one that fits. `mark` is the entry's own random name."""
    return _signed(key, "row", mark, line)


def audit_link(key: bytes, *, before: str, place: int, row: int, mark: str, line: str) -> str:
    """Digest an entry together with the digest `before` it, its place in the chain and its row's number."""
    return _signed(key, "link", before, str(place), str(row), mark, line)


def audit_head(key: bytes, *, place: int, digest: str) -> str:
    """Sign how long the chain is and what it ends with."""
    return _signed(key, "head", str(place), digest)


def _signed(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\n".join(parts).encode(), "sha256").hex()
