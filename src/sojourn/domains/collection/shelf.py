"""Where delivered files lie until they are loaded, and the lock by which deliveries take turns."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import numpy as np
from django.conf import settings

from sojourn.domains.collection.contracts import DeliveryStatus
from sojourn.domains.collection.models import DeliveryRow
from sojourn.engine.stream.files.rows import UnreadableFileError
from sojourn.kit import durable

PIECE_BYTES: Final = 1 << 20
TEXTS: Final = "texts"  # ids of sealed values that are stored already: 8 bytes each
STAGE: Final = "stage"
BROKEN_OFF_US: Final = 24 * 3_600_000_000  # after which an upload that never ended is forgotten


class TooLargeError(UnreadableFileError):
    """The file is larger than the operator allows."""

    code = "too_large"
    status = 413


def folder(row: DeliveryRow) -> Path:
    """Say where everything of a delivery lies."""
    return Path(settings.SOJOURN.deliveries / f"{row.pk:09d}")


def path(row: DeliveryRow) -> Path:
    """Say where a delivery's file is."""
    return Path(settings.SOJOURN.deliveries / row.file)


def stored_name(name: str) -> str:
    """Make a harmless file name that keeps the endings, which say what a file should be."""
    endings = "".join(Path(name).suffixes[-2:])
    return "file" + re.sub(r"[^A-Za-z0-9.]", "", endings)[:20]


def store(stream: IO[bytes], target: Path, *, most: int) -> tuple[int, str]:
    """Copy a stream to a file, synced; give its size and digest. Raise TooLargeError and OSError: nothing is left."""
    durable.make_folder(target.parent)
    size, digest = 0, hashlib.blake2b(digest_size=16)
    try:
        with target.open("xb") as file:
            while piece := stream.read(PIECE_BYTES):
                size += len(piece)
                if size > most:
                    raise TooLargeError(f"The file is larger than {most >> 20} MB, the most that is taken.")
                digest.update(piece)
                file.write(piece)
        durable.sync_file(target)
    except BaseException:
        shutil.rmtree(target.parent, ignore_errors=True)
        raise
    durable.sync_folder(target.parent)
    return size, digest.hexdigest()


def clear(row: DeliveryRow) -> None:
    """Delete what lies of a delivery that is over.

    The ids of sealed texts stay while its rows are in the stream: a correction takes the texts out with them.
    """
    if row.status == DeliveryStatus.DONE and (folder(row) / TEXTS).exists():
        for each in folder(row).iterdir():
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            elif each.name != TEXTS:
                each.unlink(missing_ok=True)
    else:
        shutil.rmtree(folder(row), ignore_errors=True)


def sweep() -> None:
    """Delete what a killed process left of deliveries that are over, or that were never taken in whole."""
    long_ago = time.time_ns() // 1_000 - BROKEN_OFF_US
    DeliveryRow.objects.filter(file="", status=DeliveryStatus.WAITING, created_us__lt=long_ago).delete()
    open_ones = set(
        DeliveryRow.objects.filter(status__in=(DeliveryStatus.WAITING, DeliveryStatus.RUNNING)).values_list(
            "pk", flat=True
        )
    )
    done = {row.pk: row for row in DeliveryRow.objects.filter(status=DeliveryStatus.DONE)}
    for place in settings.SOJOURN.deliveries.iterdir():
        if not place.is_dir() or not place.name.isdigit() or int(place.name) in open_ones:
            continue
        row = done.get(int(place.name))
        if row is not None:
            clear(row)
        else:
            shutil.rmtree(place, ignore_errors=True)


def note_texts(row: DeliveryRow, ids: list[int]) -> None:
    """Write down ids of texts before they are stored, so that a later run can take them back."""
    place = folder(row) / TEXTS
    with place.open("ab") as file:
        file.write(np.array(ids, "<i8").tobytes())
    durable.sync_file(place)


def noted_texts(row: DeliveryRow) -> list[int]:
    """Give the ids that were written down."""
    return noted_texts_of(row.pk)


def noted_texts_of(number: int) -> list[int]:
    """Give the ids that were written down for a delivery of some number."""
    place = settings.SOJOURN.deliveries / f"{number:09d}" / TEXTS
    if not place.exists():
        return []
    data = place.read_bytes()
    return [int(each) for each in np.frombuffer(data[: len(data) // 8 * 8], "<i8")]


@contextmanager
def turn() -> Iterator[bool]:
    """Hold the lock of deliveries; gives False at once when another process is loading one."""
    durable.make_folder(settings.SOJOURN.deliveries)
    descriptor = os.open(settings.SOJOURN.deliveries / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
