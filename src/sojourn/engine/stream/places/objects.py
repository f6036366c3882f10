"""Files of an object store that speaks S3, through Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sojourn.engine.stream.places.addresses import looked_up
from sojourn.engine.stream.places.relay import relayed
from sojourn.engine.stream.places.words import LISTED_MAX, SECONDS, PlaceError, Remote, StoreAddress, TooLong

PIECE_BYTES: Final = 1 << 20
SAID: Final = re.compile(r"AWS Error ([A-Z_]+)")


@contextmanager
def opened(address: StoreAddress, secret: str) -> Iterator[Store]:
    """Give the store while the block lasts; raise PlaceError. What an endpoint answers leads nowhere else."""
    if not address.endpoint:
        yield Store(address, secret, None)
        return
    try:
        read = urlsplit(address.endpoint)
        host, port = read.hostname or "", read.port or (443 if read.scheme == "https" else 80)
    except ValueError:
        raise PlaceError(f"{address.endpoint} is no address of an object store.") from None
    numbers = looked_up(host, port)
    with relayed(host=host, port=port, numbers=numbers) as way:
        yield Store(address, secret, f"http://127.0.0.1:{way}")


class Store:
    """A folder of a bucket; `way` is the proxy through which it is reached."""

    def __init__(self, address: StoreAddress, secret: str, way: str | None) -> None:
        from pyarrow import fs

        scheme, _, host = address.endpoint.rpartition("://")
        with _sentences(address):
            self._store = fs.S3FileSystem(
                access_key=address.access_key,
                secret_key=secret,
                region=address.region,
                scheme=scheme or "https",
                endpoint_override=host.rstrip("/") or None,
                proxy_options=way,
                connect_timeout=SECONDS,
                request_timeout=SECONDS,
                retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=2),
            )
        self._address = address
        self._folder = "/".join([address.bucket, *filter(None, address.folder.split("/"))])

    def files(self) -> list[Remote]:
        """List the files of the folder; raise PlaceError."""
        from pyarrow import fs

        with _sentences(self._address):
            listed = self._store.get_file_info(fs.FileSelector(self._folder, recursive=False))
        found = [each for each in listed if each.type == fs.FileType.File]
        if len(found) > LISTED_MAX:
            raise PlaceError(f"The folder has more than {LISTED_MAX:,} files; clear it, or name another.")
        return sorted((_remote(each) for each in found), key=lambda each: each.name)

    def fetch(self, remote: Remote, target: Path, *, most: int) -> None:
        """Copy a file; raise PlaceError."""
        so_far = TooLong(remote.name, most)
        with (
            _sentences(self._address),
            self._store.open_input_stream(f"{self._folder}/{remote.name}") as source,
            target.open("xb") as file,
        ):
            while piece := source.read(PIECE_BYTES):
                so_far.add(len(piece))
                file.write(piece)


def _remote(each: Any) -> Remote:
    return Remote(name=each.base_name, mark=f"{each.size}:{each.mtime_ns}", size=each.size)


@contextmanager
def _sentences(address: StoreAddress) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # Arrow's way to say everything
        said = SAID.search(str(error))
        reason = said[1].replace("_", " ").lower() if said else "it cannot be reached"
        raise PlaceError(f"The object store refused bucket {address.bucket}: {reason}.") from None
