"""Servers of files on loopback: a real SFTP server, and what an object store answers."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import paramiko

USER, PASSWORD = "branch", "a long password"


@dataclass
class Sftp:
    """A server that lets one user in, by password or key, into one folder."""

    folder: Path
    key: paramiko.PKey = field(default_factory=lambda: paramiko.ECDSAKey.generate())
    allowed: paramiko.PKey | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[Sftp]:
        """Serve while the block lasts."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            transports: list[paramiko.Transport] = []
            thread = threading.Thread(target=self._accept, args=(listener, transports), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                listener.shutdown(socket.SHUT_RDWR)
                for each in transports:
                    each.close()
                thread.join()

    def _accept(self, listener: socket.socket, transports: list[paramiko.Transport]) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(line)
            transport.add_server_key(self.key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, self)
            transport.start_server(server=_Door(self), event=threading.Event())
            transports.append(transport)


class _Door(paramiko.ServerInterface):
    def __init__(self, server: Sftp) -> None:
        self._server = server

    def check_auth_password(self, username: str, password: str) -> int:
        is_right = (username, password) == (USER, PASSWORD)
        self._server.asked.append("password")
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        is_right = username == USER and key == self._server.allowed
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, door: Any, server: Sftp) -> None:
        super().__init__(door)
        self._root = server.folder

    def _path(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def list_folder(self, path: str) -> Any:
        if not self._path(path).is_dir():
            return paramiko.SFTP_NO_SUCH_FILE
        return [paramiko.SFTPAttributes.from_stat(each.stat(), each.name) for each in self._path(path).iterdir()]

    def stat(self, path: str) -> Any:
        return paramiko.SFTPAttributes.from_stat(self._path(path).stat())

    def open(self, path: str, flags: int, attr: Any) -> Any:
        handle = _Handle(flags)
        handle.readfile = self._path(path).open("rb")
        return handle


class _Handle(paramiko.SFTPHandle):
    readfile: Any

    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


@contextmanager
def store(bucket: str, files: dict[str, bytes]) -> Iterator[str]:
    """Answer as S3 does to who lists or reads one bucket; it asks for a signature, and does not check it."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def log_message(self, *said: Any) -> None: ...

        def _answer(self) -> None:
            asked = urlsplit(self.path)
            place, _, name = unquote(asked.path).lstrip("/").partition("/")
            if "Credential=an-access-key/" not in self.headers.get("Authorization", ""):
                self._say(403, b"<Error><Code>AccessDenied</Code></Error>")
            elif place != bucket:
                self._say(404, b"<Error><Code>NoSuchBucket</Code></Error>")
            elif not name:
                self._say(200, _listing(bucket, files, parse_qs(asked.query)))
            elif name not in files:
                self._say(404, b"<Error><Code>NoSuchKey</Code></Error>")
            else:
                self._say(200, files[name], self.headers.get("Range", ""))

        def _say(self, status: int, body: bytes, ranged: str = "") -> None:
            first, last, whole = 0, len(body) - 1, len(body)
            if ranged:
                low, _, high = ranged.removeprefix("bytes=").partition("-")
                first, last, status = int(low), min(int(high or last), last), 206
            part = body[first : last + 1]
            self.send_response(status)
            self.send_header("Content-Length", str(len(part)))
            self.send_header("Content-Type", "application/xml")
            self.send_header("Last-Modified", "Thu, 05 Feb 2026 02:30:00 GMT")
            self.send_header("ETag", '"etag"')
            if status == 206:
                self.send_header("Content-Range", f"bytes {first}-{last}/{whole}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(part)

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _listing(bucket: str, files: dict[str, bytes], asked: dict[str, list[str]]) -> bytes:
    prefix = asked.get("prefix", [""])[0]
    at = datetime(2026, 2, 5, 2, 30, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    keys = [name for name in sorted(files) if name.startswith(prefix) and "/" not in name[len(prefix) :]]
    contents = "".join(
        f"<Contents><Key>{escape(name)}</Key><LastModified>{at}</LastModified><ETag>&quot;e&quot;</ETag>"
        f"<Size>{len(files[name])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for name in keys
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(keys)}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<Delimiter>/</Delimiter><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    ).encode()


@contextmanager
def sending_on(place: str, asked: list[str]) -> Iterator[str]:
    """Note what is asked, and answer by sending on to another address."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send_on()

        def do_HEAD(self) -> None:
            self._send_on()

        def _send_on(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@contextmanager
def by_number(path: str) -> Iterator[int]:
    """Give a port of this machine that leads to a server's socket on disk."""

    class Way(BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as there:
                there.connect(path)
                back = threading.Thread(target=_copy, args=(there, self.request), daemon=True)
                back.start()
                _copy(self.request, there)
                back.join()

    with ThreadingTCPServer(("127.0.0.1", 0), Way) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
