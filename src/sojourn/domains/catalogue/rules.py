"""Thought of the catalogue: names, promises, the plan as a document."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sojourn.domains.catalogue.contracts import FreshnessState, Source

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
SILENT_AFTER = 10  # times the promised pause
OTHER = "(other)"  # where names beyond the bound are counted


def is_slug(text: str) -> bool:
    """Say whether a text may be a source's slug; it names a folder and stands in every event."""
    return SLUG.fullmatch(text) is not None


def new_write_key() -> str:
    """Make a write key: 32 characters, 128 random bits."""
    return secrets.token_hex(16)  # letters and digits only: it is typed into command lines


def published(source: Source) -> dict[str, object]:
    """Write what intake needs to know of a source; the write key only as its digest."""
    return {
        "slug": source.slug,
        "key_sha256": hashlib.sha256(source.write_key.encode()).hexdigest(),
        "strict": source.is_strict,
        "active": source.is_active,
        "channel": source.channel,
        "rate": source.rate,
    }


def freshness_state(*, promised_minutes: int | None, heard_at: datetime | None, now: datetime) -> FreshnessState:
    """Judge a source by its promise."""
    if heard_at is None:
        return FreshnessState.SILENT
    if promised_minutes is None:
        return FreshnessState.OPEN
    promised, pause = timedelta(minutes=promised_minutes), now - heard_at
    if pause <= promised:
        return FreshnessState.OK
    return FreshnessState.LATE if pause <= promised * SILENT_AFTER else FreshnessState.SILENT
