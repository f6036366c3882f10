"""Holds on one customer: everything of theirs is kept, for a dispute or by order."""

from __future__ import annotations

from datetime import date

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import actions as identity
from sojourn.domains.privacy.desk.opening import existing
from sojourn.domains.privacy.door.persons import persons_of
from sojourn.domains.privacy.rights import holds, restricting
from sojourn.domains.privacy.words.rights import Hold
from sojourn.kit.errors import NotFoundError


def place_hold(*, customer: int, reason: str, until: date, viewer: Viewer) -> Hold:
    """Keep everything of a customer until a day; audited.

    Raise ForbiddenError, NotFoundError, InvalidError.
    """
    viewer.require(Right.RETENTION_MANAGE)
    current = existing(customer)
    return holds.place_hold(customer=current, theirs=persons_of(current), reason=reason, until=until, viewer=viewer)


def lift_tombstone(*, kind: str, value: str, viewer: Viewer) -> int:
    """Let an erased identifier in again, because its person has become a customer anew; audited.

    Give the tombstone's number; raise ForbiddenError, InvalidError, NotFoundError.
    """
    viewer.require(Right.REQUESTS_HANDLE)
    number = identity.lift_tombstone(kind=kind, value=value)
    access.audit(viewer=viewer, what="tombstone.lift", on=f"tombstone:{number}", kind=kind)
    return number


def lift_restriction(*, customer: int, viewer: Viewer) -> int:
    """Let a customer be read again who had asked not to be; what a duty or hold locks stays locked. Audited.

    Give how many of their identities were locked; raise ForbiddenError, NotFoundError.
    """
    viewer.require(Right.REQUESTS_HANDLE)
    current = existing(customer)
    found = restricting.lift(persons=persons_of(current))
    if not found:
        raise NotFoundError("Nothing restricts this customer by their own request.")
    access.audit(viewer=viewer, what="restriction.lift", on=f"customer:{current}")
    return found
