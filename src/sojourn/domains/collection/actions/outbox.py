"""The outbox: events that rooms record in their own transaction, and that the loader takes exactly once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection.contracts import Recorded
from sojourn.domains.collection.models import OutboxEvent, OutboxTaken
from sojourn.engine.stream.spool import Frame
from sojourn.kit import sealing
from sojourn.kit.errors import InvalidError

SOURCE: Final = "sojourn"
SEALED_FOR: Final = "outbox"


def record(
    *,
    name: str,
    occurred_at: datetime,
    person: int | None = None,
    user_id: str | None = None,
    anonymous_id: str | None = None,
    properties: Mapping[str, Any] | None = None,
) -> None:
    """Record that something happened to a customer, inside the caller's transaction on the state database.

    The person is a token (`person`) or a sender's id. `properties` are as those of a track call: `channel`, `unit`,
    `case`, `value` and the like become columns, personal ones are set aside. Raise InvalidError without a person.
    """
    told = Recorded(
        name=name,
        occurred_at=occurred_at,
        person=person,
        user_id=user_id,
        anonymous_id=anonymous_id,
        properties=properties or {},
    )
    record_many([told])


def record_many(events: Iterable[Recorded]) -> None:
    """Record events as `record` does, together: a thousand in the time of some single ones."""
    items = [msgspec.json.encode(_item(each)) for each in events]
    sealed = sealing.sealer(settings.SOJOURN).seal_many(items, use=SEALED_FOR)
    now = time.time_ns() // 1_000
    OutboxEvent.objects.bulk_create((OutboxEvent(payload=each, recorded_us=now) for each in sealed), batch_size=400)


def _item(event: Recorded) -> dict[str, Any]:
    if event.person is None and event.user_id is None and event.anonymous_id is None:
        raise InvalidError("An event is recorded of somebody: person, user_id or anonymous_id.")
    return {
        "type": "track",
        "event": event.name,
        "person": event.person,
        "userId": event.user_id,
        "anonymousId": event.anonymous_id,
        "timestamp": event.occurred_at.isoformat(),
        "properties": dict(event.properties),
    }


def waiting(limit: int) -> Sequence[tuple[int, Frame]]:
    """Give rows of the outbox that are not in the stream yet, each as a frame of its own; for the loader."""
    rows = list(OutboxEvent.objects.order_by("pk")[:limit])
    if not rows:
        return []
    taken = set(OutboxTaken.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    sealer = sealing.sealer(settings.SOJOURN)
    return [
        (
            row.pk,
            Frame(
                source=SOURCE,
                kind="items",
                received_at=row.recorded_us,
                items=[sealer.open(bytes(row.payload), use=SEALED_FOR)],
            ),
        )
        for row in rows
        if row.pk not in taken
    ]


def clear_taken() -> int:
    """Delete outbox rows that are in the stream, then the notes about them; give how many.

    The notes go last: a crash in between leaves a note too many, never an event to be loaded twice.
    """
    taken = list(OutboxTaken.objects.order_by("pk").values_list("pk", flat=True)[:10_000])
    if taken:
        with transaction.atomic(using=router.db_for_write(OutboxEvent)):
            OutboxEvent.objects.filter(pk__in=taken).delete()
        with transaction.atomic(using=router.db_for_write(OutboxTaken)):
            OutboxTaken.objects.filter(pk__in=taken).delete()
    return len(taken)
