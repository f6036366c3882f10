"""When comments changed: what is held of them in memory asks here whether it still stands."""

from __future__ import annotations

import secrets

from django.db import router, transaction
from django.db.models import F, QuerySet

from sojourn.domains.feedback.models import CommentClock, CommentRow

NONE = (0, 0, 0)


def tick() -> int:
    """Count a write of comments, in the caller's transaction, and give its number: numbers become visible in order."""
    _count(change=1, losses=0)
    return int(CommentClock.objects.values_list("change", flat=True).get(pk=1))


def now() -> tuple[int, int, int]:
    """Give the lineage, the last write and how often comments were deleted."""
    return CommentClock.objects.filter(pk=1).values_list("lineage", "change", "losses").first() or NONE


def delete(rows: QuerySet[CommentRow]) -> None:
    """Delete comments with their words, and count it."""
    with transaction.atomic(using=router.db_for_write(CommentRow)):
        if rows.delete()[0]:
            _count(change=1, losses=1)


def _count(*, change: int, losses: int) -> None:
    """Count under the row's lock, so that whoever counts next waits until this is committed."""
    changed = {"change": F("change") + change, "losses": F("losses") + losses}
    if not CommentClock.objects.filter(pk=1).update(**changed):
        begun = {"lineage": secrets.randbits(62), "change": change, "losses": losses}
        if not CommentClock.objects.get_or_create(pk=1, defaults=begun)[1]:
            CommentClock.objects.filter(pk=1).update(**changed)
