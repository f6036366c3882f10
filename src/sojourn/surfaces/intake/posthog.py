"""PostHog's batch form (`/batch/`, its capture libraries), turned into the events that Segment's form has."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sojourn.surfaces.intake.refusals import ItemRefusedError

KINDS: Final = {
    "$identify": "identify",
    "$set": "identify",
    "$create_alias": "alias",
    "$groupidentify": "group",
    "$pageview": "page",
    "$screen": "screen",
}


def translated(raw: bytes) -> bytes:
    """Give the same event in Segment's form; raise ItemRefusedError when it is not an object or has wrong types."""
    try:
        item = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        raise ItemRefusedError("invalid_json") from None
    if not isinstance(item, dict):
        raise ItemRefusedError("not_an_object")
    properties = item.get("properties") or {}
    if not isinstance(properties, dict):
        raise ItemRefusedError("bad_type", "`properties` must be an object.")
    kind = KINDS.get(str(item.get("event")), "track")
    common = {
        "type": kind,
        "messageId": item.get("uuid"),
        "timestamp": item.get("timestamp"),
        "userId": item.get("distinct_id", properties.get("distinct_id")),
        "context": {"library": {"name": properties.get("$lib"), "version": properties.get("$lib_version")}},
    }
    return msgspec.json.encode(common | _particulars(kind, item, properties))


def _particulars(kind: str, item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    if kind == "track":
        return {"event": item.get("event"), "properties": properties}
    if kind == "identify":
        return {"traits": item.get("$set") or properties.get("$set") or {}}
    if kind == "alias":
        # PostHog's `distinct_id` is the old name, `alias` the one that is added to it.
        return {"previousId": item.get("distinct_id"), "userId": properties.get("alias")}
    if kind == "group":
        return {"groupId": properties.get("$group_key"), "traits": properties.get("$group_set") or {}}
    name = properties.get("$screen_name") if kind == "screen" else properties.get("title")
    url = {"url": properties.get("$current_url")} if properties.get("$current_url") else {}
    return {"name": name, "properties": url | properties}
