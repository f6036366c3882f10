"""Events for the door's tests, committed as the loader commits them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import actions as collection
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.models import Link
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy import queries
from sojourn.domains.privacy.rights import erasing
from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id
from sojourn.kit import sealing

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = ("name", "channel", "touchpoint", "unit", "product", "currency", "properties")


def event(person: int, name: str, minute: int, **fields: Any) -> dict[str, Any]:
    """Make an event some minutes after the beginning of the year."""
    return {"person": person, "name": name, "occurred_at": BEGIN + timedelta(minutes=minute), **fields}


def commit(events: Sequence[dict[str, Any]], *, number: int, source: str = "core", replaces: int | None = None) -> int:
    """Let events in as delivery `number` and give the batch."""
    sealing.sealer(settings.SOJOURN)  # makes the key before there are segments
    table = pa.table(
        {
            "event_id": [event_id(ORIGIN_DELIVERY, number, each.get("ordinal", at)) for at, each in enumerate(events)],
            "message": [f"{number:016x}{each.get('ordinal', at):016x}" for at, each in enumerate(events)],
            "person": [each["person"] for each in events],
            "kind": ["track"] * len(events),
            "occurred_at": pa.array([_plain(each["occurred_at"]) for each in events], pa.timestamp("us")),
            "received_at": pa.array([_plain(each["occurred_at"]) for each in events], pa.timestamp("us")),
            "purposes": pa.array([each.get("purposes") for each in events], pa.int16()),
            "agent": pa.array([each.get("agent") for each in events], pa.int64()),
            "case": pa.array([each.get("case") for each in events], pa.int64()),
            "value": pa.array([_money(each.get("value")) for each in events], pa.decimal128(18, 4)),
            **{text: pa.array([each.get(text) for each in events], pa.string()) for text in TEXTS},
        }
    )
    return collection.commit_tables(
        tables=[table], source=source, delivery=number, replaces=replaces, received_us=1_767_225_600_000_000
    )


def link(pairs: Iterable[tuple[int, int]]) -> None:
    """Say that (user's person, anonymous person) are one customer."""
    with transaction.atomic(using=router.db_for_write(Link)):
        identity.link(pairs=list(pairs))


def load(events: Sequence[dict[str, Any]], *, number: int = 1, **how: Any) -> None:
    """Let events in and bring the timeline up."""
    commit(events, number=number, **how)
    privacy.refresh_timeline()


def ask_erasure(customer: int) -> int:
    """Put a customer's erasure on the work process's queue, as the desk does when nothing is kept; give its number."""
    return erasing.ask(persons=privacy.persons_of(customer), customers=1, by="test")


def erase(customer: int) -> int:
    """Erase a customer and prove it, as the work process does; give the number of events that went."""
    number = ask_erasure(customer)
    collection.run_commands()
    privacy.finish_erasures()
    return queries.erasure(number).rows


def _plain(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def _money(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
