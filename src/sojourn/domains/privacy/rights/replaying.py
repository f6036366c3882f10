"""What a restore must do again: erasures since the backup, before anybody sees what was restored."""

from __future__ import annotations

from typing import Any

import msgspec

from sojourn.domains.identity import actions as identity
from sojourn.domains.privacy.rights import erasing
from sojourn.domains.privacy.tables.rights import ErasureRow
from sojourn.domains.privacy.words.rights import ErasureState

BY = "restore"


class Grave(msgspec.Struct):
    """An erasure as it stands beside the backups: digests only."""

    erasure: int
    stones: list[tuple[str, str]]
    kept: list[dict[str, Any]] = []  # what a legal duty left, as the erasure's row has it


def since_backup() -> bytes:
    """Write down all erasures, as they are kept beside the backups."""
    kept = dict(ErasureRow.objects.values_list("pk", "kept"))
    graves = [
        Grave(erasure=erasure, stones=stones, kept=list(kept.get(erasure, [])))
        for erasure, stones in identity.standing_tombstones().items()
    ]
    return msgspec.json.encode(graves)


def replay(raw: bytes) -> int:
    """Erase again whom a restored state still has, lay all tombstones, and give the number of persons erased."""
    graves = {each.erasure: each for each in msgspec.json.decode(raw, type=list[Grave])}
    done = set(ErasureRow.objects.exclude(state=ErasureState.WAITING).values_list("pk", flat=True))
    ours = identity.standing_tombstones()
    missing = {n: each for n, each in graves.items() if n not in done or n not in ours}
    persons = identity.beneath({n: each.stones for n, each in missing.items()})
    for number, some in persons.items():
        row = ErasureRow(kept=missing[number].kept)
        asked = erasing.ask(persons=sorted(some), customers=1, by=BY, kept=row.kept_back())
        erasing.remove({"erasure": asked})
    for number, each in missing.items():
        identity.lay_again(each.stones, erasure=number)
    return sum(len(some) for some in persons.values())
