"""Sealing: the master key, encryption of personal values, and blind indexes.

One 32-byte master key gives, by HKDF-SHA256, a key for each use. Values are sealed with AES-256-GCM and a random
96-bit nonce; a blind index is a keyed BLAKE2b digest, so that equal values can be found without being read.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sojourn.kit.errors import SojournError
from sojourn.kit.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
BLIND_BYTES = 16


class SealingError(SojournError):
    """The key is missing or wrong, or a sealed value was changed."""

    code = "sealing"
    status = 500


class Sealer:
    """Seals, opens and blindly indexes values under one master key.

    >>> sealer = Sealer(bytes(32))
    >>> sealer.open(sealer.seal(b"ana@example.com", use="trait"), use="trait")
    b'ana@example.com'
    >>> sealer.blind("email", "ana@example.com") == sealer.blind("email", "ana@example.com")
    True
    """

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise SealingError(f"The master key must be {KEY_BYTES} bytes long.")
        self._master = master
        self._ciphers: dict[str, AESGCM] = {}
        self._blinds: dict[str, hashlib.blake2b] = {}
        self._blind_key = self.derive("blind")

    def derive(self, use: str) -> bytes:
        """Derive the 32-byte key of one use."""
        kdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"sojourn:" + use.encode())
        return kdf.derive(self._master)

    def seal(self, value: bytes, *, use: str) -> bytes:
        """Encrypt a value; the nonce stands before the ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher(use).encrypt(nonce, value, None)

    def seal_many(self, values: Sequence[bytes], *, use: str) -> list[bytes]:
        """Encrypt values, each with a nonce of its own, with one call to the operating system for all nonces."""
        nonces = os.urandom(NONCE_BYTES * len(values))
        encrypt = self._cipher(use).encrypt
        sealed = []
        for at, value in zip(range(0, len(nonces), NONCE_BYTES), values, strict=True):
            nonce = nonces[at : at + NONCE_BYTES]
            sealed.append(nonce + encrypt(nonce, value, None))
        return sealed

    def open(self, sealed: bytes, *, use: str) -> bytes:
        """Decrypt a sealed value; raise SealingError when the key is wrong or the value was changed."""
        try:
            return self._cipher(use).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except InvalidTag:
            raise SealingError("A sealed value cannot be opened: wrong key, or the value was changed.") from None

    def blind(self, kind: str, value: str) -> bytes:
        """Digest a normalised value of a kind into 16 bytes that only this key can make."""
        return self.blind_many(kind, [value])[0]

    def blind_many(self, kind: str, values: Iterable[str]) -> list[bytes]:
        """Digest normalised values of a kind as `blind` does."""
        begun = self._blinds.get(kind)
        if begun is None:
            begun = self._blinds[kind] = hashlib.blake2b(
                digest_size=BLIND_BYTES, key=self._blind_key, person=kind.encode()[:16]
            )
        found = []
        for value in values:
            state = begun.copy()  # the key has gone in already: a third of the time of a fresh digest
            state.update(value.encode())
            found.append(state.digest())
        return found

    def _cipher(self, use: str) -> AESGCM:
        if use not in self._ciphers:
            self._ciphers[use] = AESGCM(self.derive(use))
        return self._ciphers[use]


def sealer(settings: Settings) -> Sealer:
    """Give the sealer of this data folder, making the key file at the first call.

    Raise SealingError when the key cannot be read.
    """
    if settings.key:
        return _checked(Sealer(_decoded(settings.key, "SOJOURN_KEY")), settings)
    if not settings.keys_file.exists():
        if _mark(settings).exists() or any(settings.segments.rglob("*.parquet")):
            raise SealingError(f"The key file {settings.keys_file} is missing. Nothing was changed; put it back.")
        _make_key_file(settings.keys_file)
    return _checked(Sealer(_decoded(settings.keys_file.read_text(), "The key file")), settings)


def _mark(settings: Settings) -> Path:
    return settings.data / "key.mark"  # not beside the key: whoever loses one must not lose both


def _checked(found: Sealer, settings: Settings) -> Sealer:
    """Compare a key with the mark that the first one left: another would open nothing and know nobody."""
    mark, ours = _mark(settings), found.blind("mark", "sojourn").hex()
    try:
        said = mark.read_text().strip()
    except FileNotFoundError:
        with contextlib.suppress(OSError):  # a folder that cannot be written to is no worse off without
            fresh = mark.with_suffix(f".{secrets.token_hex(4)}")
            fresh.write_text(ours)
            fresh.replace(mark)
        return found
    if said != ours:
        raise SealingError("This is not the key that sealed this data folder. Nothing was changed; put that key back.")
    return found


def _decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise SealingError(f"{where} does not hold base64.") from None


def _make_key_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # never overwrites: the first of two processes wins
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
