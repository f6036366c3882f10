"""Thought of feedback: pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sojourn.domains.feedback.contracts import CommentKind

# Words of an event's name that say where something was said, the first that fits.
KINDS: Final = (
    ("survey", CommentKind.SURVEY),
    ("review", CommentKind.REVIEW),
    ("complaint", CommentKind.COMPLAINT),
    ("mention", CommentKind.SOCIAL),
    ("social", CommentKind.SOCIAL),
    ("chat", CommentKind.CHAT),
    ("ticket", CommentKind.TICKET),
    ("conversation", CommentKind.CHAT),
    ("call", CommentKind.CALL),
)
WORST: Final = {"ces": "low"}  # measures whose good end is the low one, where an event does not say
SCALE: Final = re.compile(r"\d{1,3}-\d{1,3}")


def kind_of(event: str) -> CommentKind:
    """Say where a comment was said by the name of its event.

    >>> kind_of("Survey Answered"), kind_of("Call Ended"), kind_of("Order Placed")
    (<CommentKind.SURVEY: 'survey'>, <CommentKind.CALL: 'call'>, <CommentKind.OTHER: 'other'>)
    """
    name = event.lower()
    return next((kind for word, kind in KINDS if word in name), CommentKind.OTHER)


def score_of(properties: Mapping[str, Any]) -> float | None:
    """Give the score of an event's properties; None without one that is a number."""
    found = properties.get("score", properties.get("rating"))
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found)


def direction_of(properties: Mapping[str, Any]) -> str:
    """Say which end of the scale is good: what the event says, else what its measure means."""
    said = properties.get("direction")
    if said in ("high", "low"):
        return str(said)
    if score_of(properties) is None:
        return ""
    return WORST.get(str(properties.get("kind", "")), "high")


def scale_of(properties: Mapping[str, Any]) -> str:
    """Give the scale of an event's properties, "" without one that can be read."""
    said = str(properties.get("scale", ""))
    return said if SCALE.fullmatch(said) else ""
