"""One master at a time over a data folder: the server, or a command that runs without one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sojourn.kit.errors import SojournError

RESTORING: Final = "restoring.json"  # stands in a folder whose restore was not finished


class LockedError(SojournError):
    """A server or another command is working on the data folder."""

    code = "locked"
    status = 409


@contextmanager
def hold(folder: Path, *, restoring: bool = False) -> Iterator[None]:
    """Hold the data folder's lock; the operating system frees it when the process ends, however it ends.

    Raise LockedError at once, naming the holder's process, when somebody else holds it, and where a restore was not
    finished by anybody but the restore itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / RESTORING).exists() and not restoring:
        raise LockedError(f"A restore into {folder} was not finished. Call sojourn restore again; it goes on.")
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "another process"
            raise LockedError(
                f"The data folder {folder} is in use by process {holder}. Nothing was changed. "
                "Stop it, or wait until it is done."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_alive(pid: int) -> bool:
    """Say whether a process of this machine runs."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
