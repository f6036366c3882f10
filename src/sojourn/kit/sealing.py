"""Sealing: encryption of personal values under the newest of several keys, and blind indexes.

Each 32-byte key gives, by HKDF-SHA256, a key for each use. Values are sealed with AES-256-GCM and a random 96-bit
nonce, and carry the name of their key; what was sealed before keys had names is opened with whichever key fits. What
must not change when keys do (tombstones, sessions, digests of what is not kept) comes from the root (`kit.keyring`). A
blind index is a keyed BLAKE2b digest, so that equal values can be found without being read; it is made under the newest
key, and looked for under every key under which some may still stand.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sojourn.kit import keyring
from sojourn.kit.keyring import KEY_BYTES, Keyring, SealingError, derived
from sojourn.kit.settings import Settings

__all__ = ["BLIND_BYTES", "KEY_BYTES", "NAME_BYTES", "PREFIX_BYTES", "Sealer", "SealingError", "sealer"]

NONCE_BYTES = 12
BLIND_BYTES = 16
NAME_BYTES = 4
MARK: Final = b"\xe5"  # begins a sealed value that names its key; an old one begins so by chance, and is opened too
PREFIX_BYTES = len(MARK) + NAME_BYTES
LOOK_SECONDS: Final = 0.2  # until a new key is noticed


class Generation:
    """One key: its name and the ciphers of its uses."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise SealingError(f"The master key must be {KEY_BYTES} bytes long.")
        self.master = master
        self.name = hashlib.blake2b(master, digest_size=NAME_BYTES, person=b"sojourn key name").digest()
        self._ciphers: dict[str, AESGCM] = {}

    def derive(self, use: str) -> bytes:
        """Derive the 32-byte key of one use."""
        return derived(self.master, use)

    def cipher(self, use: str) -> AESGCM:
        """Give the cipher of one use."""
        if use not in self._ciphers:
            self._ciphers[use] = AESGCM(self.derive(use))
        return self._ciphers[use]


class Sealer:
    """Seals under the newest key, opens under all of them, and blindly indexes values; safe to share among threads.

    >>> sealer = Sealer(bytes(32))
    >>> sealer.open(sealer.seal(b"ana@example.com", use="trait"), use="trait")
    b'ana@example.com'
    >>> sealer.blind("email", "ana@example.com") == sealer.blind("email", "ana@example.com")
    True
    """

    def __init__(
        self,
        *masters: bytes,
        root: bytes | None = None,
        index: bytes = b"",
        look: Callable[[], Keyring | None] | None = None,
    ) -> None:
        self._root = root or masters[-1]
        self._generations: dict[bytes, Generation] = {}
        self._begun: dict[tuple[bytes, str], hashlib.blake2b] = {}
        self._fixed = self.derive("blind")
        self._take(masters, index)
        self._look, self._looked_at = look, time.monotonic()

    @property
    def newest(self) -> Generation:
        """The key that seals."""
        if self._look is not None and time.monotonic() - self._looked_at > LOOK_SECONDS:
            self.refresh()
        return self._newest

    @property
    def prefix(self) -> bytes:
        """What a value begins with that is sealed under the newest key."""
        return MARK + self.newest.name

    @property
    def older(self) -> tuple[Generation, ...]:
        """The keys that open only."""
        newest = self.newest
        return tuple(each for each in self._generations.values() if each is not newest)

    def refresh(self) -> None:
        """Look whether there is a newer key; a key file that cannot be read changes nothing."""
        self._looked_at = time.monotonic()
        with contextlib.suppress(OSError, SealingError):
            found = self._look() if self._look is not None else None
            if found is not None:
                self._take(found.masters, found.index)

    def generation(self, name: bytes) -> Generation | None:
        """Give the key of a name, also one that has come since the last look."""
        if name not in self._generations:
            self.refresh()
        return self._generations.get(name)

    def derive(self, use: str) -> bytes:
        """Derive the 32-byte key of a use that stays the same when keys are rotated."""
        return derived(self._root, use)

    def seal(self, value: bytes, *, use: str) -> bytes:
        """Encrypt a value; mark, the key's name and the nonce stand before the ciphertext."""
        return self.seal_many([value], use=use)[0]

    def seal_many(self, values: Sequence[bytes], *, use: str) -> list[bytes]:
        """Encrypt values, each with a nonce of its own, with one call to the operating system for all nonces."""
        nonces = os.urandom(NONCE_BYTES * len(values))
        newest = self.newest
        encrypt, begin = newest.cipher(use).encrypt, MARK + newest.name
        sealed = []
        for at, value in zip(range(0, len(nonces), NONCE_BYTES), values, strict=True):
            nonce = nonces[at : at + NONCE_BYTES]
            sealed.append(begin + nonce + encrypt(nonce, value, None))
        return sealed

    def open(self, sealed: bytes, *, use: str) -> bytes:
        """Decrypt a sealed value; raise SealingError when the key is wrong or the value was changed."""
        if sealed[:1] == MARK and (generation := self.generation(sealed[1:PREFIX_BYTES])) is not None:
            opened = _opened(generation, sealed[PREFIX_BYTES:], use)
            if opened is not None:
                return opened
        for generation in tuple(self._generations.values()):  # sealed before keys had names
            opened = _opened(generation, sealed, use)
            if opened is not None:
                return opened
        raise SealingError("A sealed value cannot be opened: wrong key, or the value was changed.")

    def blind(self, kind: str, value: str) -> bytes:
        """Digest a normalised value of a kind into 16 bytes that only the newest key can make."""
        return self.blind_many(kind, [value])[0]

    def blind_many(self, kind: str, values: Iterable[str]) -> list[bytes]:
        """Digest normalised values of a kind as `blind` does, to be stored."""
        return self._digests(self._index_keys[0], kind, values)

    def sought(self, kind: str, values: Sequence[str]) -> dict[bytes, str]:
        """Give every digest under which values of a kind may stand, with its value: more than one a value only while
        indexes are on their way to a new key.
        """
        return {
            digest: value
            for key in self._index_keys
            for digest, value in zip(self._digests(key, kind, values), values, strict=True)
        }

    def fixed(self, kind: str, value: str) -> bytes:
        """Digest a value of a kind as no rotation changes it: for what is not kept itself, and cannot be made anew."""
        return self._digests(self._fixed, kind, [value])[0]

    @property
    def is_indexed(self) -> bool:
        """Whether all blind indexes stand under the newest key."""
        return len(self._index_keys) == 1

    def _digests(self, key: bytes, kind: str, values: Iterable[str]) -> list[bytes]:
        begun = self._begun.get((key, kind))
        if begun is None:
            begun = self._begun[key, kind] = hashlib.blake2b(
                digest_size=BLIND_BYTES, key=key, person=kind.encode()[:16]
            )
        found = []
        for value in values:
            state = begun.copy()  # the key has gone in already: a third of the time of a fresh digest
            state.update(value.encode())
            found.append(state.digest())
        return found

    def _take(self, masters: Sequence[bytes], index: bytes) -> None:
        known = {each.master: each for each in self._generations.values()}
        found = [known.get(master) or Generation(master) for master in masters]
        self._newest = found[0]  # before the names: whoever seals now is understood by who opens
        self._generations = {each.name: each for each in found}
        keys = [each.derive("blind") for each in (found[:1] if index == found[0].name else found)]
        if not index:
            keys.append(self._fixed)  # where they began
        self._index_keys = tuple(dict.fromkeys(keys))


def sealer(settings: Settings) -> Sealer:
    """Give the sealer of this data folder, making the key file at the first call; it notices new keys by itself.

    Raise SealingError when a key cannot be read.
    """
    watch = keyring.Watch(settings)  # before reading: what changes in between is noticed later
    ring = keyring.read(settings)
    root = Sealer(*ring.masters).open(ring.root, use="root") if ring.root else None
    return Sealer(*ring.masters, root=root, index=ring.index, look=watch.look)


def seal_root(made: Sealer) -> bytes:
    """Seal a sealer's root under its newest key."""
    return made.seal(made._root, use="root")


def _opened(generation: Generation, sealed: bytes, use: str) -> bytes | None:
    try:
        return generation.cipher(use).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except (InvalidTag, ValueError):  # ValueError: too short to be sealed
        return None
