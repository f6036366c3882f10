"""What the work process does now and then so that tables and folders stay small."""

from __future__ import annotations

import time

from django.conf import settings

from sojourn.domains.collection import reserve
from sojourn.domains.collection.actions.compaction import delete_retired
from sojourn.domains.collection.actions.originals import clear_originals
from sojourn.domains.collection.models import BatchRow, RefusedItem

DAY_US = 86_400_000_000
BATCHES_KEPT_DAYS = 30  # times of batches, looked at by freshness and by the window of known messages


def upkeep() -> None:
    """Delete what is no longer needed: replaced segments, the oldest refused items, old batches' times and originals.

    Put the reserve back.
    """
    delete_retired()
    trim_quarantine()
    kept_us = max(BATCHES_KEPT_DAYS, settings.SOJOURN.dedupe_days + 1) * DAY_US
    BatchRow.objects.filter(committed_us__lt=time.time_ns() // 1_000 - kept_us).delete()
    reserve.ensure()
    clear_originals()


def trim_quarantine() -> int:
    """Delete the oldest refused items beyond the limit and give how many; the counts of all that came stay."""
    rows = RefusedItem.objects.order_by("-pk").values_list("pk", flat=True)
    first_gone = rows[settings.SOJOURN.quarantine_max_items :][:1]
    newest = next(iter(first_gone), None)
    if newest is None:
        return 0
    return RefusedItem.objects.filter(pk__lte=newest).delete()[0]
