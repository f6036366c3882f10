"""Who may be seen: customers, not events, under a purpose and for a viewer."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.door.picking import picked
from sojourn.domains.privacy.door.sight import Sight, current_timeline, sight
from sojourn.domains.privacy.standing import consents, purposes, wording
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.engine.timeline.lookup import holders
from sojourn.engine.timeline.standing import events_of_persons
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import Period

FEW = 6_000  # customers: so many are asked of the index, more of the map in memory
AT_ONCE = 20_000  # persons whose events are looked at together


def reachable(customers: Int64s, *, purpose: Purpose, viewer: Viewer) -> Flags:
    """Say of each customer whether the viewer may see them for a purpose.

    The words of today decide: who allows it now is reached, though events collected before may stay closed. A viewer
    of some units reaches customers who have an event there that the purpose may read. A number that was merged into
    another counts as that one. Numbers of nobody are not found out here: `require_reachable` does so. Raise
    InvalidError or ForbiddenError as `bound.require` does.
    """
    return _reached(customers, sight(purpose=purpose, viewer=viewer))


def require_reachable(customer: int, *, purpose: Purpose, viewer: Viewer) -> int:
    """Give the number that a customer bears today; raise NotFoundError when there is none, or none for this viewer.

    Raise InvalidError or ForbiddenError as `bound.require` does.
    """
    return _required(customer, sight(purpose=purpose, viewer=viewer))


def require_there(customer: int, *, viewer: Viewer) -> int:
    """Give the number that a customer bears today, for who looks at nothing but consents; raise NotFoundError.

    Only the viewer's units decide: consents are looked at to see whether one may look at more.
    """
    return _required(customer, _only_scope(viewer))


def there(customers: Iterable[int], *, viewer: Viewer) -> dict[int, int]:
    """Give today's number of each of those customers who are in the viewer's units, by the number asked for."""
    return _there(customers, _only_scope(viewer))


def found(customers: Iterable[int], *, purpose: Purpose, viewer: Viewer) -> dict[int, int]:
    """Give today's number of each of those customers who are there and `reachable`, by the number asked for."""
    return _there(customers, sight(purpose=purpose, viewer=viewer))


def _there(customers: Iterable[int], looking: Sight) -> dict[int, int]:
    asked = np.array(sorted(set(customers)), np.int64)
    seen = asked[_reached(asked, looking)]
    current = dict(zip(seen.tolist(), persons().customers_of(seen).tolist(), strict=True))
    active = {int(each) for part in current_timeline().parts for each in holders(part, seen)[0]}
    return {number: today for number, today in current.items() if number in active or _is_somebody(today)}


def persons_of_each(customers: Iterable[int]) -> dict[int, list[int]]:
    """List the persons of each of some customers, by today's numbers."""
    found: dict[int, list[int]] = {}
    for person, customer in zip(*_persons_of(np.array(sorted(set(customers)), np.int64)), strict=True):
        found.setdefault(int(customer), []).append(int(person))
    return found


def _only_scope(viewer: Viewer) -> Sight:
    return Sight(current_timeline(), Purpose.SERVICE, viewer, consents.epoch())


def _required(customer: int, looking: Sight) -> int:
    if not 0 <= customer < 1 << 63:
        raise NotFoundError("There is no such customer.")
    asked = np.array([customer], np.int64)
    current = int(persons().customers_of(asked)[0])
    if not _reached(asked, looking)[0] or not _is_somebody(current):
        raise NotFoundError("There is no such customer.")
    return current


def _reached(customers: Int64s, looking: Sight) -> Flags:
    person, customer = _persons_of(persons().customers_of(customers))
    allowed = _allowed_now(person, customer, looking.purpose)
    if looking.viewer.units is not None:
        allowed = np.intersect1d(allowed, customer[_is_in_scope(person, looking)])
    found: Flags = np.isin(persons().customers_of(customers), allowed)
    return found


def _persons_of(customers: Int64s) -> tuple[Int64s, Int64s]:
    """List the persons of customers, each once, and the customer of each."""
    wanted = np.unique(customers)
    if len(wanted) <= FEW:  # a pass over a million links takes longer than to look up some
        found = identity.families(wanted.tolist())
        return np.array(list(found), np.int64), np.array(list(found.values()), np.int64)
    known = persons()
    linked = np.isin(known.customer, wanted)
    own = wanted[~np.isin(wanted, known.person)]
    return np.concatenate([own, known.person[linked]]), np.concatenate([own, known.customer[linked]])


def _allowed_now(person: Int64s, customer: Int64s, purpose: Purpose) -> Int64s:
    said = consents.words_of(purpose, person)
    spoke = np.isin(person, said.person)
    order = np.argsort(person[spoke])
    theirs, together, _ = wording.settled(customer[spoke][order], said.allowed, said.opens)
    if not purposes.known()[purpose].is_silence_yes:
        return theirs[together]
    everyone = np.unique(customer)
    return everyone[~np.isin(everyone, theirs[~together])]


def _is_in_scope(person: Int64s, looking: Sight) -> Flags:
    found = np.zeros(len(person), np.bool_)
    for at in range(0, len(person), AT_ONCE):
        for part in looking.timeline.parts:
            events, whose = events_of_persons(part, person[at : at + AT_ONCE])
            found[at + whose[picked(looking, part, events, Period(), EventFilter())]] = True
    return found


def _is_somebody(customer: int) -> bool:
    theirs = identity.persons_of(customer=customer)
    if any(len(holders(part, np.array(theirs, np.int64))[0]) for part in current_timeline().parts):
        return True
    return identity.is_known(persons=theirs)
