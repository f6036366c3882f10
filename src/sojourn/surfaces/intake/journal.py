"""Intake's log: one JSON object a line on standard error, never with what a client sent."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import msgspec


def log(event: str, *, level: str = "info", **facts: str | int | float | dict[str, int]) -> None:
    """Write one line."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = msgspec.json.encode({"at": at, "level": level, "event": event, **facts})
    sys.stderr.buffer.write(line + b"\n")
    sys.stderr.buffer.flush()
