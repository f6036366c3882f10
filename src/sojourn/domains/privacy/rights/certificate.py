"""The certificate of an erasure: what was done and what a scan of every store found, sealed, with nothing personal."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings

from sojourn.domains.privacy.scanning import Scan
from sojourn.domains.privacy.tables.rights import ErasureRow
from sojourn.kit import sealing

BACKUPS = (
    "Backups made before keep what they hold until they expire; a restore replays the tombstones before it opens, so "
    "that what was erased here is erased there too."
)
AUDIT_LOG = (
    "The audit log keeps who did what and when; it names customers by random numbers, which mean nothing any more."
)


def content(
    row: ErasureRow, looked: Scan, *, persons: int, texts: int, tokens: int, too_short: int, originals: int
) -> dict[str, Any]:
    """Write down an erasure that was just proven."""
    return {
        "certificate": "erasure",
        "version": 1,
        "erasure": row.pk,
        "request": row.request,
        "asked_at": row.asked_at.isoformat(),
        "removed_at": None if row.removed_at is None else row.removed_at.isoformat(),
        "proven_at": None if row.finished_at is None else row.finished_at.isoformat(),
        "by": row.by,
        "customers": row.customers,
        "identities": persons,
        "removed": {
            "events": row.rows,
            "refused_items": row.counts.get("refused", 0),
            "original_files": originals,
        },
        "tombstones": row.counts.get("tombstones", 0),
        "kept": row.kept,
        "scan": {
            "looked_for": {"texts": texts, "random_numbers": tokens, "too_short_to_tell_from_chance": too_short},
            "stores": [
                {
                    "store": each.store,
                    "places": each.places,
                    "bytes": each.bytes,
                    "rows": each.rows,
                    "planted_marker_found": each.is_probed,
                    "found": 0,
                }
                for each in looked.stores
            ],
        },
        "audit_log": AUDIT_LOG,
        "backups": BACKUPS,
    }


def seal(told: Any) -> str:
    """Give the HMAC-SHA-256 of a certificate under this installation's own key, hexadecimal."""
    key = sealing.sealer(settings.SOJOURN).derive("certificate")
    return hmac.new(key, _canonical(told), hashlib.sha256).hexdigest()


def is_genuine(told: Any, said: str) -> bool:
    """Say whether a certificate is one of ours and unchanged."""
    return hmac.compare_digest(seal(told), said)


def _canonical(told: Any) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
