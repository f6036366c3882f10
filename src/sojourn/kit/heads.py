"""HTTP connections whose requests begin within bounds: uvicorn takes a head of any length, at any pace, into memory."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX_BYTES: Final = 128 << 10  # request line and headers, or what follows the last chunk of a body
HEAD_SECONDS: Final = 30.0
TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """Ends a connection whose head grows beyond a bound (431) or does not end in time, or that never says anything."""

    head_seconds: float = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._head_bytes: int | None = 0  # None: no head is being read
        self._deadline: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head that does not end here."""
        super().data_received(data)
        if self._head_bytes is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_MAX_BYTES and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._head_bytes = 0
        self._wait()

    def on_headers_complete(self) -> None:
        """End a head."""
        self._head_bytes = None
        self._stop_waiting()
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Expect a chunk, or the headers after the last one."""
        self._head_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._head_bytes = None
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._head_bytes = None
        super().on_message_complete()

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self, *_: Any) -> None:
        if not self.transport.is_closing():
            self.transport.close()
