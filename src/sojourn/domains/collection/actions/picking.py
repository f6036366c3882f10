"""Rounds: fetch what is new at each place that is due, and hand it in.

A round that is killed repeats: a file is noted as taken after it was handed in, and handing the same content in twice
adds nothing.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import control
from sojourn.domains.collection import pickups as thought
from sojourn.domains.collection.actions.deliveries import NOT_SAID, begin, start
from sojourn.domains.collection.contracts import ControlTotals
from sojourn.domains.collection.models import PickedRow, PickupRow
from sojourn.domains.collection.queries.pickups import marks, place_of, secret_of
from sojourn.domains.collection.rules import CONTROL
from sojourn.engine.stream import places
from sojourn.engine.stream.places.words import Place, Remote
from sojourn.kit import durable
from sojourn.kit.errors import SojournError
from sojourn.kit.period import instant

TAKEN_MAX: Final = 200  # files of one round; the next one takes more
FETCHED: Final = frozenset({"new", "changed"})


def is_pickup_due() -> bool:
    """Say whether a round is due."""
    return PickupRow.objects.filter(is_active=True, next_us__lte=time.time_ns() // 1_000).exists()


def pick_up() -> int:
    """Do the rounds that are due, one after the other, and give how many files were handed in."""
    due = PickupRow.objects.filter(is_active=True, next_us__lte=time.time_ns() // 1_000).order_by("next_us", "pk")
    return sum(_round(row) for row in due)


def _round(row: PickupRow) -> int:
    now, taken, message = time.time_ns() // 1_000, 0, ""
    folder = settings.SOJOURN.temporary / f"pickup-{row.pk}"
    shutil.rmtree(folder, ignore_errors=True)
    durable.make_folder(folder)
    try:
        with places.opened(place_of(row, until_us=now), secret_of(row)) as place:
            taken, message = _take(row, place, folder)
    except SojournError as error:
        message = error.message
    except OSError as error:
        message = f"The disk refused ({error.strerror or type(error).__name__})."
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _note(row, now, message)
    return taken


def _take(row: PickupRow, place: Place, folder: Path) -> tuple[int, str]:
    """Hand in what is new; give how many files, and why others were not."""
    terms, listed = row.terms(), {each.name: each for each in place.files()}
    wanted = [each.name for each in thought.seen(terms, listed.values(), marks(row)) if each.what in FETCHED]
    refused: list[str] = []
    for name in wanted[:TAKEN_MAX]:
        try:
            _hand_in(row, place, listed[name], folder, beside=listed.get(name + CONTROL))
        except SojournError as error:
            refused.append(error.message)
    return len(wanted[:TAKEN_MAX]) - len(refused), " ".join(refused)


def _hand_in(row: PickupRow, place: Place, remote: Remote, folder: Path, beside: Remote | None) -> None:
    totals = _control(place, beside, folder) if row.has_control and beside is not None else NOT_SAID
    file = folder / "file"
    try:
        place.fetch(remote, file, most=settings.SOJOURN.pickup_max_bytes)
        taken = begin(
            source=row.source,
            name=remote.name,
            file=file,
            mapping=row.preset or None,
            control=totals,
            viewer=SYSTEM,
        )
        start(delivery=taken.id, viewer=SYSTEM)
    finally:
        file.unlink(missing_ok=True)
    with transaction.atomic(using=router.db_for_write(PickedRow)):
        PickedRow.objects.update_or_create(
            pickup=row, name=remote.name, defaults={"mark": remote.mark, "delivery": taken.id}
        )


def _control(place: Place, beside: Remote, folder: Path) -> ControlTotals:
    file = folder / "control"
    try:
        place.fetch(beside, file, most=control.BYTES_MAX)
        return control.read(file.read_bytes())
    finally:
        file.unlink(missing_ok=True)


def _note(row: PickupRow, now_us: int, message: str) -> None:
    failures = row.failures + 1 if message else 0
    following = thought.following(row.terms(), after=instant(time.time_ns() // 1_000), failures=failures)
    changes = {"last_us": now_us, "message": message[:500], "failures": failures}
    if not message:
        changes["since_us"] = now_us
    with transaction.atomic(using=router.db_for_write(PickupRow)):
        PickupRow.objects.filter(pk=row.pk).update(**changes, next_us=int(following.timestamp() * 1_000_000))
