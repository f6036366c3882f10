"""Which rows that another room made of events may be read: by the same rules as the events themselves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import Collected, Purpose, Readable
from sojourn.domains.privacy.door import bound, scope
from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.standing import consents, purposes, wording
from sojourn.engine.kernels.words import Flags, Int64s


def readable(rows: Collected, *, purpose: Purpose, viewer: Viewer) -> Readable:
    """Say which rows a viewer may read for a purpose: collected for it or granted since, allowed today, in their units.

    O(n log m) for n rows and m persons who are linked or said something. Raise InvalidError or ForbiddenError as
    `bound.require` does.
    """
    bound.require(purpose, viewer)
    customer = persons().customers_of(rows.person)
    found = _allowed(rows, customer, purpose)
    if viewer.units is not None:
        found &= lying_in(rows, viewer.units)
    return Readable(rows=found, customer=customer)


def lying_in(rows: Collected, units: Iterable[str]) -> Flags:
    """Say which rows lie in units or below them, as the tree stood when they happened."""
    found = np.zeros(len(rows.person), np.bool_)
    for each in scope.below(units):
        codes = np.array([unit in each.codes for unit in rows.units], np.bool_)
        there = codes[rows.unit] if len(codes) else found.copy()
        if each.since_us is not None:
            there &= rows.at_us >= each.since_us
        if each.until_us is not None:
            there &= rows.at_us < each.until_us
        found |= there
    return found


def _allowed(rows: Collected, customer: Int64s, purpose: Purpose) -> Flags:
    bit, said = purposes.known().bit(purpose), consents.words(purpose)
    held = np.where(rows.purposes < 0, np.int64(rules.UNSTATED), rows.purposes)
    collected: Flags = (held & bit) != 0 if bit else np.ones(len(customer), np.bool_)
    silence = purposes.known()[purpose].is_silence_yes
    if not len(said):
        return collected if silence else np.zeros(len(customer), np.bool_)
    theirs, together, opens = wording.settled(persons().customers_of(said.person), said.allowed, said.opens)
    place = np.minimum(np.searchsorted(theirs, customer), len(theirs) - 1)
    spoke = theirs[place] == customer
    today: Flags = np.where(spoke, together[place], silence)
    found: Flags = today & (collected | (spoke & opens[place]))
    return found
