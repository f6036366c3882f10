"""Do: store comments, have them read."""

from __future__ import annotations

from sojourn.domains.feedback.hearing import follow_comments, forget_comments
from sojourn.domains.feedback.understanding import note as note_understanding
from sojourn.domains.feedback.understanding import read_comments

__all__ = ["follow_comments", "forget_comments", "note_understanding", "read_comments"]
