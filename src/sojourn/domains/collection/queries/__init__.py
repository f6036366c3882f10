"""Ask: the manifest, the flow of data, the quarantine, the doctor's checks."""

from __future__ import annotations

from sojourn.domains.collection.queries.manifest import (
    lease,
    newest_batch,
    position,
    received_at,
    segments,
    sql,
    withdrawn,
)

__all__ = ["lease", "newest_batch", "position", "received_at", "segments", "sql", "withdrawn"]
