"""Every refusal of intake: its code, HTTP status and the sentence a sender sees; `docs/reference/intake.md` lists them.

A sentence never repeats what was sent: answers and logs of a public address must not echo personal values.
"""

from __future__ import annotations

from typing import Final

from sojourn.kit.errors import SojournError

# Refused for itself; the rest of the request is taken.
ITEM_REASONS: Final[dict[str, str]] = {
    "too_many_items": "The request holds more items than it may; send the rest in another one.",
    "item_too_large": "The item is larger than an event may be.",
    "not_an_object": "An item must be a JSON object.",
    "invalid_json": "The item cannot be read: a number out of range, or text that is not UTF-8.",
    "too_deep": "The item nests objects and lists too deeply.",
    "nul_character": "Text must not hold the character U+0000.",
    "unknown_type": "`type` must be one of track, identify, page, screen, group, alias.",
    "bad_type": "A field has the wrong JSON type.",
    "no_identity": "The item needs a `userId` or an `anonymousId` that is not empty.",
    "id_too_long": "An id must not be longer than 512 characters.",
    "no_event": "A track call needs the name of its `event`.",
    "event_too_long": "The name of an event must not be longer than 200 characters.",
    "no_group": "A group call needs a `groupId`.",
    "no_previous_id": "An alias call needs a `previousId`.",
    "no_user_id": "An alias call needs a `userId`.",
    "message_id_too_long": "`messageId` must not be longer than 100 characters.",
    "bad_timestamp": "`timestamp` must be an instant in ISO 8601, like 2026-01-31T09:30:00.000Z.",
    "timestamp_out_of_range": "`timestamp` must lie between 1970 and one day from now.",
}

# Refused as a whole: (status, sentence).
REQUEST_REASONS: Final[dict[str, tuple[int, str]]] = {
    "not_found": (404, "There is nothing at this address; events go to /v1/track or /v1/batch and the like."),
    "method_not_allowed": (405, "This address takes POST."),
    "no_write_key": (401, "No write key was sent: use Basic authentication or `writeKey` in the body."),
    "bad_authorization": (401, "The Authorization header cannot be read: it must be Basic with the write key as user."),
    "bad_write_key": (401, "The write key is not known."),
    "source_inactive": (401, "The source of this write key is switched off."),
    "empty_body": (400, "The body is empty."),
    "bad_length": (400, "The Content-Length header is not a number."),
    "body_too_large": (413, "The body is larger than a request may be; send fewer items at a time."),
    "body_too_slow": (408, "The body did not arrive in time."),
    "unknown_encoding": (415, "The only content encoding taken is gzip."),
    "bad_gzip": (400, "The body says it is gzip, but it cannot be unpacked."),
    "not_json": (400, "The body is not JSON in UTF-8."),
    "body_too_deep": (400, "The body nests objects and lists too deeply."),
    "body_not_an_object": (400, "The body must be a JSON object."),
    "no_batch": (400, "A batch needs its items in a list `batch`."),
    "bad_body_field": (400, "A field of the body has the wrong JSON type."),
    "spool_full": (429, "Events come in faster than they are stored; send again later."),
    "disk_full": (429, "The disk is nearly full; send again later."),
    "rate_limited": (429, "The source sends more events a second than it may; send again later."),
    "busy": (429, "Too many requests are under way; send again in a moment."),
    "stopped": (503, "The disk refused a write, so intake has stopped; nothing that was acknowledged is lost."),
}


class RequestRefusedError(SojournError):
    """A whole request was refused; ``retry_after`` is in seconds."""

    def __init__(self, code: str, *, detail: str = "", retry_after: int | None = None) -> None:
        status, sentence = REQUEST_REASONS[code]
        super().__init__(f"{sentence} {detail}".rstrip())
        self.reason_code, self.http_status, self.retry_after = code, status, retry_after


class ItemRefusedError(SojournError):
    """One item was refused."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{ITEM_REASONS[code]} {detail}".rstrip())
        self.reason_code = code
