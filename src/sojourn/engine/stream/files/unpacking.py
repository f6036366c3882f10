"""Files as bytes, unpacked when they are gzip, within bounds: a small file may unpack to more than any disk holds."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from sojourn.engine.stream.files.rows import UNPACKED_MAX, UnreadableFileError

RATIO_MAX: Final = 400  # bytes out of one; event logs come to 10 to 60, gzip can do 1,032
RATIO_FREE: Final = 64 << 20  # bytes from which the ratio counts


class BombError(UnreadableFileError):
    """A packed file unpacks to more than a file of events can be."""

    code = "bomb"


class Source:
    """A file on disk, read piece by piece; what is gzip comes unpacked, to `most` bytes."""

    def __init__(self, path: Path, *, compressed: bool, most: int = UNPACKED_MAX) -> None:
        self._disk = path.open("rb")
        self._file: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=self._disk) if compressed else self._disk
        self._compressed, self._bytes = compressed, path.stat().st_size
        self._most, self._given = most, 0

    @property
    def done(self) -> int:
        """Say how many bytes of the file on disk have been read."""
        return self._disk.tell()

    def seek(self, at: int) -> None:
        """Go to a place of what is read."""
        self._file.seek(at)

    def read(self, size: int) -> bytes:
        """Give the next bytes, fewer only at the end; raise UnreadableFileError at a bound, a break or damage."""
        try:
            piece = self._file.read(size)
        except (EOFError, OSError, zlib.error) as error:
            kind = "gzip file" if self._compressed else "file"
            raise UnreadableFileError(f"The {kind} is damaged or cut short ({error}); nothing entered.") from None
        if self._compressed:
            self._given += len(piece)
            self._check()
        return piece

    def _check(self) -> None:
        if self._given > self._most:
            raise BombError(f"The gzip file unpacks to more than {_size(self._most)} (SOJOURN_UNPACKED_MAX_BYTES).")
        if self._given > max(RATIO_FREE, RATIO_MAX * self._bytes):
            raise BombError(f"The gzip file unpacks to more than {RATIO_MAX} times its size: no file of events does.")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._disk.close()

    def __enter__(self) -> Source:
        """Give the source."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self.close()


def _size(most: int) -> str:
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if most >= unit:
            return f"{most / unit:,.0f} {name}"
    return f"{most} bytes"
