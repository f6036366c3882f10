"""A way to one machine only, for a library that would go wherever an answer sends it (Arrow follows redirects).

The library takes this for its proxy: whatever it asks for, what it sends goes to the one machine, or nowhere.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sojourn.engine.stream.places.words import SECONDS

HEAD_MAX: Final = 1 << 16
PIECE_BYTES: Final = 1 << 16
REFUSED: Final = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def relayed(*, host: str, port: int, numbers: list[str]) -> Iterator[int]:
    """Give the port of this machine that leads to a host and to nothing else, while the block lasts."""

    lines: list[socket.socket] = []
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    class Way(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            lines.append(self.request)
            _lead(self.request, place, numbers, port)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Way)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def _lead(line: socket.socket, place: str, numbers: list[str], port: int) -> None:
    with suppress(OSError):
        line.settimeout(SECONDS)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = line.recv(PIECE_BYTES)
            if not piece or len(head) > HEAD_MAX:
                return
            head += piece
        verb, _, rest = head.partition(b" ")
        is_tunnel = verb == b"CONNECT"
        if is_tunnel and rest.partition(b" ")[0].decode("latin-1").lower() != place.lower():
            line.sendall(REFUSED)
            return
        with _connected(numbers, port) as there:
            for each in (line, there):
                each.settimeout(None)  # who asks has a clock; a line that only waits for an answer is not idle
            if is_tunnel:
                line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                head = head.partition(b"\r\n\r\n")[2]
            there.sendall(head)
            back = threading.Thread(target=_pump, args=(there, line), daemon=True)
            back.start()
            _pump(line, there)
            back.join()


def _connected(numbers: list[str], port: int) -> socket.socket:
    for number in numbers[:-1]:
        with suppress(OSError):
            return socket.create_connection((number, port), timeout=SECONDS)
    return socket.create_connection((numbers[-1], port), timeout=SECONDS)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
