"""Files of an SFTP server, through paramiko (an extra)."""

from __future__ import annotations

import base64
import hashlib
import io
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sojourn.engine.stream.places.addresses import looked_up
from sojourn.engine.stream.places.words import (
    LISTED_MAX,
    SECONDS,
    HostKeyError,
    PlaceError,
    Remote,
    SftpAddress,
    TooLong,
)

if TYPE_CHECKING:
    import paramiko

PIECE_BYTES: Final = 1 << 18
PREFETCHED: Final = 64  # pieces asked for ahead


@contextmanager
def opened(address: SftpAddress, secret: str) -> Iterator[Server]:
    """Give the server while the block lasts; `secret` is a password or a private key (PEM, OpenSSH).

    Raise PlaceError, and HostKeyError before anything secret is sent when the server's key is not the one expected.
    """
    try:
        import paramiko
    except ImportError:
        raise PlaceError("SFTP needs an extra: pip install 'sojourn[sftp]'.") from None
    try:
        line = _connected(address)
        transport = paramiko.Transport(line)
    except (OSError, paramiko.SSHException) as error:
        raise PlaceError(f"{address.host} cannot be reached ({_reason(error)}).") from None
    try:
        with _sentences(address):
            transport.start_client(timeout=SECONDS)
            _confirm(transport, address)
            _sign_in(transport, address, secret)
            client = paramiko.SFTPClient.from_transport(transport)
            if client is None:
                raise PlaceError(f"{address.host} lets in, but has no SFTP.")
            if (channel := client.get_channel()) is not None:
                channel.settimeout(SECONDS)
        yield Server(client, address)
    finally:
        transport.close()


class Server:
    """A folder of an SFTP server."""

    def __init__(self, client: Any, address: SftpAddress) -> None:
        self._client, self._address = client, address

    def files(self) -> list[Remote]:
        """List the files of the folder; raise PlaceError."""
        found: list[Remote] = []
        with _sentences(self._address):
            for each in self._client.listdir_iter(self._address.folder or "."):
                if len(found) >= LISTED_MAX:
                    raise PlaceError(f"The folder has more than {LISTED_MAX:,} files; clear it, or name another.")
                if stat.S_ISREG(each.st_mode or 0):
                    found.append(Remote(name=each.filename, mark=f"{each.st_size}:{each.st_mtime}", size=each.st_size))
        return sorted(found, key=lambda each: each.name)

    def fetch(self, remote: Remote, target: Path, *, most: int) -> None:
        """Copy a file; raise PlaceError, also when it is another one afterwards than it was when listed."""
        path = f"{self._address.folder.rstrip('/') or '.'}/{remote.name}"
        so_far = TooLong(remote.name, most)
        with _sentences(self._address), self._client.open(path, "rb") as source, target.open("xb") as file:
            if remote.size:
                source.prefetch(min(remote.size, most), max_concurrent_requests=PREFETCHED)
            while piece := source.read(PIECE_BYTES):
                so_far.add(len(piece))
                file.write(piece)
            now = source.stat()
        if f"{now.st_size}:{now.st_mtime}" != remote.mark:
            raise PlaceError(f"{remote.name} changed while it was fetched; the next round takes it.")


def fingerprint(key: paramiko.PKey) -> str:
    """Write a key's fingerprint as `ssh-keygen -l` does."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def _connected(address: SftpAddress) -> socket.socket:
    *others, last = looked_up(address.host, address.port)
    for number in others:
        with suppress(OSError):
            return socket.create_connection((number, address.port), timeout=SECONDS)
    return socket.create_connection((last, address.port), timeout=SECONDS)


def _confirm(transport: paramiko.Transport, address: SftpAddress) -> None:
    shown = fingerprint(transport.get_remote_server_key())
    if address.host_key == shown:
        return
    if not address.host_key:
        raise HostKeyError(
            f"{address.host} shows the key {shown}. Ask who runs it whether that is right, then say so.", shown
        )
    raise HostKeyError(
        f"{address.host} shows the key {shown}, not the one that was confirmed. Nothing was sent; ask who runs it.",
        shown,
    )


def _sign_in(transport: paramiko.Transport, address: SftpAddress, secret: str) -> None:
    if "PRIVATE KEY-----" in secret:
        transport.auth_publickey(address.user, _private_key(secret))
    else:
        transport.auth_password(address.user, secret)


def _private_key(secret: str) -> paramiko.PKey:
    import paramiko

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(paramiko.SSHException, ValueError):
            return kind.from_private_key(io.StringIO(secret))
    raise PlaceError("The private key cannot be read: one without a passphrase of Ed25519, ECDSA or RSA.")


@contextmanager
def _sentences(address: SftpAddress) -> Iterator[None]:
    import paramiko

    try:
        yield
    except paramiko.AuthenticationException:
        raise PlaceError(f"{address.host} does not let {address.user} in with this secret.") from None
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise PlaceError(f"{address.host} refused or broke off ({_reason(error)}).") from None


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).lower()
