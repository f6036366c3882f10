"""The spool: an encrypted, append-only log between intake and the loader.

A file begins with a header (magic, number, salt) that is synced before the first frame. A frame is one record:
length and first ordinal in the clear, then the frame as MessagePack under AES-256-GCM. The key belongs to the file
(number and salt), the nonce is the record's offset, and both clear numbers are authenticated. The salt begins with the
name of the master key; files of the first form, without it, come from the root. A writer always begins a new file (also
when there is a newer master key) and never touches an old one, so no place and no nonce is ever used twice.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sojourn.engine.stream.spoolfolder import (
    SpoolError,
    ask_to_roll,
    asked,
    file_of,
    files,
    first_number,
    locked,
    make_folder,
    size,
    spool_bytes,
    sync_folder,
    write_next,
)
from sojourn.kit.sealing import NAME_BYTES, Sealer, SealingError

__all__ = [
    "HEADER",
    "Frame",
    "Position",
    "Refused",
    "SpoolError",
    "SpoolReader",
    "SpoolWriter",
    "ask_to_roll",
    "spool_bytes",
]

MAGIC: Final = b"SJSPOOL2"
MAGIC_UNNAMED: Final = b"SJSPOOL1"  # the key's name does not stand in the salt
SALT_BYTES: Final = 16
HEADER: Final = struct.Struct(">8sQ16s")
RECORD: Final = struct.Struct(">II")  # bytes of the ciphertext, ordinal of the first item
SEGMENT_LIMIT: Final = 1 << 31
ORDINAL_LIMIT: Final = 1 << 30
CHUNK_BYTES: Final = 8 << 20
BUFFERS_AT_ONCE: Final = 512  # below IOV_MAX


class Position(NamedTuple):
    """A place between two frames: file number, bytes and items before it in that file."""

    segment: int = 0
    offset: int = 0
    ordinal: int = 0


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """An item that was not taken, with the reason and what was sent (may be cut)."""

    index: int
    message_id: str | None
    code: str
    reason: str
    raw: bytes


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """What one request brought: events (raw JSON objects), or refused items."""

    source: str
    kind: Literal["items", "refused"]
    received_at: int  # microseconds since the epoch
    sent_at: int | None = None  # by the client's clock
    user_agent: str = ""
    context: bytes | None = None  # raw JSON that belongs to every item
    integrations: bytes | None = None
    items: list[bytes] = []
    refused: list[Refused] = []
    has_signal: bool = False  # the browser asked by Sec-GPC: 1 not to sell or share

    @property
    def size(self) -> int:
        """Count the items, good or refused: the ordinals that the frame takes."""
        return len(self.items) + len(self.refused)


class SpoolWriter:
    """Appends frames durably; one writer a folder, which is held by a lock until ``close``."""

    def __init__(self, folder: Path, sealer: Sealer, segment_bytes: int) -> None:
        self._folder, self._sealer, self._segment_bytes = folder, sealer, segment_bytes
        fresh = make_folder(folder)
        self._lock = locked(folder / "lock")
        self._file = -1
        self._broken = False
        self._number = first_number(folder, fresh=fresh)
        self._begin()

    @property
    def position(self) -> Position:
        """The place after the last frame written."""
        return Position(self._number, self._offset, self._ordinal)

    def append(self, frames: list[Frame]) -> Position:
        """Write frames and return when they are on disk; give the place after them.

        Raise SpoolError when the disk refuses; the writer is then broken for good, because after a failed sync
        nobody knows which pages are on disk.
        """
        if self._broken:
            raise SpoolError("The spool could not be written earlier; restart intake once the disk is well.")
        items = sum(frame.size for frame in frames)
        is_full = self._offset >= self._segment_bytes or self._ordinal + items >= ORDINAL_LIMIT
        if is_full or self._sealer.newest.name != self._key:
            self.roll(anyhow=not is_full)
        try:
            self._write([part for frame in frames for part in self._sealed(frame)])
            os.fdatasync(self._file)
        except OSError as error:
            self._broken = True
            raise SpoolError(f"The spool cannot be written: {error.strerror}.") from error
        return self.position

    def roll(self, *, anyhow: bool = False) -> None:
        """Close a file that holds frames, or any, and begin the next, so that the loader can delete the closed one."""
        if self._ordinal == 0 and self._offset == HEADER.size and not anyhow:
            return
        os.close(self._file)
        self._file = -1
        self._number += 1
        self._begin()

    def roll_if_asked(self) -> None:
        """Begin the next file when somebody asked for it (`ask_to_roll`) since this one was begun."""
        if asked(self._folder) >= self._number:
            self.roll()

    def close(self) -> None:
        """Let go of the file and the lock."""
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1
        self._broken = True

    def _begin(self) -> None:
        if self._number >= SEGMENT_LIMIT:
            raise SpoolError("The spool has used up its file numbers.")
        self._key = self._sealer.newest.name
        salt = self._key + os.urandom(SALT_BYTES - NAME_BYTES)
        try:
            write_next(self._folder, self._number + 1)  # before the file: a number is never given twice
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._file = os.open(file_of(self._folder, self._number), flags, 0o600)
            self._offset = os.write(self._file, HEADER.pack(MAGIC, self._number, salt))
            os.fsync(self._file)
            sync_folder(self._folder)
        except OSError as error:
            self._broken = True
            raise SpoolError(f"A spool file cannot be made: {error.strerror}.") from error
        self._cipher = _named_cipher(self._sealer, self._number, salt)
        self._ordinal = 0

    def _sealed(self, frame: Frame) -> tuple[bytes, bytes]:
        plain = msgspec.msgpack.encode(frame)
        clear = RECORD.pack(len(plain) + 16, self._ordinal)
        sealed = self._cipher.encrypt(_nonce(self._offset), plain, clear)
        self._offset += len(clear) + len(sealed)
        self._ordinal += frame.size
        return clear, sealed

    def _write(self, parts: list[bytes]) -> None:
        for at in range(0, len(parts), BUFFERS_AT_ONCE):
            some = parts[at : at + BUFFERS_AT_ONCE]
            written = os.writev(self._file, some)
            if written < sum(map(len, some)):  # a signal or a full disk cut it: the rest says which
                rest = memoryview(b"".join(some))[written:]
                while rest:
                    rest = rest[os.write(self._file, rest) :]


class SpoolReader:
    """Reads frames in the order in which they were written; opens files for reading only."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder, self._sealer = folder, sealer
        self._ciphers: dict[int, AESGCM] = {}
        self.damaged: list[Position] = []  # unreadable records with readable ones behind them: not a torn tail

    def read(self, after: Position, max_items: int) -> list[tuple[Position, Frame]]:
        """Give the frames behind a place, each with the place after it, at least one and about ``max_items`` items.

        The items of a frame have the ordinals ``position.ordinal - frame.size`` and on. A tail that was cut by a
        crash was never acknowledged: it is skipped once a newer file exists, and waited for otherwise.
        """
        # Listed before reading: what a newer file closes then holds no frame that is read too late.
        numbers = sorted(files(self._folder))
        found: list[tuple[Position, Frame]] = []
        for number in (n for n in numbers if n >= after.segment):
            start = after if number == after.segment else Position(number, HEADER.size, 0)
            self._read_file(number, max(start.offset, HEADER.size), max_items, found)
            if _items(found) >= max_items:
                break
        return found

    def keys_in_use(self, after: Position) -> set[bytes]:
        """Name the master keys of files that hold frames behind a place; files without a name need none of them."""
        names = set()
        for number in (n for n in sorted(files(self._folder)) if n >= after.segment):
            start = after if number == after.segment else Position(number, HEADER.size, 0)
            if self._next_in_file(start):
                with file_of(self._folder, number).open("rb") as file:
                    head = file.read(HEADER.size)
                if head[:8] == MAGIC:
                    names.add(HEADER.unpack(head)[2][:NAME_BYTES])
        return names

    def delete(self, done: Position) -> int:
        """Delete the closed files that lie wholly before a place, give their count; the loader's last step."""
        numbers = sorted(files(self._folder))
        gone = [n for n in numbers if n < done.segment]
        if numbers and done.segment in numbers[:-1] and not self._next_in_file(done):
            gone.append(done.segment)
        for number in gone:
            file_of(self._folder, number).unlink(missing_ok=True)
            self._ciphers.pop(number, None)
        if gone:
            sync_folder(self._folder)
        return len(gone)

    def newest(self) -> int:
        """Give the number of the newest file, 0 without any."""
        return max(files(self._folder), default=0)

    def holds_frames(self, number: int) -> bool:
        """Say whether a file holds more than its header."""
        return size(file_of(self._folder, number)) > HEADER.size

    def empty(self, done: Position) -> bool:
        """Delete all files, the newest too, where all is loaded and nobody writes; say whether that was so."""
        try:
            lock = locked(self._folder / "lock")
        except SpoolError:
            return False
        try:
            if self.read(done, 1):
                return False
            for path in files(self._folder).values():
                path.unlink(missing_ok=True)
            sync_folder(self._folder)
            self._ciphers.clear()
            return True
        finally:
            os.close(lock)

    def _next_in_file(self, after: Position) -> list[tuple[Position, Frame]]:
        """Give the first frame behind a place in that place's own file, or nothing."""
        found: list[tuple[Position, Frame]] = []
        self._read_file(after.segment, max(after.offset, HEADER.size), 1, found)
        return found

    def _read_file(self, number: int, offset: int, max_items: int, found: list[tuple[Position, Frame]]) -> None:
        try:
            file = os.open(file_of(self._folder, number), os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            holds_more = os.fstat(file).st_size > offset + RECORD.size  # a file that is read needs its key no more
            cipher = self._cipher_of(number, file) if holds_more else None
            if cipher is not None:
                _Scan(number, file, cipher, self.damaged).run(offset, max_items, found)
        finally:
            os.close(file)

    def _cipher_of(self, number: int, file: int) -> AESGCM | None:
        if number not in self._ciphers:
            head = os.pread(file, HEADER.size, 0)
            if len(head) < HEADER.size or head[:8] not in (MAGIC, MAGIC_UNNAMED):
                return None  # cut before its header was synced: it never held an acknowledged frame
            cipher = _named_cipher if head[:8] == MAGIC else _unnamed_cipher
            self._ciphers[number] = cipher(self._sealer, number, HEADER.unpack(head)[2])
        return self._ciphers[number]


class _Scan:
    """One pass over the records of one file."""

    def __init__(self, number: int, file: int, cipher: AESGCM, damaged: list[Position]) -> None:
        self._number, self._file, self._cipher, self._damaged = number, file, cipher, damaged
        self._base, self._chunk = 0, b""

    def run(self, offset: int, max_items: int, found: list[tuple[Position, Frame]]) -> None:
        suspects: list[Position] = []
        items = _items(found)
        while items < max_items:
            clear = self._bytes(offset, RECORD.size)
            if len(clear) < RECORD.size:
                return
            length, ordinal = RECORD.unpack(clear)
            sealed = self._bytes(offset + RECORD.size, length)
            if length <= 16 or len(sealed) < length:
                return
            end = offset + RECORD.size + length
            frame = self._opened(offset, clear, sealed)
            if frame is None:
                suspects.append(Position(self._number, offset, ordinal))
            else:
                self._damaged += [each for each in suspects if each not in self._damaged]
                suspects.clear()
                found.append((Position(self._number, end, ordinal + frame.size), frame))
                items += max(frame.size, 1)
            offset = end

    def _opened(self, offset: int, clear: bytes, sealed: bytes) -> Frame | None:
        try:
            return msgspec.msgpack.decode(self._cipher.decrypt(_nonce(offset), sealed, clear), type=Frame)
        except InvalidTag:
            return None

    def _bytes(self, offset: int, length: int) -> bytes:
        at = offset - self._base
        if at < 0 or at + length > len(self._chunk):
            size = os.fstat(self._file).st_size
            if offset + length > size:
                return b""
            self._base, self._chunk = offset, os.pread(self._file, max(length, CHUNK_BYTES), offset)
            at = 0
        return self._chunk[at : at + length]


def _items(found: list[tuple[Position, Frame]]) -> int:
    return sum(max(frame.size, 1) for _, frame in found)


def _nonce(offset: int) -> bytes:
    return offset.to_bytes(12, "big")


def _named_cipher(sealer: Sealer, number: int, salt: bytes) -> AESGCM:
    # The salt keeps keys apart when a restored backup gives a number out again.
    generation = sealer.generation(salt[:NAME_BYTES])
    if generation is None:
        raise SealingError(f"The key of the spool's file {number} is missing. Nothing was changed; put it back.")
    return AESGCM(generation.derive(f"spool:{number}:{salt.hex()}"))


def _unnamed_cipher(sealer: Sealer, number: int, salt: bytes) -> AESGCM:
    return AESGCM(sealer.derive(f"spool:{number}:{salt.hex()}"))
