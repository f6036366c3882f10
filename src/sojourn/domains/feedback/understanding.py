"""Comments that wait to be read, and what was read out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.feedback import hooks
from sojourn.domains.feedback.comments import clock
from sojourn.domains.feedback.comments.opening import closed_comment, comment_of
from sojourn.domains.feedback.contracts import Comment, Understanding, Understood
from sojourn.domains.feedback.models import CommentRow
from sojourn.kit import sealing

AT_ONCE: Final = 200  # read together, and written in one short transaction


def waiting(*, limit: int = AT_ONCE, after: int = 0) -> tuple[Comment, ...]:
    """Open the comments that nobody has read, by id, behind `after`."""
    sealer = sealing.sealer(settings.SOJOURN)
    rows = CommentRow.objects.filter(model="", pk__gt=after).order_by("pk")[:limit]
    return tuple(comment_of(row, sealer) for row in rows)


def is_comment_waiting() -> bool:
    """Say whether there is a comment that nobody has read."""
    return CommentRow.objects.filter(model="").exists()


def comments_read(*, since: datetime, until: datetime) -> Iterator[Understood]:
    """Give what was read out of the comments of a time, by id, without their texts."""
    rows = CommentRow.objects.filter(occurred_at__gte=since, occurred_at__lt=until).exclude(model="")
    for row in rows.defer("sealed").order_by("pk").iterator(chunk_size=2_000):
        read = Understanding(
            comment=row.pk,
            model=row.model,
            language=row.language,
            sentiment=row.sentiment,
            urgency=row.urgency,
            churn=row.churn,
            complaint=row.complaint,
            findings=row.findings,
        )
        yield Understood(comment=closed_comment(row), understanding=read)


def read_comments() -> int:
    """Have waiting comments read by whoever answers `hooks.understand`, and give how many were.

    Some hundred at a time, each with its own commit: killed in between, the next run goes on behind the last commit.
    """
    readers, done, after = list(hooks.understand), 0, 0
    while readers and (comments := waiting(after=after)):
        after = comments[-1].id
        found: dict[int, Understanding] = {}
        for reader in readers:
            for each in reader([each for each in comments if each.id not in found]):
                found.setdefault(each.comment, each)
        done += note(comments, found.values())
    return done


def note(comments: Iterable[Comment], found: Iterable[Understanding]) -> int:
    """Store what was read out of comments and tell `hooks.understood`, in one transaction; give how many."""
    known = {each.id: each for each in comments}
    pairs = [Understood(comment=known[each.comment], understanding=each) for each in found if each.comment in known]
    if not pairs:
        return 0
    writes = [answer(pairs) for answer in hooks.understood]
    with transaction.atomic(using=router.db_for_write(CommentRow)):
        kept = _store(pairs)
        for write in writes:
            write(kept)
    return len(kept)


def _store(pairs: Sequence[Understood]) -> set[int]:
    """Write readings and give their comments; one that went meanwhile is left out."""
    now = clock.tick()
    rows = CommentRow.objects.select_for_update().in_bulk([each.comment.id for each in pairs])
    kept = [each for each in pairs if each.comment.id in rows]
    for each in kept:
        row, read = rows[each.comment.id], each.understanding
        row.model, row.sentiment, row.urgency = read.model[:100], read.sentiment, read.urgency
        row.churn, row.complaint, row.findings = read.churn, read.complaint, read.findings
        row.language, row.changed = (read.language or row.language)[:12], now
    fields = ["model", "sentiment", "urgency", "churn", "complaint", "findings", "language", "changed"]
    CommentRow.objects.bulk_update([rows[each.comment.id] for each in kept], fields, batch_size=100)
    return {each.comment.id for each in kept}
