"""Ask about data rights."""

from __future__ import annotations

import msgspec
from django.conf import settings
from django.utils import timezone

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.rights import certificate
from sojourn.domains.privacy.rights.sealed import CONTACT
from sojourn.domains.privacy.tables.rights import ErasureRow, RequestRow
from sojourn.domains.privacy.words.rights import Certificate, Contact, Erasure, Request, RequestKind, RequestState
from sojourn.kit import sealing
from sojourn.kit.errors import ConflictError, NotFoundError


def erasure(number: int) -> Erasure:
    """Give an erasure; raise NotFoundError."""
    return _held(number).contract()


def erasures(*, viewer: Viewer, limit: int = 100) -> tuple[Erasure, ...]:
    """List erasures, newest first; raise ForbiddenError."""
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    return tuple(row.contract() for row in ErasureRow.objects.order_by("-pk")[:limit])


def erasure_certificate(number: int, *, viewer: Viewer) -> Certificate:
    """Give the certificate of an erasure; raise ForbiddenError, NotFoundError, and ConflictError before its proof."""
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    row = _held(number)
    if row.certificate is None:
        raise ConflictError(f"Erasure {number} is not proven yet. {row.message}".strip())
    return Certificate(
        erasure=row.pk,
        content=row.certificate,
        seal=row.seal,
        is_genuine=certificate.is_genuine(row.certificate, row.seal),
    )


def request(number: int, *, viewer: Viewer) -> Request:
    """Give a request; raise ForbiddenError, NotFoundError."""
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    return held_request(number).contract()


def requests(
    *, viewer: Viewer, is_open: bool | None = None, kind: RequestKind | None = None, limit: int = 200
) -> tuple[Request, ...]:
    """List requests, the next to be due first, closed ones behind, newest first; raise ForbiddenError."""
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    rows = RequestRow.objects.all()
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    alive = () if is_open is False else rows.exclude(state=RequestState.CLOSED).order_by("due_on", "pk")[:limit]
    closed = () if is_open is True else rows.filter(state=RequestState.CLOSED).order_by("-closed_at", "-pk")[:limit]
    return tuple(row.contract() for row in [*alive, *closed][:limit])


def contact_of(number: int, *, viewer: Viewer) -> Contact:
    """Give who asks and what they wrote, empty once that is forgotten; raise ForbiddenError, NotFoundError."""
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    return opened_contact(held_request(number))


def overdue(*, viewer: Viewer) -> int:
    """Count the requests that are late, 0 for who does not handle requests."""
    if not viewer.can(Right.REQUESTS_HANDLE, looking=True):
        return 0
    alive = RequestRow.objects.exclude(state=RequestState.CLOSED).filter(paused_at=None)
    return alive.filter(due_on__lt=timezone.now().date()).count()


def opened_contact(row: RequestRow) -> Contact:
    """Open who asks."""
    if row.contact is None:
        return Contact()
    raw = sealing.sealer(settings.SOJOURN).open(bytes(row.contact), use=CONTACT)
    return msgspec.json.decode(raw, type=Contact)


def held_request(number: int) -> RequestRow:
    """Give a request's row; raise NotFoundError."""
    row = RequestRow.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no request of this number.")
    return row


def _held(number: int) -> ErasureRow:
    row = ErasureRow.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no erasure of this number.")
    return row
