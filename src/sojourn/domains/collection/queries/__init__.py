"""Ask: the manifest, the flow of data, the quarantine, the doctor's checks."""

from __future__ import annotations

from sojourn.domains.collection.queries.backups import backups, passphrase, verify_backup
from sojourn.domains.collection.queries.deliveries import (
    deliveries,
    delivery,
    has_queued_deliveries,
    import_presets,
    is_small_delivery_next,
    preview,
    preview_file,
    refused_rows,
)
from sojourn.domains.collection.queries.doctor import doctor
from sojourn.domains.collection.queries.flow import (
    back_pressure,
    flow,
    refused,
    refused_counts,
    refused_payload,
    totals,
)
from sojourn.domains.collection.queries.keys import encryption
from sojourn.domains.collection.queries.manifest import (
    lease,
    newest_batch,
    position,
    received_at,
    segments,
    sql,
    withdrawn,
)
from sojourn.domains.collection.queries.pickups import look, pickup, pickups
from sojourn.domains.collection.queries.shapes import (
    CASE_FIELDS,
    CASE_SHAPES,
    SHAPES,
    ToldCase,
    ToldCaseEvent,
    ToldCustomer,
    case_number,
    case_shape,
    shape,
    tools_id,
)

__all__ = [
    "CASE_FIELDS",
    "CASE_SHAPES",
    "SHAPES",
    "ToldCase",
    "ToldCaseEvent",
    "ToldCustomer",
    "back_pressure",
    "backups",
    "case_number",
    "case_shape",
    "deliveries",
    "delivery",
    "doctor",
    "encryption",
    "flow",
    "has_queued_deliveries",
    "import_presets",
    "is_small_delivery_next",
    "lease",
    "look",
    "newest_batch",
    "passphrase",
    "pickup",
    "pickups",
    "position",
    "preview",
    "preview_file",
    "received_at",
    "refused",
    "refused_counts",
    "refused_payload",
    "refused_rows",
    "segments",
    "shape",
    "sql",
    "tools_id",
    "totals",
    "verify_backup",
    "withdrawn",
]
