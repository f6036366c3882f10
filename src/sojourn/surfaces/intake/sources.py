"""The sources that may send, as the catalogue last published them; read again when the file changes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path

import msgspec

from sojourn.surfaces.intake.refusals import RequestRefusedError


class Source(msgspec.Struct, frozen=True):
    """What intake knows of a source; ``rate`` is events a second, 0 for no limit."""

    slug: str
    key_sha256: str
    strict: bool = False
    active: bool = True
    channel: str = ""
    rate: int = 0


class _Published(msgspec.Struct):
    sources: list[Source]


class Sources:
    """Finds a source by its write key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by_key: dict[str, Source] = {}
        self._stamp: tuple[int, int, int] | None = None
        self.refresh()

    def __len__(self) -> int:
        return len(self._by_key)

    def refresh(self) -> bool:
        """Read the file if it changed and say whether it was read; one that cannot be read changes nothing."""
        try:
            about = self._path.stat()
            stamp = (about.st_mtime_ns, about.st_size, about.st_ino)
            if stamp == self._stamp:
                return False
            published = msgspec.json.decode(self._path.read_bytes(), type=_Published)
        except (OSError, msgspec.DecodeError):
            return False
        self._by_key = {source.key_sha256: source for source in published.sources}
        self._stamp = stamp
        return True

    def find(self, key: str | None) -> Source:
        """Give the source of a write key; raise RequestRefusedError when there is none or it is switched off."""
        if not key:
            raise RequestRefusedError("no_write_key")
        wanted = hashlib.sha256(key.encode(errors="replace")).hexdigest()
        source = self._by_key.get(wanted)
        if source is None and self.refresh():  # made a moment ago
            source = self._by_key.get(wanted)
        if source is None:
            raise RequestRefusedError("bad_write_key")
        if not source.active:
            raise RequestRefusedError("source_inactive")
        return source


def key_in_header(authorization: bytes) -> str | None:
    """Give the write key of a Basic header, with or without the colon; None when the header is of another kind."""
    scheme, _, rest = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        text = base64.b64decode(rest.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise RequestRefusedError("bad_authorization") from None
    return text.partition(":")[0] or None
