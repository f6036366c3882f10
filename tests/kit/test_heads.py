"""A request's head is bounded in bytes and in time, on a real server."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from sojourn.kit.heads import HEAD_MAX_BYTES, BoundedHttp

MORE = HEAD_MAX_BYTES + 10  # and not more than that: who closes with bytes unread takes its answer along
CHUNKED = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"


class Hasty(BoundedHttp):
    head_seconds = 0.05


async def _application(scope: Any, receive: Any, send: Any) -> None:
    """Read the body, and say how long it is."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    text = str(length).encode()
    headers = [(b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


async def _told(*sent: bytes, kind: type[BoundedHttp] = BoundedHttp) -> bytes:
    """Give all that comes back until the server closes the connection, or has answered."""
    config = uvicorn.Config(_application, http=kind, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: kind(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        answer = b""
        try:
            for each in sent:
                writer.write(each)
                await writer.drain()
            while not answer.endswith(b"\r\n\r\n7") and (piece := await reader.read(1 << 16)):
                answer += piece
        except ConnectionError:  # closed while we were still sending
            pass
        writer.close()
        return answer


def told(*sent: bytes, kind: type[BoundedHttp] = BoundedHttp) -> bytes:
    return asyncio.run(_told(*sent, kind=kind))


def test_a_head_of_the_usual_sizes_is_read_and_its_body_however_large() -> None:
    head = (
        b"POST / HTTP/1.1\r\nhost: a\r\nx: "
        + b"y" * 60_000
        + b"\r\nconnection: close\r\ncontent-length: 1000000\r\n\r\n"
    )
    assert told(head + b"z" * 1_000_000).endswith(b"\r\n\r\n1000000")
    chunks = b"80000\r\n" + b"z" * 0x80000 + b"\r\n"
    assert told(
        CHUNKED.replace(b"host", b"connection: close\r\nhost") + chunks * 3 + b"0\r\nafter: all\r\n\r\n"
    ).endswith(b"\r\n\r\n1572864")


def test_a_head_without_an_end_is_refused() -> None:
    assert told(b"GET / HTTP/1.1\r\nx: ", b"y" * MORE).startswith(b"HTTP/1.1 431 ")
    assert told(b"GET /", b"y" * MORE).startswith(b"HTTP/1.1 431 ")
    assert told(b"GET / HTTP/1.1\r\n", b"x: y\r\n" * (MORE // 6)).startswith(b"HTTP/1.1 431 ")


def test_headers_after_a_body_without_an_end_close_the_connection() -> None:
    assert told(CHUNKED, b"7\r\n1234567\r\n", b"0\r\nx: ", b"y" * MORE) == b""


def test_who_says_nothing_or_does_not_finish_a_head_is_not_waited_for() -> None:
    assert told(kind=Hasty) == b""
    assert told(b"GET / HTTP/1.1\r\nx: ", kind=Hasty) == b""


def test_a_slow_body_is_not_a_slow_head() -> None:
    head = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 7\r\n\r\n"
    assert told(head, b"1234567", kind=Hasty).endswith(b"\r\n\r\n7")
