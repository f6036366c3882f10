"""The spool's folder: its files and their numbers, the lock of who writes, and the wish for the next file."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from sojourn.kit.errors import SojournError

SUFFIX: Final = ".spool"


class SpoolError(SojournError):
    """The spool cannot be written or was written by somebody else; nothing that was acknowledged is lost."""

    code = "spool"
    status = 503


def spool_bytes(folder: Path) -> int:
    """Sum the sizes of the spool's files, in bytes; a missing folder is empty."""
    return sum(size(path) for path in files(folder).values())


def ask_to_roll(folder: Path) -> int:
    """Ask whoever writes to close the newest file if it holds frames; give the number of that file, 0 without any."""
    newest = max(files(folder), default=0)
    if newest and asked(folder) < newest:
        write_number(folder / "roll", newest)
    return newest


def file_of(folder: Path, number: int) -> Path:
    """Name a file of the spool."""
    return folder / f"{number:010d}{SUFFIX}"


def files(folder: Path) -> dict[int, Path]:
    """Give the files of a spool by their numbers; a missing folder has none."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return {}
    found = (name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))
    return {int(stem): file_of(folder, int(stem)) for stem in found if stem.isdigit()}


def size(path: Path) -> int:
    """Give the bytes of a file, 0 when it is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def make_folder(folder: Path) -> bool:
    """Make the folder where it is missing and say whether it was."""
    if folder.exists():
        return False
    folder.mkdir(parents=True, mode=0o700)
    sync_folder(folder.parent)
    return True


def first_number(folder: Path, *, fresh: bool) -> int:
    """Give the number of a writer's first file, which no file ever had."""
    highest = max(files(folder), default=0)
    try:
        return max(int((folder / "next").read_text()), highest + 1)
    except FileNotFoundError:
        # Somebody removed the number file: the clock is higher than any number given so far, so that the loader,
        # which has passed the old numbers, does not take the new files for read ones.
        return 1 if fresh else max(int(time.time()), highest + 1)
    except ValueError:
        raise SpoolError(f"{folder / 'next'} does not hold a number; remove it to go on.") from None


def asked(folder: Path) -> int:
    """Give the number of the file that somebody asked to be closed, 0 when nobody has."""
    try:
        return int((folder / "roll").read_text())
    except (FileNotFoundError, ValueError):
        return 0


def write_next(folder: Path, number: int) -> None:
    """Note the number of the file after next, durably."""
    write_number(folder / "next", number)


def write_number(path: Path, number: int) -> None:
    """Write a number whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, b"%d\n" % number)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def locked(path: Path) -> int:
    """Take the lock of the one who writes; raise SpoolError when somebody holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise SpoolError(f"Another intake writes to {path.parent}; stop it first.") from None
    return descriptor
