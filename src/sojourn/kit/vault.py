"""A vault: a folder of backups whose parts are encrypted, named by what they hold, and stored once.

A file is cut into chunks; a chunk's name is a keyed digest of its content, so that what did not change since the last
backup (all segments, most of a database) is there already. A manifest names each file's chunks and digest. Everything
is sealed under a key made from a passphrase by scrypt (RFC 7914): who has the folder alone sees sizes and times.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sojourn.kit import durable
from sojourn.kit.errors import SojournError
from sojourn.kit.sealing import KEY_BYTES, Sealer, SealingError

CHUNK_BYTES: Final = 4 << 20
SAMPLE_BYTES: Final = 64 << 10
WORTH_PACKING: Final = 0.9
PLAIN, PACKED = b"\x00", b"\x01"
SCRYPT: Final = {"n": 1 << 15, "r": 8, "p": 1}
CHECK: Final = b"sojourn vault"
HEAD: Final = "vault.json"
SUFFIX: Final = ".manifest"


class VaultError(SojournError):
    """The passphrase is wrong, or a part of a backup is missing or was changed."""

    code = "vault"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file in a backup."""

    path: str
    size: int
    sha256: str
    chunks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One backup: its files, and what is said about it."""

    name: str
    files: tuple[Kept, ...]
    said: dict[str, Any]

    @property
    def size(self) -> int:
        """Bytes of all files, as they were."""
        return sum(each.size for each in self.files)


class Vault:
    """Stores and gives back files; raise VaultError for a wrong passphrase and for whatever is not as it was."""

    def __init__(self, folder: Path, passphrase: str) -> None:
        self._folder = folder
        if not (folder / HEAD).exists():
            _begin(folder, passphrase)
        head = json.loads((folder / HEAD).read_text())
        self._sealer = _sealer(passphrase, head)
        try:
            if self._sealer.open(base64.b64decode(head["check"]), use="vault") != CHECK:
                raise VaultError("This is not a vault of Sojourn.")
        except SealingError:
            raise VaultError("The passphrase does not open these backups.") from None
        self._naming = self._sealer.derive("chunk names")

    def put(self, path: str, stream: IO[bytes]) -> Kept:
        """Store a file and say how it is found again; chunks that are there already are not written."""
        whole, size, chunks = hashlib.sha256(), 0, []
        while chunk := stream.read(CHUNK_BYTES):
            whole.update(chunk)
            size += len(chunk)
            chunks.append(self._store(chunk))
        return Kept(path=path, size=size, sha256=whole.hexdigest(), chunks=tuple(chunks))

    def pieces(self, kept: Kept) -> Iterator[bytes]:
        """Give a file's chunks; raise VaultError at the end when they are not what was put."""
        whole = hashlib.sha256()
        for name in kept.chunks:
            chunk = self._chunk(name)
            whole.update(chunk)
            yield chunk
        if whole.hexdigest() != kept.sha256:
            raise VaultError(f"{kept.path} in the backup is not what was put there.")

    def write(self, manifest: Manifest) -> None:
        """Store a manifest: from now on the backup is there."""
        raw = self._sealer.seal(zlib.compress(json.dumps(asdict(manifest)).encode()), use="manifest")
        _write(self._folder / (manifest.name + SUFFIX), raw)

    def read(self, name: str) -> Manifest:
        """Read a manifest."""
        try:
            opened = self._sealer.open((self._folder / (name + SUFFIX)).read_bytes(), use="manifest")
        except FileNotFoundError:
            raise VaultError(f"There is no backup {name} here.") from None
        except SealingError:
            raise VaultError(f"The manifest of backup {name} was changed.") from None
        said = json.loads(zlib.decompress(opened))
        files = tuple(Kept(**{**each, "chunks": tuple(each["chunks"])}) for each in said["files"])
        return Manifest(name=said["name"], files=files, said=said["said"])

    def put_beside(self, name: str, raw: bytes) -> None:
        """Store something that belongs to all backups, in place of what was there."""
        _write(self._folder / name, self._sealer.seal(raw, use="beside"))

    def beside(self, name: str) -> bytes:
        """Give what was put beside the backups, b"" when nothing was."""
        try:
            return self._sealer.open((self._folder / name).read_bytes(), use="beside")
        except FileNotFoundError:
            return b""
        except SealingError:
            raise VaultError(f"{name} beside the backups was changed.") from None

    def keep_only(self, names: Sequence[str]) -> int:
        """Delete all other backups, and chunks that none of those kept needs; give how many chunks went."""
        needed = {chunk for name in names for file in self.read(name).files for chunk in file.chunks}
        for path in self._folder.glob("*" + SUFFIX):
            if path.name.removesuffix(SUFFIX) not in names:
                path.unlink()
        gone = [path for path in self._folder.glob("chunks/*/*") if path.name not in needed]
        for path in gone:
            path.unlink()
        return len(gone)

    def _store(self, chunk: bytes) -> str:
        name = hashlib.blake2b(chunk, key=self._naming, digest_size=20).hexdigest()
        path = self._path(name)
        if not path.exists():
            durable.make_folder(path.parent)
            _write(path, self._sealer.seal(_packed(chunk), use="chunk"))
        return name

    def _chunk(self, name: str) -> bytes:
        try:
            opened = self._sealer.open(self._path(name).read_bytes(), use="chunk")
        except FileNotFoundError:
            raise VaultError(f"A part of the backup is missing: {name}.") from None
        except SealingError:
            raise VaultError(f"A part of the backup was changed: {name}.") from None
        return zlib.decompress(opened[1:]) if opened[:1] == PACKED else opened[1:]

    def _path(self, name: str) -> Path:
        return self._folder / "chunks" / name[:2] / name


def backups(folder: Path) -> tuple[str, ...]:
    """Name the backups in a folder, newest first; no passphrase is needed."""
    return tuple(sorted((path.name.removesuffix(SUFFIX) for path in folder.glob("*" + SUFFIX)), reverse=True))


def _packed(chunk: bytes) -> bytes:
    if len(zlib.compress(chunk[:SAMPLE_BYTES], 1)) > WORTH_PACKING * min(len(chunk), SAMPLE_BYTES):
        return PLAIN + chunk
    return PACKED + zlib.compress(chunk, 1)


def _begin(folder: Path, passphrase: str) -> None:
    durable.make_folder(folder)
    head = {"version": 1, "salt": base64.b64encode(secrets.token_bytes(16)).decode(), **SCRYPT}
    check = _sealer(passphrase, head).seal(CHECK, use="vault")
    _write(folder / HEAD, json.dumps({**head, "check": base64.b64encode(check).decode()}).encode())


def _sealer(passphrase: str, head: dict[str, Any]) -> Sealer:
    if head.get("version") != 1:
        raise VaultError("These backups were made by a newer version.")
    scrypt = Scrypt(salt=base64.b64decode(head["salt"]), length=KEY_BYTES, n=head["n"], r=head["r"], p=head["p"])
    return Sealer(scrypt.derive(passphrase.strip().encode()))


def _write(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    durable.sync_folder(path.parent)
