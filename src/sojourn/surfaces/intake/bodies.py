"""A request's body: read within limits, unpacked, and taken apart into items."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from sojourn.surfaces.intake.refusals import RequestRefusedError

Receive = Callable[[], Awaitable[dict[str, Any]]]

BODY_SECONDS: Final = 30
DRAIN_BYTES: Final = 8 << 20  # read and thrown away, so that a client that is still sending hears the answer
GZIP: Final = 31  # zlib's code for a gzip header
ESCAPE: Final = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
BOM: Final = b"\xef\xbb\xbf"


class ClientGoneError(Exception):
    """The client closed the connection before its body was there."""


class Envelope(msgspec.Struct, frozen=True):
    """What the body says beside its items."""

    items: list[msgspec.Raw]
    write_key: str | None = None
    sent_at: str | None = None
    context: bytes | None = None
    integrations: bytes | None = None


NULL: Final = msgspec.Raw(b"null")


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw] | None = None
    writeKey: str | None = None  # noqa: N815
    api_key: str | None = None
    sentAt: Any = None  # noqa: N815
    sent_at: Any = None
    context: msgspec.Raw = NULL  # `Raw | None` would refuse every value but null
    integrations: msgspec.Raw = NULL


class _Single(msgspec.Struct):
    writeKey: str | None = None  # noqa: N815
    api_key: str | None = None
    sentAt: Any = None  # noqa: N815


_batch: Final = msgspec.json.Decoder(_Batch).decode
_single: Final = msgspec.json.Decoder(_Single).decode


class InFlight:
    """Counts the bytes of bodies in memory and refuses more than the limit."""

    def __init__(self, limit: int) -> None:
        self.bytes, self._limit = 0, limit

    def take(self, count: int) -> None:
        """Count bytes in; raise RequestRefusedError when they are too many."""
        if self.bytes + count > self._limit:
            raise RequestRefusedError("busy", retry_after=1)
        self.bytes += count

    def give_back(self, count: int) -> None:
        """Count bytes out."""
        self.bytes -= count


async def read(receive: Receive, headers: dict[bytes, bytes], limit: int, in_flight: InFlight) -> bytes:
    """Read a body of at most ``limit`` bytes, counting them in; raise RequestRefusedError or ClientGoneError."""
    declared = headers.get(b"content-length", b"0")
    if not declared.isdigit():
        raise RequestRefusedError("bad_length")
    parts: list[bytes] = []
    try:
        async with asyncio.timeout(BODY_SECONDS):
            if int(declared) > limit:
                await _drain(receive, min(int(declared), DRAIN_BYTES))
                raise RequestRefusedError("body_too_large")
            await _collect(receive, limit, in_flight, parts)
    except TimeoutError:
        in_flight.give_back(sum(map(len, parts)))
        raise RequestRefusedError("body_too_slow") from None
    except BaseException:
        in_flight.give_back(sum(map(len, parts)))
        raise
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _collect(receive: Receive, limit: int, in_flight: InFlight, parts: list[bytes]) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > limit:
            await _drain(receive, DRAIN_BYTES if more else 0)
            raise RequestRefusedError("body_too_large")
        if part:
            in_flight.take(len(part))
            parts.append(part)


async def _drain(receive: Receive, count: int) -> None:
    while count > 0:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        count -= len(message.get("body", b""))
        if not message.get("more_body", False):
            return


def unpacked(body: bytes, encoding: bytes, limit: int) -> bytes:
    """Unpack a body of at most ``limit`` bytes, never more; raise RequestRefusedError."""
    if encoding in (b"", b"identity"):
        return body
    if encoding not in (b"gzip", b"x-gzip"):
        raise RequestRefusedError("unknown_encoding")
    stream = zlib.decompressobj(wbits=GZIP)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error:
        raise RequestRefusedError("bad_gzip") from None
    if len(plain) > limit:
        raise RequestRefusedError("body_too_large")
    if not stream.eof or stream.unused_data:
        raise RequestRefusedError("bad_gzip")
    return plain


def envelope(body: bytes, *, is_batch: bool) -> Envelope:
    """Take a body apart, whatever its content type says; raise RequestRefusedError when it is not what was promised."""
    body = body.removeprefix(BOM)
    if not body.strip():
        raise RequestRefusedError("empty_body")
    try:
        return _apart(body, is_batch=is_batch)
    except msgspec.ValidationError as error:
        raise _mismatch(str(error)) from None
    except RecursionError:
        raise RequestRefusedError("body_too_deep") from None
    except ValueError:  # msgspec's DecodeError and UnicodeDecodeError
        raise RequestRefusedError("not_json") from None


def _apart(body: bytes, *, is_batch: bool) -> Envelope:
    try:
        return _from_batch(_batch(body)) if is_batch else _from_single(body, _single(body))
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = ESCAPE.sub(_whole_escape, body)
        if mended == body:
            raise
        return _apart(mended, is_batch=is_batch)


def _whole_escape(escape: re.Match[bytes]) -> bytes:
    # A browser that cuts text in the middle of an emoji sends half of a surrogate pair: one such character must not
    # cost the whole batch.
    return rb"\ufffd" if escape[1] else escape[0]


def _mismatch(text: str) -> RequestRefusedError:
    place = text.rpartition(" - at `$")[2].rstrip("`") if " - at `$" in text else ""
    if not place:
        return RequestRefusedError("body_not_an_object")
    name = place.lstrip(".")
    return RequestRefusedError("no_batch" if name == "batch" else "bad_body_field", detail=f"(`{name}`)")


def _from_batch(body: _Batch) -> Envelope:
    if body.batch is None:
        raise RequestRefusedError("no_batch")
    sent_at = body.sentAt or body.sent_at
    return Envelope(
        items=body.batch,
        write_key=body.writeKey or body.api_key,
        sent_at=sent_at if isinstance(sent_at, str) else None,
        context=_object(body.context, "context"),
        integrations=_object(body.integrations, "integrations"),
    )


def _from_single(raw: bytes, body: _Single) -> Envelope:
    return Envelope(
        items=[msgspec.Raw(raw.strip())],
        write_key=body.writeKey or body.api_key,
        sent_at=body.sentAt if isinstance(body.sentAt, str) else None,
    )


def _object(raw: msgspec.Raw, name: str) -> bytes | None:
    try:
        value = msgspec.json.decode(raw)
    except ValueError:
        raise RequestRefusedError("bad_body_field", detail=f"(`{name}`)") from None
    if value is None:
        return None
    if not isinstance(value, dict):
        raise RequestRefusedError("bad_body_field", detail=f"(`{name}`)")
    return bytes(raw)
