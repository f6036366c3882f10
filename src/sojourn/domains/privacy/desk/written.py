"""The letter of a request as it stands, for those who hand it over themselves."""

from __future__ import annotations

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.desk import letters, packages
from sojourn.domains.privacy.desk.letters import Letter, Occasion
from sojourn.domains.privacy.rights.reading import held_request, opened_contact
from sojourn.domains.privacy.tables.rights import ErasureRow, PackageRow
from sojourn.domains.privacy.words.rights import RequestState


def letter_of(number: int, *, viewer: Viewer, site: str) -> Letter:
    """Write what the customer is to be told now; `site` is the address under which links lead here.

    Raise ForbiddenError, NotFoundError.
    """
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    row = held_request(number)
    found, contact = row.contract(), opened_contact(row)
    if found.state is RequestState.CLOSED:
        erasure = ErasureRow.objects.filter(pk=row.erasure or 0).first()
        made = PackageRow.objects.filter(pk=row.package or 0).first()
        return letters.letter(
            found,
            contact,
            Occasion.CLOSED,
            kept=erasure.kept_back() if erasure else (),
            link=f"{site}/your-data/{packages.link_of(made.pk)}" if made else "",
            until=made.expires_at if made else None,
        )
    if found.state is RequestState.PAUSED:
        return letters.letter(found, contact, Occasion.ASKED)
    return letters.letter(found, contact, Occasion.EXTENDED if found.extended else Occasion.RECEIVED)
