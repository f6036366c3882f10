"""Ask: surveys and their links, what a visitor sees, comments, and what persons are told."""

from __future__ import annotations

from sojourn.domains.feedback.answers.about import told as told_of_surveys
from sojourn.domains.feedback.answers.counting import answered
from sojourn.domains.feedback.answers.holding import held_answers
from sojourn.domains.feedback.answers.inviting import opportunities, spared
from sojourn.domains.feedback.answers.links import links, visit
from sojourn.domains.feedback.answers.taking import begin as begin_visit
from sojourn.domains.feedback.answers.taking import is_answer_idle
from sojourn.domains.feedback.comments.listing import comment_figures
from sojourn.domains.feedback.hearing import about as told_of_comments
from sojourn.domains.feedback.learning import models
from sojourn.domains.feedback.surveys.flow import next_page, piped, text_in
from sojourn.domains.feedback.surveys.keeping import survey, surveys, versions
from sojourn.domains.feedback.surveys.library import template, templates
from sojourn.domains.feedback.surveys.reading import plain as survey_document
from sojourn.domains.feedback.surveys.reading import read as read_survey
from sojourn.domains.feedback.surveys.reading import write as write_survey
from sojourn.domains.feedback.surveys.wording import doubts
from sojourn.domains.feedback.understanding import comments_read, is_comment_waiting
from sojourn.domains.feedback.understanding import waiting as comments_waiting

__all__ = [
    "answered",
    "begin_visit",
    "comment_figures",
    "comments_read",
    "comments_waiting",
    "doubts",
    "held_answers",
    "is_answer_idle",
    "is_comment_waiting",
    "links",
    "models",
    "next_page",
    "opportunities",
    "piped",
    "read_survey",
    "spared",
    "survey",
    "survey_document",
    "surveys",
    "template",
    "templates",
    "text_in",
    "told_of_comments",
    "told_of_surveys",
    "versions",
    "visit",
    "write_survey",
]
