"""Intake's log: one JSON object a line on standard error, never with what a client sent."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime

import msgspec


def log(event: str, *, level: str = "info", **facts: str | int | float | dict[str, int]) -> None:
    """Write one line."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = msgspec.json.encode({"at": at, "level": level, "event": event, **facts})
    with contextlib.suppress(OSError):  # whoever read the log went away; that is no reason to lose events
        os.write(2, line + b"\n")
