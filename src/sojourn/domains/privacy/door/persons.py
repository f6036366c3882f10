"""The map of persons to customers, held in memory and brought up to date by what has moved."""

from __future__ import annotations

import threading

import numpy as np

from sojourn.domains.identity import queries as identity
from sojourn.engine.timeline import Persons

_lock = threading.Lock()
_held: list[Persons] = []


def persons() -> Persons:
    """Give the map as it is now; reading a million links anew takes a second, what has moved a millisecond."""
    with _lock:
        version = identity.map_version()
        if not _held or version < _held[0].version:  # another database: tests, a restored backup
            full = identity.person_map()
            _held[:] = [Persons(person=full.person, customer=full.customer, version=full.version)]
        elif version > _held[0].version:
            _held[:] = [_moved(_held[0])]
        return _held[0]


def persons_of(customer: int) -> tuple[int, ...]:
    """List the persons of the customer who bears a number now, or to whom it was merged."""
    current = int(persons().customers_of(np.array([customer], np.int64))[0])
    return identity.persons_of(customer=current)


def forget() -> None:
    """Drop what is held; the next call reads the whole map."""
    with _lock:
        _held.clear()


def _moved(held: Persons) -> Persons:
    moves = identity.changes(held.version)
    stay = ~np.isin(held.person, moves.person)
    person = np.concatenate([held.person[stay], moves.person])
    customer = np.concatenate([held.customer[stay], moves.customer])
    order = np.argsort(person, kind="stable")
    return Persons(person=person[order], customer=customer[order], version=moves.version)
