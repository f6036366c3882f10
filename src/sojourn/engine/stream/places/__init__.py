"""Places outside that hold files to fetch: SFTP servers, object stores, databases.

Each needs a library that is loaded only here, in the job that fetches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sojourn.engine.stream.places.words import Address, DatabaseAddress, Place, SftpAddress


@contextmanager
def opened(address: Address, secret: str) -> Iterator[Place]:
    """Give the place at an address while the block lasts; raise PlaceError, also for whatever is asked of it there."""
    if isinstance(address, SftpAddress):
        from sojourn.engine.stream.places import sftp

        with sftp.opened(address, secret) as server:
            yield server
    elif isinstance(address, DatabaseAddress):
        from sojourn.engine.stream.places import databases

        with databases.opened(address, secret) as database:
            yield database
    else:
        from sojourn.engine.stream.places import objects

        with objects.opened(address, secret) as store:
            yield store
