"""Log lines as JSON, one a line, without personal data: counts, names of things, error classes."""

from __future__ import annotations

import json
import sys
import time
import traceback


def note(what: str, **details: object) -> None:
    """Write one line to standard error."""
    line = {"at": round(time.time(), 3), "process": "work", "what": what, **details}
    sys.stderr.write(json.dumps(line, default=str) + "\n")
    sys.stderr.flush()


def failure(what: str, error: BaseException, **details: object) -> None:
    """Write where something failed; the error's own text is left out, for it may quote a value."""
    where = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]
    note(what, error=type(error).__name__, code=getattr(error, "code", None), where=where, **details)
