"""New events noted for the webhooks that ask for them, in the transaction that moves the tail's cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection.actions import new_rows
from sojourn.domains.collection.contracts import TailBatch
from sojourn.domains.privacy.models import WebhookMessage, WebhookRow
from sojourn.domains.privacy.words.webhooks import EVERY_EVENT, MessageState
from sojourn.kit.period import instant

WAITING_MAX: Final = 100_000  # messages of one webhook; who takes so much wants an extract
NOTED_AT_ONCE: Final = 2_000
DELETED_AT_ONCE: Final = 500
COLUMNS: Final = ("event_id", "person", "name", "occurred_at", "received_at", "batch")


@dataclass(frozen=True, slots=True)
class Seen:
    """An event that a webhook asks for."""

    event_id: int
    person: int
    occurred_at: datetime
    received_at: datetime


def follow_webhooks(batch: TailBatch) -> Callable[[], None]:
    """Collect the events of a batch that webhooks ask for; the write notes them, inside the caller's transaction."""
    asking = list(WebhookRow.objects.filter(is_active=True, after_batch__lt=batch.until))
    if not asking:
        return _nothing
    gone = {each.person for each in batch.removals if each.person is not None}
    found: dict[int, list[Seen]] = {each.pk: [] for each in asking}
    for part in new_rows(batch, list(COLUMNS)):
        for row in asking:
            if len(found[row.pk]) <= WAITING_MAX:
                found[row.pk] += (each for each in _asked(part, row) if each.person not in gone)
    return partial(_note, found)


def forget_messages(persons: tuple[int, ...]) -> None:
    """Delete what is noted of persons."""
    for at in range(0, len(persons), DELETED_AT_ONCE):
        WebhookMessage.objects.filter(person__in=persons[at : at + DELETED_AT_ONCE]).delete()


def _nothing() -> None:
    """Nobody asked."""


def _asked(part: pa.RecordBatch, row: WebhookRow) -> Iterator[Seen]:
    keep = pc.greater(part.column(5), row.after_batch)
    if EVERY_EVENT not in row.events:
        keep = pc.and_(keep, pc.is_in(part.column(2), value_set=pa.array(row.events, pa.string())))
    some = part.filter(pc.fill_null(keep, False))
    ids, persons = some.column(0).to_pylist(), some.column(1).to_pylist()
    times = (some.column(at).cast(pa.timestamp("us")).cast(pa.int64()).to_pylist() for at in (3, 4))
    for event_id, person, occurred_us, received_us in zip(ids, persons, *times, strict=True):
        yield Seen(event_id, person, instant(occurred_us), instant(received_us))


def _note(found: dict[int, list[Seen]]) -> None:
    for row in WebhookRow.objects.filter(pk__in=list(found), is_active=True):
        events = found[row.pk]
        waiting = WebhookMessage.objects.filter(webhook=row, state=MessageState.WAITING.value).count()
        if waiting + len(events) > WAITING_MAX:
            _switch_off(row)
            continue
        made = (
            WebhookMessage(
                webhook=row,
                event_id=each.event_id,
                person=each.person,
                occurred_at=each.occurred_at,
                received_at=each.received_at,
                next_at=each.received_at,
            )
            for each in events
        )
        WebhookMessage.objects.bulk_create(made, batch_size=NOTED_AT_ONCE, ignore_conflicts=True)


def _switch_off(row: WebhookRow) -> None:
    said = f"More than {WAITING_MAX:,} messages would wait. Ask for fewer events, or take them as an extract."
    WebhookRow.objects.filter(pk=row.pk).update(is_active=False, message=said)
    access.audit(viewer=SYSTEM, what="webhook.stop", on=f"webhook:{row.pk}", why="waiting")
