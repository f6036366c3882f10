"""Invitations of feedback: who reads comments, and who wants to hear of a comment that was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sojourn.domains.feedback.contracts import Comment, Understanding, Understood
from sojourn.kit.hooks import Hook

# Reads comments: asked by the job `feedback.read_comments`, outside any transaction, for some hundred at a time. A
# comment that is not among the answers is asked for again; the first answer that gives one counts.
understand: Final[Hook[Callable[[Sequence[Comment]], Sequence[Understanding]]]] = Hook("feedback.understand")

# Comments were read: what an answer writes goes in one transaction on the state database with the reading, so that it
# is done exactly once for each comment and reading.
understood: Final[Hook[Callable[[Sequence[Understood]], None]]] = Hook("feedback.understood")
