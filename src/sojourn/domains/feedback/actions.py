"""Do: keep surveys and their links, take answers, store comments and have them read."""

from __future__ import annotations

from sojourn.domains.feedback.answers.about import forget as forget_answers
from sojourn.domains.feedback.answers.giving import take_answers
from sojourn.domains.feedback.answers.holding import judge_answers
from sojourn.domains.feedback.answers.inviting import invite
from sojourn.domains.feedback.answers.links import EndedError, add_link, note_opened, switch_link
from sojourn.domains.feedback.answers.taking import release_idle, take
from sojourn.domains.feedback.comments.listing import comments
from sojourn.domains.feedback.comments.wording import reindex as reindex_comments
from sojourn.domains.feedback.hearing import follow_comments, forget_comments
from sojourn.domains.feedback.learning import learn_sentiment
from sojourn.domains.feedback.reading import read as read_by_model
from sojourn.domains.feedback.surveys.keeping import approve_survey, end_survey, save_survey, start_survey
from sojourn.domains.feedback.understanding import note as note_understanding
from sojourn.domains.feedback.understanding import read_comments

__all__ = [
    "EndedError",
    "add_link",
    "approve_survey",
    "comments",
    "end_survey",
    "follow_comments",
    "forget_answers",
    "forget_comments",
    "invite",
    "judge_answers",
    "learn_sentiment",
    "note_opened",
    "note_understanding",
    "read_by_model",
    "read_comments",
    "reindex_comments",
    "release_idle",
    "save_survey",
    "start_survey",
    "switch_link",
    "take",
    "take_answers",
]
