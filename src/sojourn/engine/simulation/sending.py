"""The simulated rows as the messages that a tracking SDK would send."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.table import tabled

_LIFTED = ("channel", "touchpoint", "unit", "agent", "product", "case", "currency")
_CONTEXT = {"$app_version": ("app", "version"), "$os": ("os", "name"), "$device": ("device", "type")}
_USER_AGENTS = {
    "Chrome": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36",
    "Safari": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
}


def trickle(bank: Bank, since: int, until: int) -> list[dict[str, Any]]:
    """List the messages of what happens from ``since`` to ``until`` (exclusive; microseconds), oldest first.

    They are the events that `Bank.between` gives for that time, message ids included: sending some twice, or
    sending what a file brought already, adds nothing.
    """
    tables = [tabled(bank, number, rows) for number, rows in bank.between(since, until)]
    return list(messages(pa.concat_tables(tables).sort_by("timestamp")))


def messages(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Turn rows of the native column form into messages of the tracking API."""
    for row in table.to_pylist():
        message = {
            "type": row["type"],
            "messageId": row["message_id"],
            "timestamp": row["timestamp"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "context": _context(row),
            **_who(row),
        }
        if row["type"] == "identify":
            yield {**message, "traits": json.loads(row["traits"] or "{}")}
            continue
        said = {field: row[field] for field in _LIFTED if row[field] is not None}
        if row["value"] is not None:
            said["value"] = float(row["value"])
        yield {
            **message,
            "event" if row["type"] == "track" else "name": row["event"],
            "properties": json.loads(row["properties"] or "{}") | said,
        }


def _who(row: Mapping[str, Any]) -> dict[str, str]:
    names = {"userId": row["user_id"], "anonymousId": row["anonymous_id"]}
    return {key: value for key, value in names.items() if value}


def _context(row: Mapping[str, Any]) -> dict[str, Any]:
    """Say what the device says where an SDK puts it."""
    context: dict[str, Any] = {"library": {"name": "harbour-bank", "version": "1.0"}}
    if row["$browser"]:
        context["userAgent"] = _USER_AGENTS[row["$browser"]]
    for field, (part, name) in _CONTEXT.items():
        if row[field]:
            context[part] = {name: row[field]}
    return context
