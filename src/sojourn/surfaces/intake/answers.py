"""Answers over ASGI, with what a browser on another site needs to read them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from sojourn.surfaces.intake.refusals import RequestRefusedError

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Keys of sources are public in browsers, and no cookie is ever read: any site may send.
CORS: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After, X-RateLimit-Reset"),
]
PREFLIGHT: Final[Headers] = [
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Encoding, Content-Type, X-Retry-Count"),
    (b"access-control-max-age", b"86400"),
]
JSON: Final = (b"content-type", b"application/json; charset=utf-8")
TEXT: Final = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")


async def send_body(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send one whole answer."""
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *CORS, length]})
    await send({"type": "http.response.body", "body": body})


async def send_json(send: Send, status: int, value: Any, headers: Headers | None = None) -> None:
    """Send a value as JSON."""
    await send_body(send, status, msgspec.json.encode(value), [JSON, *(headers or [])])


async def send_refusal(send: Send, refusal: RequestRefusedError) -> None:
    """Say why a whole request was refused, and when to come back if that helps."""
    body = {"success": False, "accepted": 0, "refused": [], "code": refusal.reason_code, "reason": refusal.message}
    await send_json(send, refusal.http_status, body, _refusal_headers(refusal))


def _refusal_headers(refusal: RequestRefusedError) -> Headers:
    headers: Headers = []
    if refusal.retry_after is not None:
        headers.append((b"retry-after", b"%d" % refusal.retry_after))
        # Seconds from now, not an instant: the browser library before 1.80 sleeps for as many seconds as it says.
        headers.append((b"x-ratelimit-reset", b"%d" % refusal.retry_after))
    if refusal.http_status == 401:
        headers.append((b"www-authenticate", b'Basic realm="write key", charset="UTF-8"'))
    if refusal.http_status == 405:
        headers.append((b"allow", b"POST, OPTIONS"))
    if refusal.http_status in (408, 413):
        headers.append((b"connection", b"close"))
    return headers
