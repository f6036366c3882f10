"""Feedback's answers to the hooks of rooms below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Check, Held, TailBatch
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import Comment, Understanding
from sojourn.domains.feedback.hooks import understand
from sojourn.kit.sealed import seals

seals("feedback.CommentRow", "sealed", use="comment")


@hooks.tail.answer
def follow_comments(batch: TailBatch) -> Callable[[], None]:
    """Store what customers said in new events, in the consumer's transaction."""
    return actions.follow_comments(batch)


@understand.answer
def read_by_model(comments: Sequence[Comment]) -> Sequence[Understanding]:
    """Read comments by the models that are installed here."""
    return actions.read_by_model(comments)


@hooks.checks.answer
def check_models() -> Iterable[Check]:
    """Say which models read comments here."""
    return queries.models()


@hooks.erase_persons.answer
def forget_comments(persons: tuple[int, ...]) -> None:
    """Delete what erased persons said."""
    actions.forget_comments(persons)


@hooks.about_persons.answer
def tell_comments(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell what persons said."""
    return queries.told_of_comments(persons)


@hooks.reindex.answer
def make_words_anew() -> int:
    """Put the words of comments under the newest key."""
    return actions.reindex_comments()


hooks.holds("feedback.CommentRow", erased_by=forget_comments, told_by=tell_comments)


seals("feedback.ResponseRow", "sealed", use="response")


@hooks.erase_persons.answer
def forget_answers(persons: tuple[int, ...]) -> None:
    """Delete what erased persons answered, and that they were asked."""
    actions.forget_answers(persons)


@hooks.about_persons.answer
def tell_surveys(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell which surveys persons were asked to answer, and what they answered."""
    return queries.told_of_surveys(persons)


hooks.holds(
    "feedback.ResponseRow",
    "feedback.InvitationRow",
    "feedback.SparedRow",
    erased_by=forget_answers,
    told_by=tell_surveys,
)
