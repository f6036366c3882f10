"""Words of places: addresses, what lies there, what can go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from sojourn.kit.errors import SojournError

LISTED_MAX: Final = 10_000  # files of one folder that are looked at
SECONDS: Final = 30.0  # to wait for an answer


class PlaceError(SojournError):
    """A place cannot be reached, or refused what was asked; what it holds is as before."""

    code = "place"
    status = 502


class HostKeyError(PlaceError):
    """An SFTP server shows a key that nobody has confirmed; `fingerprint` is it."""

    code = "host_key"
    status = 409

    def __init__(self, message: str, fingerprint: str) -> None:
        super().__init__(message)
        self.fingerprint = fingerprint


@dataclass(frozen=True, kw_only=True, slots=True)
class SftpAddress:
    """A folder of an SFTP server; `host_key` is the fingerprint of its key, as `ssh-keygen -l` writes it."""

    host: str
    user: str
    port: int = 22
    folder: str = "."
    host_key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreAddress:
    """A folder of a bucket of an object store that speaks S3; no `endpoint` is Amazon's own."""

    bucket: str
    access_key: str
    folder: str = ""
    endpoint: str = ""  # such as https://objects.example.com
    region: str = "us-east-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseAddress:
    """A question to a PostgreSQL database: its answer is a CSV file called `name`.

    `%(since)s` and `%(until)s` in the query stand for the times between which rows are new.
    """

    host: str
    database: str
    user: str
    query: str
    name: str
    port: int = 5432
    is_encrypted: bool = True
    since: datetime | None = None
    until: datetime | None = None


Address = SftpAddress | StoreAddress | DatabaseAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class Remote:
    """A file at a place; `mark` changes when its content does."""

    name: str  # without its folder
    mark: str
    size: int | None = field(default=None)  # bytes; None where it is known only afterwards


class Place(Protocol):
    """What can be asked of a place."""

    def files(self) -> list[Remote]:
        """List the files, folders left out; raise PlaceError."""

    def fetch(self, remote: Remote, target: Path, *, most: int) -> None:
        """Copy a file of at most `most` bytes to a new file; raise PlaceError."""


class TooLong:
    """Counts bytes on their way in and refuses the first beyond a limit."""

    def __init__(self, name: str, most: int) -> None:
        self._name, self._most, self._count = name, most, 0

    def add(self, count: int) -> None:
        """Count; raise PlaceError beyond the limit."""
        self._count += count
        if self._count > self._most:
            raise PlaceError(f"{self._name} is larger than {self._most >> 20} MB, the most that is fetched.")
