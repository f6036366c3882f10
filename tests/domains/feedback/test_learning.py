"""A model that learns from the company's own scores, used where it is better; and what the doctor says of models."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.learning import own_model
from sojourn.domains.feedback.models import CommentRow
from sojourn.engine.text.teaching import rating
from sojourn.kit import sealing

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
# In this company "a real harbour" is praise, "a wet plank" is blame: words that no public set has taught.
SAID = {5: "Once more a real harbour, my {}.", 3: "My {} was as every year.", 1: "Once more a wet plank, my {}."}
THINGS = ("card", "loan", "branch", "letter", "call", "app", "account", "adviser", "transfer", "statement")


def heard(count: int) -> None:
    sealer = sealing.sealer(settings.SOJOURN)
    CommentRow.objects.bulk_create(
        CommentRow(
            event_id=number, person=number, kind="survey", event="Survey Answered", score=score, scale="1-5",
            direction="high", measure="csat", language="en", occurred_at=AT, received_at=AT,
            sealed=sealer.seal(SAID[score].format(f"{THINGS[number % 10]} {number}").encode(), use="comment"),
        )
        for number in range(count)
        for score in [(5, 3, 1)[number % 3]]
    )  # fmt: skip


@pytest.mark.django_db(databases="__all__")
def test_a_model_learns_the_words_of_the_company_and_reads_with_them() -> None:
    heard(255)
    assert actions.learn_sentiment()
    [own] = [each for each in queries.models() if "own model" in each.detail]
    assert own.ok and "255 scored comments" in own.detail
    comment, *_ = queries.comments_waiting(limit=3)
    [read] = actions.read_by_model([comment])
    assert read.model.startswith("use-multilingual-3+own-") and (read.sentiment or 0) > 0.125


@pytest.mark.django_db(databases="__all__")
def test_too_few_scores_change_nothing() -> None:
    heard(30)
    assert not actions.learn_sentiment()
    assert not own_model().exists()


@pytest.mark.django_db(databases="__all__")
def test_the_doctor_tells_of_models_and_of_one_that_cannot_be_read(place: Path) -> None:
    assert all(each.ok for each in queries.models())
    own_model().parent.mkdir()
    own_model().write_text("{")
    [wrong] = [each for each in queries.models() if not each.ok]
    assert "cannot be read" in wrong.detail and wrong.advice


@pytest.mark.parametrize(
    ("score", "scale", "direction", "measure", "made"),
    [
        (3, "1-5", "high", "csat", 0.0),
        (5, "1-5", "low", "ces", -1.0),
        (8, "0-10", "high", "nps", 0.1),
        (10, "0-10", "high", "nps", 0.5),
        (0, "0-10", "high", "nps", -1.0),
        (6, "1-5", "high", "csat", None),
        (3, "stars", "high", "csat", None),
        (3, "1-5", "", "csat", None),
    ],
)
def test_a_score_is_a_rating_where_its_scale_is_known(
    score: float, scale: str, direction: str, measure: str, made: float | None
) -> None:
    assert rating(score=score, scale=scale, direction=direction, measure=measure) == pytest.approx(made)
