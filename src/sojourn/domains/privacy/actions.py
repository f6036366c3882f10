"""Verbs of privacy: keep the timeline up to date, record consent, erase."""

from __future__ import annotations

from datetime import datetime

from sojourn.domains.privacy.contracts import Purpose


def refresh_timeline() -> None:
    """Bring the timeline up to the newest batch and identity version; cheap when nothing has changed.

    Raise ConflictError when another process is refreshing.
    """
    raise NotImplementedError


def record_consent(*, customer: int, purpose: Purpose, allowed: bool, at: datetime) -> None:
    """Note a customer's grant or objection; it acts on the next read, history included."""
    raise NotImplementedError


def erase(*, customer: int) -> None:
    """Remove a customer everywhere: identity link, rows of every segment, timeline."""
    raise NotImplementedError
