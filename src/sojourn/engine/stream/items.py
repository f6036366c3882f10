"""An item as a sender writes it: decoded strictly at first, leniently when a detail has the wrong type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

Id = str | int | float | None
Object = dict[str, Any]


class App(msgspec.Struct, gc=False):
    """The sender's application."""

    version: str | int | float | None = None


class Named(msgspec.Struct, gc=False):
    """Something with a name, such as the operating system."""

    name: str | None = None


class Device(msgspec.Struct, gc=False):
    """The device; its ids are never read."""

    type: str | None = None


class Page(msgspec.Struct, gc=False):
    """The page on which the event happened."""

    url: str | None = None
    path: str | None = None
    referrer: str | None = None


class ExternalId(msgspec.Struct, gc=False):
    """A further identifier of the user, of a kind of the sender's."""

    id: str | int | None = None
    type: str | None = None
    collection: str | None = None


class Context(msgspec.Struct, rename="camel"):
    """What surrounds an event."""

    app: App | None = None
    os: Named | None = None
    device: Device | None = None
    page: Page | None = None
    campaign: Object | None = None
    locale: str | None = None
    user_agent: str | None = None
    traits: Object | None = None
    consent: Object | None = None
    group_id: Id = None
    external_ids: list[ExternalId] | None = None


class Item(msgspec.Struct, rename="camel"):
    """One call of a tracking library."""

    type: str
    message_id: Id = None
    user_id: Id = None
    anonymous_id: Id = None
    previous_id: Id = None
    group_id: Id = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: str | None = None
    properties: Object | None = None
    traits: Object | None = None
    context: msgspec.Raw = msgspec.Raw()  # read by `surroundings`, once for all that are alike
    person: int | None = None  # of events recorded inside, where the token is known


_ITEM: Final = msgspec.json.Decoder(Item)
_ITEMS: Final = msgspec.json.Decoder(list[Item])
_CONTEXT: Final = msgspec.json.Decoder(Context)
_ANY: Final = msgspec.json.Decoder()


def item(raw: bytes) -> Item:
    """Decode an item, leaving out details of a wrong type; raise msgspec.DecodeError when nothing can be made of it."""
    try:
        return _ITEM.decode(raw)
    except msgspec.ValidationError:
        found: Item = _lenient(_ANY.decode(raw), Item)
        return found


def many(raws: Sequence[bytes]) -> Sequence[Item | None]:
    """Decode items with one call; None for all of them when one needs a closer look by `item`."""
    try:
        found = _ITEMS.decode(b"[" + b",".join(raws) + b"]")
    except (msgspec.DecodeError, ValueError):
        found = []
    return found if len(found) == len(raws) else [None] * len(raws)


def context(raw: bytes | None) -> Context | None:
    """Decode a context; None when there is none or it is no object. Raise msgspec.DecodeError."""
    if raw is None:
        return None
    try:
        return None if raw == b"null" else _CONTEXT.decode(raw)
    except msgspec.ValidationError:
        found = _ANY.decode(raw)
        return _lenient(found, Context) if isinstance(found, dict) else None


def joined(own: Context | None, whole: Context | None) -> Context | None:
    """Give an item's context with what its request's context adds; the item's own word comes first."""
    if whole is None or own is None:
        return own or whole
    for name in Context.__struct_fields__:
        if getattr(own, name) is None:
            setattr(own, name, getattr(whole, name))
    return own


def _lenient(found: Any, kind: Any) -> Any:
    if not isinstance(found, dict):
        raise msgspec.DecodeError("not an object")
    kept: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        value = found.get(field.encode_name)
        if value is None:
            continue
        if field.name == "context" and kind is Item:
            kept[field.name] = msgspec.Raw(msgspec.json.encode(value))
            continue
        try:
            kept[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            if field.name in ("properties", "traits", "type"):
                raise msgspec.DecodeError(f"{field.encode_name} has the wrong type") from None
    if kind is Item and "type" not in kept:
        raise msgspec.DecodeError("type is missing")
    return kind(**kept)
