"""Ask about data rights."""

from __future__ import annotations

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.rights import certificate
from sojourn.domains.privacy.rights_tables import ErasureRow
from sojourn.domains.privacy.rights_words import Certificate, Erasure
from sojourn.kit.errors import ConflictError, NotFoundError


def erasure(number: int) -> Erasure:
    """Give an erasure; raise NotFoundError."""
    return _held(number).contract()


def erasures(*, viewer: Viewer, limit: int = 100) -> tuple[Erasure, ...]:
    """List erasures, newest first; raise ForbiddenError."""
    viewer.require(Right.REQUESTS_HANDLE)
    return tuple(row.contract() for row in ErasureRow.objects.order_by("-pk")[:limit])


def erasure_certificate(number: int, *, viewer: Viewer) -> Certificate:
    """Give the certificate of an erasure; raise ForbiddenError, NotFoundError, and ConflictError before its proof."""
    viewer.require(Right.REQUESTS_HANDLE)
    row = _held(number)
    if row.certificate is None:
        raise ConflictError(f"Erasure {number} is not proven yet. {row.message}".strip())
    return Certificate(
        erasure=row.pk,
        content=row.certificate,
        seal=row.seal,
        is_genuine=certificate.is_genuine(row.certificate, row.seal),
    )


def _held(number: int) -> ErasureRow:
    row = ErasureRow.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no erasure of this number.")
    return row
