"""One event as a client sent it: is it well formed, and whose and when is it?

The checks stand here by hand rather than in a schema: each has a stable code, and an event is spooled as it was sent,
so what is taken must be readable in full by the loader.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sojourn.kit.period import micros
from sojourn.surfaces.intake.refusals import ItemRefusedError

TYPES: Final = frozenset({"track", "identify", "page", "screen", "group", "alias"})
OBJECTS: Final = ("properties", "traits", "context", "integrations")
TEXTS: Final = ("event", "name", "category", "messageId", "timestamp", "originalTimestamp", "sentAt")
IDS: Final = ("userId", "anonymousId", "groupId", "previousId")
ID_LIMIT: Final = 512
EVENT_LIMIT: Final = 200
MESSAGE_LIMIT: Final = 100
DEPTH_LIMIT: Final = 32
DAY_US: Final = 86_400_000_000
STRUCTURE: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)

_decode: Final = msgspec.json.Decoder().decode
_decode_top: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True, slots=True)
class Arrival:
    """When and from which source a request came; instants in microseconds, ``sent_at`` by the client's clock."""

    source: str
    received_at: int
    sent_at: int | None


def checked(raw: bytes, kind: str | None, arrival: Arrival, seen: dict[bytes, int]) -> bytes:
    """Give the event to spool: as sent, with type, message id and ids as text filled in where they are not.

    ``kind`` is what the endpoint implies; ``seen`` counts identical items of the request. Raise ItemRefusedError.
    """
    item = _readable(raw)
    changes = _identified(item)
    if item.get("type") != kind and kind is not None:
        item["type"] = changes["type"] = kind
    _check_fields(item)
    _check_kind(item)
    occurred = _check_time(item, arrival)
    if not item.get("messageId"):
        changes["messageId"] = _minted(raw, occurred is not None, item, arrival, seen)
    return _changed(raw, changes) if changes else raw


def message_id(raw: bytes) -> str | None:
    """Give the message id of an item that was refused, when it can be read and is not absurd."""
    try:
        value = _decode(raw)["messageId"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return value[:MESSAGE_LIMIT] if isinstance(value, str) else None


def instant_us(text: str) -> int | None:
    """Turn ISO 8601 into microseconds since the epoch; without a zone it is UTC; None when it is no instant."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return micros(at if at.tzinfo else at.replace(tzinfo=UTC))


def _readable(raw: bytes) -> dict[str, Any]:
    if raw.count(b"{") + raw.count(b"[") > DEPTH_LIMIT and _depth(raw) > DEPTH_LIMIT:
        raise ItemRefusedError("too_deep")
    try:
        item = _decode(raw)
    except (ValueError, RecursionError):
        raise ItemRefusedError("invalid_json") from None
    if not isinstance(item, dict):
        raise ItemRefusedError("not_an_object")
    if b"\\u0000" in raw and _has_nul(item):
        raise ItemRefusedError("nul_character")
    return item


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(map(_has_nul, value))


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for match in STRUCTURE.finditer(raw):
        if match[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif match[2]:
            depth -= 1
    return deepest


def _identified(item: dict[str, Any]) -> dict[str, Any]:
    """Turn numeric ids into text, as the SDKs do, and give what changed."""
    changes: dict[str, Any] = {}
    for name in IDS:
        value = item.get(name)
        if value is None or isinstance(value, str):
            continue
        if type(value) is not int:
            raise ItemRefusedError("bad_type", f"`{name}` must be text.")
        item[name] = changes[name] = str(value)
    return changes


def _check_fields(item: dict[str, Any]) -> None:
    for name in TEXTS:
        value = item.get(name)
        if value is not None and not isinstance(value, str):
            raise ItemRefusedError("bad_type", f"`{name}` must be text.")
    for name in OBJECTS:
        value = item.get(name)
        if value is not None and not isinstance(value, dict):
            raise ItemRefusedError("bad_type", f"`{name}` must be an object.")
    if any(len(item.get(name) or "") > ID_LIMIT for name in IDS):
        raise ItemRefusedError("id_too_long")
    if len(item.get("messageId") or "") > MESSAGE_LIMIT:
        raise ItemRefusedError("message_id_too_long")


def _check_kind(item: dict[str, Any]) -> None:
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise ItemRefusedError("unknown_type")
    if kind == "track":
        _check_event(item.get("event"))
    elif kind == "group" and not _is_there(item.get("groupId")):
        raise ItemRefusedError("no_group")
    elif kind == "alias":
        if not _is_there(item.get("previousId")):
            raise ItemRefusedError("no_previous_id")
        if not _is_there(item.get("userId")):
            raise ItemRefusedError("no_user_id")
    if not (_is_there(item.get("userId")) or _is_there(item.get("anonymousId"))):
        raise ItemRefusedError("no_identity")


def _check_event(event: str | None) -> None:
    if not _is_there(event):
        raise ItemRefusedError("no_event")
    if event is not None and len(event) > EVENT_LIMIT:
        raise ItemRefusedError("event_too_long")


def _check_time(item: dict[str, Any], arrival: Arrival) -> int | None:
    # As the loader reads it, or what was answered with "accepted" would be refused later.
    text = item.get("originalTimestamp") or item.get("timestamp")
    if not text:
        return None
    at = instant_us(text)
    if at is None:
        raise ItemRefusedError("bad_timestamp")
    own = item.get("sentAt")
    sent_at = (instant_us(own) if own else None) or arrival.sent_at
    skew = 0 if sent_at is None else arrival.received_at - sent_at
    if at < 0 or not 0 <= at + skew <= arrival.received_at + DAY_US:
        raise ItemRefusedError("timestamp_out_of_range")
    return at


def _is_there(text: str | None) -> bool:
    return bool(text and text.strip())


def _minted(raw: bytes, timed: bool, item: dict[str, Any], arrival: Arrival, seen: dict[bytes, int]) -> str:
    """Make the message id that the client left out: the same for the same event sent again.

    Only a time tells a retry from a second event of the same content; an event without any is always new.
    """
    sent_at = item.get("sentAt") or arrival.sent_at
    if not timed and not sent_at:
        return f"new-{uuid.uuid4()}"
    state = hashlib.blake2b(raw, digest_size=20, key=arrival.source.encode()[:64])
    if not timed:
        state.update(str(sent_at).encode())
    content = state.digest()
    seen[content] = seen.get(content, -1) + 1
    return f"made-{content.hex()}-{seen[content]}"


def _changed(raw: bytes, changes: dict[str, Any]) -> bytes:
    top: dict[str, Any] = dict(_decode_top(raw))
    return msgspec.json.encode(top | changes)
