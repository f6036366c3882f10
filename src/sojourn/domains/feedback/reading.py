"""Reading comments by the engine's models: what `hooks.understand` gets from Sojourn itself."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings

from sojourn.domains.feedback.contracts import Comment, Understanding
from sojourn.domains.feedback.learning import own_model
from sojourn.engine.text import words
from sojourn.engine.text.words import Span, TextError

if TYPE_CHECKING:
    from sojourn.engine.text.model import Model


def read(comments: Sequence[Comment]) -> list[Understanding]:
    """Understand comments by the best model that is installed; a language that it does not know stays unread."""
    from sojourn.engine.text.understanding import understand  # models and word lists: some 150 MB

    found = understand([each.text for each in comments], languages=spoken(), model=_model())
    return [_told(comment.id, each) for comment, each in zip(comments, found, strict=True)]


def spoken() -> tuple[str, ...]:
    """Give the languages of the setting `languages`; none: all that the model knows."""
    said = str(settings.SOJOURN.languages)
    return tuple(code.strip().lower() for code in said.split(",") if code.strip())


def _model() -> Model:
    """Give the company's own model where there is one that can be read, else the best that is installed."""
    from sojourn.engine.text import encoder, model

    if encoder.is_ready() and own_model().exists():
        with contextlib.suppress(TextError):  # the doctor says that it cannot be read
            return model.load(own_model())
    return model.best()


def _told(comment: int, found: words.Understanding) -> Understanding:
    if not found.is_supported:
        return Understanding(
            comment=comment, model=found.method, language=found.language or "", findings={"supported": False}
        )
    return Understanding(
        comment=comment,
        model=found.method,
        language=found.language or "",
        sentiment=found.score,
        urgency=float(found.urgency is not None),
        churn=float(found.churn_intent is not None),
        complaint=found.complaint,
        findings=_findings(found),
    )


def _findings(found: words.Understanding) -> dict[str, Any]:
    said: dict[str, Any] = {
        "aspects": [
            {"aspect": each.aspect, "at": _place(each.at), "phrase": _place(each.phrase), "score": round(each.score, 3)}
            for each in found.aspects
        ]
    }
    if found.emotion is not None:
        said["emotion"] = found.emotion.value
    for name, span in (("urgency", found.urgency), ("churn", found.churn_intent)):
        if span is not None:
            said[name] = _place(span)
    return said


def _place(span: Span) -> list[int]:
    return [span.start, span.end]
