"""Invitations of feedback: who reads comments, and who wants to hear of a comment that was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from sojourn.domains.feedback.contracts import Comment, Understanding, Understood
from sojourn.kit.hooks import Hook

# Reads comments: asked by the job `feedback.read_comments`, outside any transaction, for some hundred at a time. A
# comment that is not among the answers is asked for again; the first answer that gives one counts.
understand: Final[Hook[Callable[[Sequence[Comment]], Sequence[Understanding]]]] = Hook("feedback.understand")

# Comments were read: an answer looks up what it needs, and gives a write, which is called with the ids of the comments
# that are still there in one transaction on the state database with the reading: it is done exactly once for each
# comment and reading, and reads nothing that could take long.
Write = Callable[[Collection[int]], object]
understood: Final[Hook[Callable[[Sequence[Understood]], Write]]] = Hook("feedback.understood")
