"""Words of feedback."""

from __future__ import annotations

from sojourn.domains.feedback.words.comments import Comment as Comment
from sojourn.domains.feedback.words.comments import CommentKind as CommentKind
from sojourn.domains.feedback.words.comments import Understanding as Understanding
from sojourn.domains.feedback.words.comments import Understood as Understood
