"""The keys of a data folder: in the environment or in the key file, the newest first, and which of them are in use.

The **root** is a secret that never changes; everything comes from it that must stay the same when keys are rotated. At
first it is the only key; from the first rotation on it lies in `keys/root`, sealed under the newest key. `key.mark`
names every key that may still seal something, so that one which is missing is noticed at the start and not later.
`keys/index` names the key under which all blind indexes stand; where it names another than the newest, or is not there
(they come from the root then), they are on their way to the newest.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sojourn.kit import durable
from sojourn.kit.errors import SojournError
from sojourn.kit.settings import Settings

KEY_BYTES: Final = 32


class SealingError(SojournError):
    """The key is missing or wrong, or a sealed value was changed."""

    code = "sealing"
    status = 500


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The keys, newest first, the sealed root ("" while it is the only key), and the name of the key of all indexes."""

    masters: tuple[bytes, ...]
    root: bytes = b""
    index: bytes = b""


class Watch:
    """Notices that the key file has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._seen = settings, _seen(settings)

    def look(self) -> Keyring | None:
        """Give the keys when they have changed since the last look."""
        now = _seen(self._settings)
        if now == self._seen or now is None:
            return None
        self._seen = now
        return _read(self._settings, _masters(self._settings))


def read(settings: Settings) -> Keyring:
    """Read the keys, making the key file at the first call; raise SealingError when one is missing or unreadable."""
    if not settings.key and not settings.keys_file.exists():
        if _mark(settings).exists() or any(settings.segments.rglob("*.parquet")):
            raise SealingError(f"The key file {settings.keys_file} is missing. Nothing was changed; put it back.")
        _make(settings.keys_file)
    masters = _masters(settings)
    if _check(settings, masters):
        return _read(settings, masters)
    raise SealingError("This is not the key that sealed this data folder. Nothing was changed; put that key back.")


def add(settings: Settings) -> None:
    """Put a new key before the others in the key file; raise SealingError where the environment holds the keys."""
    if settings.key:
        raise SealingError(
            "The keys are in SOJOURN_KEY. Put a new one before the old one, with a comma between them, and restart."
        )
    masters = (secrets.token_bytes(KEY_BYTES), *_masters(settings))
    _replace(settings.keys_file, "".join(f"{_encoded(each)}\n" for each in masters))
    _write_mark(settings, masters)  # afterwards: it must not name a key that is not there


def keep_root(settings: Settings, sealed: bytes) -> None:
    """Keep the root, sealed under the newest key."""
    durable.make_folder(_root_file(settings).parent)
    _replace(_root_file(settings), _encoded(sealed) + "\n")


def keep_index(settings: Settings, name: bytes) -> None:
    """Note that all blind indexes stand under the key of a name."""
    durable.make_folder(_index_file(settings).parent)
    _replace(_index_file(settings), name.hex() + "\n")


def drop_older(settings: Settings) -> int:
    """Forget all keys but the newest and give how many; keys in the environment are only noted as free to go."""
    masters = _masters(settings)
    _write_mark(settings, masters[:1])
    if not settings.key:
        _replace(settings.keys_file, _encoded(masters[0]) + "\n")
    return len(masters) - 1


def derived(master: bytes, use: str) -> bytes:
    """Derive the 32-byte key of one use from a key."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"sojourn:" + use.encode())
    return kdf.derive(master)


def _masters(settings: Settings) -> tuple[bytes, ...]:
    if settings.key:
        return _decoded(settings.key.split(","), "SOJOURN_KEY")
    return _decoded(settings.keys_file.read_text().split(), "The key file")


def _decoded(texts: Sequence[str], where: str) -> tuple[bytes, ...]:
    try:
        found = tuple(base64.b64decode(text.strip(), validate=True) for text in texts)
    except binascii.Error:
        raise SealingError(f"{where} does not hold base64.") from None
    if not found or any(len(each) != KEY_BYTES for each in found):
        raise SealingError(f"The master key must be {KEY_BYTES} bytes long.")
    return found


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _root(settings: Settings) -> bytes:
    try:
        return base64.b64decode(_root_file(settings).read_text())
    except FileNotFoundError:
        return b""


def _read(settings: Settings, masters: tuple[bytes, ...]) -> Keyring:
    return Keyring(masters=masters, root=_root(settings), index=_index(settings))


def _index(settings: Settings) -> bytes:
    try:
        return bytes.fromhex(_index_file(settings).read_text())
    except FileNotFoundError:
        return b""


def _index_file(settings: Settings) -> Path:
    return settings.keys_file.with_name("index")


def _root_file(settings: Settings) -> Path:
    return settings.keys_file.with_name("root")


def _seen(settings: Settings) -> tuple[tuple[int, int, int], ...] | None:
    if settings.key:
        return None  # the environment of a process does not change
    keys = _state(settings.keys_file)
    return None if keys is None else (keys, _state(_index_file(settings)) or (0, 0, 0))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _mark(settings: Settings) -> Path:
    return settings.data / "key.mark"  # not beside the key: whoever loses one must not lose both


def _check(settings: Settings, masters: Sequence[bytes]) -> bool:
    """Say whether all keys in use are there, and note the ones that are new."""
    ours = [_name(each) for each in masters]
    try:
        said = _mark(settings).read_text().split()
    except FileNotFoundError:
        said = []
    if not set(said) <= set(ours):
        return False
    if set(said) != set(ours):
        with contextlib.suppress(OSError):  # a folder that cannot be written to is no worse off without
            _write_mark(settings, masters)
    return True


def _write_mark(settings: Settings, masters: Sequence[bytes]) -> None:
    _replace(_mark(settings), "".join(f"{_name(each)}\n" for each in masters))


def _name(master: bytes) -> str:
    """Name a key in the mark, by a digest that only the key can make."""
    return hashlib.blake2b(b"sojourn", digest_size=16, key=derived(master, "blind"), person=b"mark").hexdigest()


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    _write(fresh, text)
    fresh.replace(path)
    durable.sync_folder(path.parent)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    _write(fresh, _encoded(secrets.token_bytes(KEY_BYTES)) + "\n")
    try:
        os.link(fresh, path)  # never overwrites: the first of two processes wins
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
