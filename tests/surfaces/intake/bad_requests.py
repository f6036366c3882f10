"""Malformed requests and what their sender sees; `docs/reference/bad-input.md` is compared with this list."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from surfaces.intake.running import KEY, OFF_KEY, STRICT_KEY

GOOD = {"type": "track", "userId": "u-1", "event": "Order Completed"}


@dataclass(frozen=True)
class BadRequest:
    """One malformed request: ``code`` is of the request (``index`` is None) or of the item at ``index``."""

    title: str
    status: int
    code: str
    path: str = "/v1/batch"
    body: object = None
    raw: Callable[[], bytes] | None = None
    key: str | None = KEY
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    index: int | None = None

    def content(self) -> bytes:
        """Give the bytes to send."""
        if self.raw is not None:
            return self.raw()
        return b"" if self.body is None else json.dumps(self.body).encode()


def _request(title: str, status: int, code: str, **arguments: Any) -> BadRequest:
    return BadRequest(title, status, code, **arguments)


def _item(title: str, code: str, *, path: str = "/v1/batch", **changes: Any) -> BadRequest:
    """Make a batch whose second item is bad; the first is taken."""
    bad = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    return BadRequest(title, 200, code, path=path, body={"batch": [GOOD, bad]}, index=1)


def _raw_item(title: str, code: str, item: bytes) -> BadRequest:
    body = b'{"batch":[' + json.dumps(GOOD).encode() + b"," + item + b"]}"
    return BadRequest(title, 200, code, raw=lambda: body, index=1)


def _basic(text: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


def _days_ahead(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


BATCH = {"batch": [GOOD]}
GZIP = {"Content-Encoding": "gzip"}

BAD_REQUESTS: list[BadRequest] = [
    # The address and the key
    _request("An address that does not exist", 404, "not_found", path="/v1/trak", body=GOOD),
    _request("GET where events are posted", 405, "method_not_allowed", path="/v1/track", method="GET"),
    _request("PUT instead of POST", 405, "method_not_allowed", path="/v1/track", method="PUT", body=GOOD),
    _request("No write key at all", 401, "no_write_key", key=None, body=BATCH),
    _request("A write key that does not exist", 401, "bad_write_key", key="wk_nobody", body=BATCH),
    _request("A write key in the body that does not exist", 401, "bad_write_key", key=None,
             body=BATCH | {"writeKey": "wk_nobody"}),
    _request("The write key of a source that is switched off", 401, "source_inactive", key=OFF_KEY, body=BATCH),
    _request("An Authorization header that is not base64", 401, "bad_authorization", key=None,
             headers={"Authorization": "Basic %%%"}, body=BATCH),
    _request("A write key that is not UTF-8", 401, "bad_authorization", key=None, headers=_basic(b"\xff\xfe:"),
             body=BATCH),
    _request("A Bearer token and no write key", 401, "no_write_key", key=None,
             headers={"Authorization": "Bearer abc"}, body=BATCH),
    # The body
    _request("An empty body", 400, "empty_body"),
    _request("A body of spaces", 400, "empty_body", raw=lambda: b" \n "),
    _request("A body that is not JSON", 400, "not_json", raw=lambda: b"hello"),
    _request("A body cut in the middle", 400, "not_json", raw=lambda: b'{"batch":[{"type":"track"'),
    _request("A form field instead of JSON", 400, "not_json", raw=lambda: b"data=eyJhIjoxfQ%3D%3D",
             headers={"Content-Type": "application/x-www-form-urlencoded"}),
    _request("JSON in UTF-16", 400, "not_json", raw=lambda: json.dumps(BATCH).encode("utf-16")),
    _request("Something after the JSON", 400, "not_json", raw=lambda: json.dumps(BATCH).encode() + b"{}"),
    _request("NaN, which JSON does not have", 400, "not_json",
             raw=lambda: b'{"batch":[{"type":"track","userId":"u","event":"E","properties":{"x":NaN}}]}'),
    _request("A list instead of an object", 400, "body_not_an_object", body=[GOOD]),
    _request("A number instead of an object", 400, "body_not_an_object", path="/v1/track", body=7),
    _request("A batch without `batch`", 400, "no_batch", body=GOOD),
    _request("A `batch` that is not a list", 400, "no_batch", body={"batch": GOOD}),
    _request("A `writeKey` that is a number", 400, "bad_body_field", body=BATCH | {"writeKey": 5}),
    _request("A `context` of the batch that is text", 400, "bad_body_field", body=BATCH | {"context": "web"}),
    _request("Thousands of nested lists", 400, "body_too_deep",
             raw=lambda: b'{"batch":[' + b"[" * 20_000 + b"]" * 20_000 + b"]}"),
    _request("A body over 500 KB", 413, "body_too_large", raw=lambda: json.dumps(BATCH).encode() + b" " * 520_000),
    _request("A body that unpacks to 50 MB (a gzip bomb)", 413, "body_too_large", headers=GZIP,
             raw=lambda: gzip.compress(b" " * 50_000_000, 1)),
    _request("A body said to be gzip that is not", 400, "bad_gzip", headers=GZIP, body=BATCH),
    _request("A gzip body cut in the middle", 400, "bad_gzip", headers=GZIP,
             raw=lambda: gzip.compress(json.dumps(BATCH).encode())[:-12]),
    _request("Bytes after the gzip body", 400, "bad_gzip", headers=GZIP,
             raw=lambda: gzip.compress(json.dumps(BATCH).encode()) + b"more"),
    _request("A content encoding other than gzip", 415, "unknown_encoding", headers={"Content-Encoding": "br"},
             body=BATCH),
    # Single items
    BadRequest("An item past the 2,500th", 200, "too_many_items", body={"batch": [GOOD] * 2_501}, index=2_500),
    _item("An item over 32 KB", "item_too_large", properties={"text": "x" * 40_000}),
    _raw_item("An item that is text", "not_an_object", b'"track"'),
    _raw_item("An item that is null", "not_an_object", b"null"),
    _raw_item("A number out of range", "invalid_json", b'{"type":"track","userId":"u","event":"E","value":1e999}'),
    _raw_item("Text in Latin-1", "invalid_json", '{"type":"track","userId":"u","event":"Año"}'.encode("latin-1")),
    _item("Objects nested 40 deep", "too_deep", properties=json.loads('{"a":' * 40 + "1" + "}" * 40)),
    _item("The character U+0000 in a property", "nul_character", properties={"note": "a\0b"}),
    _item("No `type` in a batch", "unknown_type", type=...),
    _item("A `type` that does not exist", "unknown_type", type="trak"),
    _item("A `type` that is a number", "unknown_type", type=1),
    _item("Neither `userId` nor `anonymousId`", "no_identity", userId=...),
    _item("Both ids null", "no_identity", userId=None, anonymousId=None),
    _item("A `userId` of spaces", "no_identity", userId="  "),
    _item("A `userId` that is an object", "bad_type", userId={"id": 1}),
    _item("A `userId` that is true", "bad_type", userId=True),
    _item("A `userId` that is a fraction", "bad_type", userId=1.5),
    _item("A `userId` of 600 characters", "id_too_long", userId="u" * 600),
    _item("A track call without `event`", "no_event", event=...),
    _item("An `event` of spaces", "no_event", event=" "),
    _item("An `event` that is a number", "bad_type", event=5),
    _item("An `event` of 300 characters", "event_too_long", event="E" * 300),
    _item("`properties` that are a list", "bad_type", properties=[1]),
    _item("`context` that is text", "bad_type", context="web"),
    _item("`traits` that are a number", "bad_type", type="identify", traits=5),
    _item("A group call without `groupId`", "no_group", type="group"),
    _item("An alias call without `previousId`", "no_previous_id", type="alias"),
    _item("An alias call without `userId`", "no_user_id", type="alias", previousId="a", userId=..., anonymousId="b"),
    _item("A `messageId` of 101 characters", "message_id_too_long", messageId="m" * 101),
    _item("A `messageId` that is a number", "bad_type", messageId=5),
    _item("A `timestamp` that is no instant", "bad_timestamp", timestamp="yesterday"),
    _item("A `timestamp` of the 31st of February", "bad_timestamp", timestamp="2026-02-31T00:00:00Z"),
    _item("A `timestamp` in seconds since 1970", "bad_type", timestamp=1_767_225_600),
    _item("A `timestamp` before 1970", "timestamp_out_of_range", timestamp="1969-12-31T23:59:59Z"),
    _item("A `timestamp` three days ahead", "timestamp_out_of_range", timestamp=_days_ahead(3)),
    _item("A bad `originalTimestamp` beside a good `timestamp`", "bad_timestamp", timestamp="2026-01-31T09:30:00Z",
          originalTimestamp="yesterday"),
    _item("A `sentAt` that puts the event before 1970", "timestamp_out_of_range", timestamp="2026-01-31T09:30:00Z",
          sentAt="9999-01-01T00:00:00Z"),
    # A strict source
    BadRequest("Any bad item from a strict source; the good ones are stored all the same", 400, "no_event",
               key=STRICT_KEY, body={"batch": [GOOD, {"type": "track", "userId": "u"}]}, index=1),
]  # fmt: skip
