"""A model for sentiment that learns from the company's own scored comments, and which models stand here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection.contracts import Check
from sojourn.domains.feedback.comments.opening import comment_of
from sojourn.domains.feedback.contracts import Comment
from sojourn.domains.feedback.models import CommentRow
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.text.parcels import PARCELS, Standing, standing
from sojourn.kit import sealing

MOST: Final = 5_000  # comments, the newest
PURPOSE: Final = Purpose.IMPROVEMENT


def learn_sentiment() -> bool:
    """Learn from the newest scored comments whose customers allow it, and keep the model where it proves better.

    Give whether it is used. Without enough comments, or without embeddings, everything stays as it is.
    """
    from sojourn.engine.text import encoder, teaching
    from sojourn.engine.text.words import TextError

    if not encoder.is_ready():
        return False
    rated = [
        (comment, value)
        for comment in _scored()
        if (value := teaching.rating(score=comment.score or 0.0, scale=comment.scale,
                                     direction=comment.direction, measure=comment.measure)) is not None
    ]  # fmt: skip
    try:
        taught = teaching.teach(
            [comment.text for comment, _ in rated],
            np.array([value for _, value in rated]),
            [comment.language for comment, _ in rated],
        )
    except TextError:
        return False
    if taught.is_better:
        figures = {"comments": taught.comments, "macro_f1": taught.macro_f1, "usual": taught.usual}
        _write(own_model(), {**taught.document, "figures": figures})
    return taught.is_better


def own_model() -> Path:
    """Say where the company's own model lies, if there is one."""
    return Path(settings.SOJOURN.data) / "models" / "sentiment.json"


def models() -> Iterator[Check]:
    """Tell the doctor which models read comments here."""
    for parcel in PARCELS:
        found = standing(parcel)
        detail = f"{parcel.distribution} is {found}: {parcel.gives}."
        advice = ""
        if found is Standing.CHANGED:
            advice = "Its files are not those that are known, and are not used; install it again."
        elif found is Standing.MISSING:
            advice = 'pip install "sojourn[text]"' if parcel.is_extra else "Install Sojourn again."
        is_fine = found is Standing.READY or (found is Standing.MISSING and parcel.is_extra)
        yield Check(name="text", ok=is_fine, detail=detail, advice=advice)
    if own_model().exists():
        yield _own()


def _own() -> Check:
    try:
        figures = json.loads(own_model().read_text(encoding="utf-8"))["figures"]
        said = "learned from {comments:,} scored comments: macro-F1 {macro_f1:.3f}, as shipped {usual:.3f}"
        return Check(name="text", ok=True, detail=f"The company's own model, {said.format(**figures)}.")
    except (OSError, ValueError, KeyError, TypeError):
        advice = f"Delete {own_model().name} in the folder models; the next run makes it again."
        return Check(name="text", ok=False, detail="The company's own model cannot be read.", advice=advice)


def _scored() -> list[Comment]:
    """Give the newest comments with a score in a known language, of customers who allow it and allowed it then."""
    bit = privacy.purpose(PURPOSE).bit or 0
    unsaid = privacy.purposes_at_collection(None)
    rows = [
        row
        for row in CommentRow.objects.filter(score__isnull=False).exclude(language="").order_by("-pk")[:MOST]
        if not bit or (unsaid if row.purposes is None else row.purposes) & bit
    ]
    customer = identity.customers_of([row.person for row in rows])
    asked = np.array([customer[row.person] for row in rows], dtype=np.int64)
    allowed = privacy.reachable(asked, purpose=PURPOSE, viewer=SYSTEM)
    sealer = sealing.sealer(settings.SOJOURN)
    return [comment_of(row, sealer) for row, is_one in zip(rows, allowed.tolist(), strict=True) if is_one]


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(document), encoding="utf-8")
    draft.replace(path)
