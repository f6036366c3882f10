"""Ask: comments, and what persons are told of them."""

from __future__ import annotations

from sojourn.domains.feedback.hearing import about as told_of_comments
from sojourn.domains.feedback.understanding import waiting as comments_waiting

__all__ = ["comments_waiting", "told_of_comments"]
