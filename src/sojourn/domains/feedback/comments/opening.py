"""Comments as they are opened."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from sojourn.domains.feedback.contracts import Comment, CommentKind
from sojourn.domains.feedback.models import CommentRow
from sojourn.kit import sealing

USE: Final = "comment"


def comment_of(row: CommentRow, sealer: sealing.Sealer | None = None) -> Comment:
    """Open a comment."""
    opener = sealer or sealing.sealer(settings.SOJOURN)
    return closed_comment(row, opener.open(bytes(row.sealed), use=USE).decode())


def closed_comment(row: CommentRow, text: str = "") -> Comment:
    """Give what is known about a comment, and no word of it but those given."""
    return Comment(
        id=row.pk,
        event_id=row.event_id,
        person=row.person,
        text=text,
        kind=CommentKind(row.kind),
        event=row.event,
        source=row.source,
        survey=row.survey,
        question=row.question,
        measure=row.measure,
        scale=row.scale,
        direction=row.direction,
        score=row.score,
        channel=row.channel,
        touchpoint=row.touchpoint,
        unit=row.unit,
        product=row.product,
        language=row.language,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
    )
