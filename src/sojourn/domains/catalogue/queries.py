"""Ask the catalogue: which sources, which plan, what was discovered."""

from __future__ import annotations

from sojourn.domains.catalogue.contracts import Source
from sojourn.domains.catalogue.models import SourceRow
from sojourn.kit.errors import NotFoundError


def sources() -> tuple[Source, ...]:
    """List the sources by slug."""
    return tuple(each.contract() for each in SourceRow.objects.order_by("slug"))


def source(slug: str) -> Source:
    """Give one source; raise NotFoundError."""
    row = SourceRow.objects.filter(slug=slug).first()
    if row is None:
        raise NotFoundError("There is no source with this slug.")
    return row.contract()
