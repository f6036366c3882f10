"""A new master key while everything runs: new values are sealed under it at once, old ones one after the other.

A killed run is begun again and finds what is left by the first bytes of each value, which name its key. Blind indexes
name none: rooms make all of them anew (`hooks.reindex`), and they are looked for under every key until that is done.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db import connections, transaction

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import hooks
from sojourn.domains.collection.actions.backups import BackupRunsError, turn
from sojourn.domains.collection.queries.keys import SealedTable, encryption, seconds_old, tables
from sojourn.domains.collection.writing import writing
from sojourn.kit import durable, jobs, keyring, sealing
from sojourn.kit.errors import ConflictError

AT_ONCE: Final = 500  # rows of one transaction: some milliseconds
OLDER_MAX: Final = 4  # each makes the opening of unnamed values slower
SETTLE_SECONDS: Final = 10  # after which every process has noticed a new key and committed what it had sealed


def rotate_key(*, viewer: Viewer) -> str:
    """Make a new master key, which seals from now on, and give its name; old values are sealed anew in the background.

    Raise ForbiddenError, ConflictError when there are too many, and SealingError where the environment holds them.
    """
    viewer.require(Right.BACKUPS_RUN)
    place = settings.SOJOURN
    if len(sealing.sealer(place).older) >= OLDER_MAX:
        raise ConflictError(f"There are {OLDER_MAX} older keys already; retire them first.")
    with turn(), writing():  # no backup has one half of it, no batch begins under one key and ends under another
        keyring.add(place)
        keep_root()
    name = sealing.sealer(place).newest.name.hex()
    access.audit(viewer=viewer, what="encryption.rotate", on=f"key:{name}")
    if not jobs.is_bound():  # no work process does it
        reseal()
    return name


def reindex() -> bool:
    """Have every blind index made anew under the newest key and say whether all are; safe to repeat and to kill.

    It waits until every search that knows older keys only has ended.
    """
    place = settings.SOJOURN
    sealer = sealing.sealer(place)
    if sealer.is_indexed:
        return True
    if seconds_old() < SETTLE_SECONDS:
        return False
    for answer in hooks.reindex:
        answer()
    with contextlib.suppress(BackupRunsError), turn(), writing():
        if sealing.sealer(place).newest.name == sealer.newest.name:  # else there is more to do
            keyring.keep_index(place, sealer.newest.name)
            return True
    return False


def keep_root() -> None:
    """Keep what must not change with the keys, sealed under the newest one."""
    sealer = sealing.sealer(settings.SOJOURN)
    if sealer.older:
        keyring.keep_root(settings.SOJOURN, sealing.seal_root(sealer))


def reseal() -> int:
    """Seal every value that an older key sealed under the newest one and give how many; safe to repeat and to kill."""
    keep_root()
    return sum(_reseal(table) for table in tables())


def retire_keys(*, viewer: Viewer) -> int:
    """Forget the older keys and give how many; raise ForbiddenError, and ConflictError while one is needed."""
    viewer.require(Right.BACKUPS_RUN)
    if not jobs.is_bound():  # no work process has done it
        reindex()
    with turn(), writing():  # nothing is being loaded that was sealed before
        state = encryption()
        if not state.older:
            raise ConflictError("There is one key only.")
        if state.seconds_old < SETTLE_SECONDS:
            raise ConflictError(f"The newest key is {state.seconds_old:.0f} s old; retire the others in a moment.")
        if state.waits_for:
            raise ConflictError(f"Older keys still seal something: {state.waits_for}. Nothing was changed.")
        keep_root()
        count = keyring.drop_older(settings.SOJOURN)
    access.audit(viewer=viewer, what="encryption.retire", on=f"key:{state.newest}", keys=str(count))
    return count


def _reseal(table: SealedTable) -> int:
    count = 0
    for rows in _old_rows(table):
        sealer = sealing.sealer(settings.SOJOURN)
        fresh = []
        for key, old in rows:
            try:
                opened = sealer.open(bytes(old), use=table.column.use)
            except sealing.SealingError:
                continue  # it stays as it is, and the older key cannot be retired: `encryption` counts it
            fresh.append((sealer.seal(opened, use=table.column.use), key, bytes(old)))
        with transaction.atomic(using=table.database), connections[table.database].cursor() as cursor:
            # What somebody wrote meanwhile is newer, and sealed under the new key already.
            cursor.executemany(table.replace, fresh)
        count += len(fresh)
        durable.reach("reseal.some")
        time.sleep(0)  # others want to write, too
    return count


def _old_rows(table: SealedTable) -> Iterator[list[tuple[Any, bytes]]]:
    prefix = sealing.sealer(settings.SOJOURN).prefix
    after: Any = None
    while True:
        with connections[table.database].cursor() as cursor:
            if after is None:
                cursor.execute(table.first, [prefix, AT_ONCE])
            else:
                cursor.execute(table.following, [prefix, after, AT_ONCE])
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def needs_resealing() -> bool:
    """Say whether there is something that an older key seals, or has indexed."""
    if not sealing.sealer(settings.SOJOURN).is_indexed:
        return True
    return bool(sealing.sealer(settings.SOJOURN).older) and any(each.waiting for each in encryption().columns)
