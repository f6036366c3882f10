"""What the desk holds about persons, for them to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sojourn.domains.collection.contracts import Held
from sojourn.domains.privacy.rights.reading import opened_contact
from sojourn.domains.privacy.tables.rights import HoldRow, RequestRow


def about_requests(persons: Sequence[int]) -> Iterable[Held]:
    """Tell what persons have asked for, and holds on them."""
    yield Held(
        heading="Requests",
        explanation="What you asked for under data protection law, and how we answered.",
        records=_requests(persons),
    )
    yield Held(
        heading="Holds",
        explanation="Why a dispute or an order has us keep your data, and until when.",
        records=_holds(persons),
    )


def _requests(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    for row in RequestRow.objects.filter(customer__in=list(persons)).order_by("received_at"):
        contact = opened_contact(row)
        yield {
            "number": row.pk,
            "kind": row.kind,
            "received_at": row.received_at.isoformat(),
            "came_by": row.channel,
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "message": contact.message,
            "outcome": row.outcome,
            "reason": row.reason,
            "closed_at": None if row.closed_at is None else row.closed_at.isoformat(),
        }


def _holds(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    for row in HoldRow.objects.filter(person__in=list(persons)).order_by("since"):
        yield {"reason": row.reason, "since": row.since.isoformat(), "until": row.until.isoformat()}
