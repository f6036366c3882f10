"""Where delivered files lie until they are loaded, and the lock by which deliveries take turns."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import numpy as np
from django.conf import settings

from sojourn.domains.collection.models import DeliveryRow
from sojourn.engine.stream.files.rows import UnreadableFileError
from sojourn.kit import durable

PIECE_BYTES: Final = 1 << 20
TEXTS: Final = "texts"  # ids of sealed values that are stored already: 8 bytes each
STAGE: Final = "stage"


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
    """Delete a delivery's file and what was staged of it."""
    shutil.rmtree(folder(row), ignore_errors=True)


def note_texts(row: DeliveryRow, ids: list[int]) -> None:
    """Write down ids of texts before they are stored, so that a later run can take them back."""
    place = folder(row) / TEXTS
    with place.open("ab") as file:
        file.write(np.array(ids, "<i8").tobytes())
    durable.sync_file(place)


def noted_texts(row: DeliveryRow) -> list[int]:
    """Give the ids that were written down."""
    place = folder(row) / TEXTS
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
