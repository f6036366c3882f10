"""The reserve: a file that can be given up when the disk is full, so that erasing and compacting still work."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError

from sojourn.kit.errors import SojournError

R = TypeVar("R")


class DiskFullError(SojournError):
    """The disk is full, and the reserve was not enough."""

    code = "disk_full"
    status = 507


def path() -> Path:
    """Say where the reserve lies."""
    return Path(settings.SOJOURN.data / "reserve")


def size() -> int:
    """Give the size of the reserve as it stands, in bytes."""
    try:
        return path().stat().st_size
    except FileNotFoundError:
        return 0


def ensure() -> None:
    """Put the reserve back when the disk has room for it and as much again."""
    wanted = settings.SOJOURN.reserve_bytes
    if size() >= wanted or shutil.disk_usage(settings.SOJOURN.data).free < 2 * wanted:
        return
    descriptor = os.open(path(), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, wanted)
    except OSError:
        path().unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def release() -> None:
    """Give the reserve's room to whoever needs it."""
    path().unlink(missing_ok=True)


def with_room(work: Callable[[], R]) -> R:
    """Do something that needs disk space; when there is none, release the reserve and try once more.

    Raise DiskFullError when that was not enough.
    """
    try:
        return work()
    except (OSError, OperationalError) as error:
        if not is_full(error):
            raise
    release()
    try:
        return work()
    except (OSError, OperationalError) as error:
        if not is_full(error):
            raise
        raise DiskFullError("The disk is full. Nothing is lost; make room, and this goes on by itself.") from error


def is_full(error: BaseException) -> bool:
    """Say whether an error means a full disk or quota."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return "disk is full" in str(error) or "disk I/O error" in str(error) or "No space left" in str(error)
