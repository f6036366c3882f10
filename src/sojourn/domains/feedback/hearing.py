"""Comments out of new events: whatever was said in words becomes a row, wherever the event came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection.contracts import Held, Removal, TailBatch
from sojourn.domains.feedback import rules
from sojourn.domains.feedback.comments import clock, wording
from sojourn.domains.feedback.comments.opening import USE, comment_of
from sojourn.domains.feedback.models import CommentRow
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.queries import Said
from sojourn.kit import sealing

AT_ONCE: Final = 500


def follow_comments(batch: TailBatch) -> Callable[[], None]:
    """Store what customers said in new events; the write takes away what a batch withdrew.

    Some hundred are stored at a time, before the caller's transaction, so that none is long: a comment has its event's
    id, and what is seen again after a crash is there already.
    """
    found = privacy.said(batch)
    while some := list(islice(found, AT_ONCE)):
        _store(some)
    return partial(_withdraw, batch.removals)


def forget_comments(persons: Sequence[int]) -> None:
    """Delete what erased persons said."""
    for at in range(0, len(persons), AT_ONCE):
        clock.delete(CommentRow.objects.filter(person__in=persons[at : at + AT_ONCE]))


def about(persons: Sequence[int]) -> Iterable[Held]:
    """Tell what persons said and what was read out of it."""
    yield Held(
        heading="Comments",
        explanation="What you told us in words, and the mood and themes that a program read out of it.",
        records=_told(persons),
    )


def _told(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    sealer = sealing.sealer(settings.SOJOURN)
    for at in range(0, len(persons), AT_ONCE):
        rows = CommentRow.objects.filter(person__in=persons[at : at + AT_ONCE])
        for row in rows.order_by("occurred_at", "pk"):
            yield {
                "said_at": row.occurred_at.isoformat(),
                "about": row.question or row.event,
                "text": comment_of(row, sealer).text,
                "score": row.score,
                "sentiment": row.sentiment,
                "findings": row.findings,
            }


def _store(some: Sequence[Said]) -> None:
    """Store what was said with the words by which it is found."""
    made = list(_rows(some))
    if not made:
        return
    with transaction.atomic(using=router.db_for_write(CommentRow)):
        now = clock.tick()
        for row, _ in made:
            row.changed = now
        CommentRow.objects.bulk_create([row for row, _ in made], ignore_conflicts=True)
        ids = dict(
            CommentRow.objects.filter(event_id__in=[row.event_id for row, _ in made]).values_list("event_id", "pk")
        )
        wording.index([(ids[row.event_id], words) for row, words in made])


def _rows(some: Sequence[Said]) -> Iterator[tuple[CommentRow, str]]:
    """Make rows of what was said, with the words; a text that is gone, or is nothing but space, makes none."""
    texts = identity.texts_of([each.text_id for each in some], persons={each.person for each in some})
    found = [(each, _words(texts.get(each.text_id))) for each in some]
    kept = [(each, words) for each, words in found if words]
    sealed = sealing.sealer(settings.SOJOURN).seal_many([words.encode() for _, words in kept], use=USE)
    for (each, words), hidden in zip(kept, sealed, strict=True):
        yield _row(each, hidden), words


def _words(text: dict[str, Any] | None) -> str:
    value = next(iter(text.values()), "") if text else ""
    return value.strip() if isinstance(value, str) else ""


def _row(said: Said, sealed: bytes) -> CommentRow:
    told = said.properties
    return CommentRow(
        event_id=said.event_id,
        person=said.person,
        sealed=sealed,
        kind=rules.kind_of(said.name).value,
        event=said.name[:200],
        source=said.source,
        survey=_text(told, "survey", 100),
        question=_text(told, "question", 300),
        measure=_text(told, "kind", 32) if rules.score_of(told) is not None else "",
        scale=rules.scale_of(told),
        direction=rules.direction_of(told),
        score=rules.score_of(told),
        channel=said.channel[:63],
        touchpoint=said.touchpoint[:100],
        unit=said.unit[:63],
        product=said.product[:100],
        language=_text(told, "language", 12),
        purposes=said.purposes,
        occurred_at=said.occurred_at,
        received_at=said.received_at,
    )


def _text(told: dict[str, Any], name: str, most: int) -> str:
    value = told.get(name)
    return value[:most] if isinstance(value, str) else ""


def _withdraw(removals: Iterable[Removal]) -> None:
    for each in removals:
        gone = CommentRow.objects.all()
        if each.low_event_id is not None and each.high_event_id is not None:
            gone = gone.filter(event_id__gte=each.low_event_id, event_id__lt=each.high_event_id)
        if each.person is not None:
            gone = gone.filter(person=each.person)
        if each.low_event_id is not None or each.person is not None:
            clock.delete(gone)
