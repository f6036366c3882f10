"""Commands on the work process's one queue: erasing persons' rows, compacting on demand."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from django.db import router, transaction

from sojourn.domains.collection import hooks, reserve
from sojourn.domains.collection.actions.commit import Load, commit
from sojourn.domains.collection.actions.compaction import compact, delete_retired
from sojourn.domains.collection.contracts import Keep
from sojourn.domains.collection.manifest import live, note_removal
from sojourn.domains.collection.models import Command, SegmentRow
from sojourn.domains.collection.rewriting import without_persons
from sojourn.domains.collection.writing import writing
from sojourn.kit import durable

ERASE: Final = "erase"
COMPACT: Final = "compact"


def request_erasure(*, persons: Iterable[int]) -> int:
    """Ask the work process to take all rows of some persons out of the stream; give the command's number."""
    return _request(ERASE, {"persons": sorted(persons)})


def request_compaction() -> int:
    """Ask the work process to compact now; give the command's number."""
    return _request(COMPACT, {})


def run_commands() -> int:
    """Do the commands that wait, oldest first, and give their number; one that fails stays for the next time."""
    done = 0
    for command in Command.objects.filter(state="waiting").order_by("pk"):
        if command.kind == ERASE:
            erase(persons=command.arguments["persons"], command=command.pk)
        elif command.kind == COMPACT:
            compact(fresh_min=1)
            _finish(command.pk)
        else:
            hooks.COMMANDS[command.kind](command.arguments)
            _finish(command.pk)
        done += 1
    return done


def request(kind: str, **arguments: Any) -> int:
    """Ask the work process for a change of segments that a room above does (`hooks.COMMANDS`); give its number.

    Arguments are ids, never what is personal. The command may be done twice, when the process ends in the middle of it.
    """
    return _request(kind, arguments)


def is_requested(kind: str, **arguments: Any) -> bool:
    """Say whether such a command waits."""
    waiting = Command.objects.filter(kind=kind, state="waiting").values_list("arguments", flat=True)
    return arguments in list(waiting)


def erase(*, persons: Iterable[int], command: int | None = None, keep: Keep | None = None) -> int:
    """Take all rows of some persons out of every segment and ask `hooks.erase_persons`; give the number of rows.

    With `keep` what it names stays. Segment by segment, so that a full disk needs room for one only; a crash on the way
    leaves the command waiting, and doing it again is harmless. Old files go at once unless a lease holds them. Raise
    DiskFullError.
    """
    gone = tuple(sorted(set(persons)))
    rows, looked_at = 0, set[int]()
    while gone:
        todo = [row for row in live() if row.pk not in looked_at]
        for row in todo:
            rows += reserve.with_room(functools.partial(_erase_from, row.pk, gone, keep))
            looked_at.add(row.pk)
            durable.reach("erase.segment")
        with writing() as batch:
            if all(row.pk in looked_at for row in live()):
                reserve.with_room(functools.partial(_settle, batch, gone, rows, command, keep))
                break
    durable.reach("erase.after")
    delete_retired(grace_seconds=0)
    return rows


def _erase_from(segment: int, persons: tuple[int, ...], keep: Keep | None) -> int:
    with writing() as batch:
        row = next((each for each in live() if each.pk == segment), None)
        if row is None:
            return 0  # merged meanwhile; its successor is looked at in the next round
        rewritten = without_persons(row, persons, batch=batch, keep=keep)
        if not rewritten.old:
            return 0
        durable.reach("erase.written")
        try:
            with transaction.atomic(using=router.db_for_write(SegmentRow)):
                rewritten.apply()
                for low, high in _ranges(rewritten.ids):
                    note_removal(batch=batch, rows=high - low, low=low, high=high)
        except BaseException:
            rewritten.discard()
            raise
    delete_retired(grace_seconds=0)
    return rewritten.rows


def _ranges(ids: list[Any]) -> list[tuple[int, int]]:
    """Give event ids as ranges with exclusive ends."""
    if not ids:
        return []
    every = np.unique(np.concatenate(ids))
    cuts = np.flatnonzero(np.diff(every) != 1) + 1
    return [(int(run[0]), int(run[-1]) + 1) for run in np.split(every, cuts)]


def _settle(batch: int, persons: tuple[int, ...], rows: int, command: int | None, keep: Keep | None) -> None:
    def write() -> None:
        for person in persons:
            if keep is None:
                note_removal(batch=batch, rows=rows, person=person)
            else:  # the ranges stand already: an empty one says whose they are
                note_removal(batch=batch, rows=rows, person=person, low=0, high=0)
        for forget in hooks.erase_persons:
            if keep is not None and forget in hooks.ERASED_IN_PART:
                hooks.ERASED_IN_PART[forget](persons, keep)
            else:
                forget(persons)
        if command is not None:
            _finish(command)

    commit(Load(batch=batch, also=[write]))


def _request(kind: str, arguments: dict[str, Any]) -> int:
    def store() -> int:
        return Command.objects.create(kind=kind, arguments=arguments, created_us=time.time_ns() // 1_000).pk

    return reserve.with_room(store)  # an erasure can be asked for on a full disk


def _finish(command: int) -> None:
    Command.objects.filter(pk=command).update(state="done", finished_us=time.time_ns() // 1_000)
