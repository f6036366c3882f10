"""Heads that learn from scored comments, the model that is shipped, and what it stands on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sojourn.engine.text import encoder
from sojourn.engine.text.head import Head, stretched
from sojourn.engine.text.learning import best_bounds, classes_of, folds, learn, macro_f1
from sojourn.engine.text.model import DEFAULT, Embedded, Lexicon, load
from sojourn.engine.text.parcels import LEXICON, PARCELS, Parcel, Standing, standing
from sojourn.engine.text.understanding import understand
from sojourn.engine.text.words import Floats, Sentiment, TextError

SAID = {
    "en": (
        "The adviser was kind, excellent service, solved at once.",
        "I waited for hours and nobody helped. Terrible.",
    ),
    "de": ("Die Beraterin war freundlich, ausgezeichnet.", "Ich habe stundenlang gewartet, niemand half. Furchtbar."),
    "fr": ("Le conseiller était très aimable, excellent.", "J'ai attendu des heures, personne ne m'a aidé. Horrible."),
    "es": ("El asesor fue muy amable, excelente.", "Una espera de horas y nadie me ayudó. Terrible."),
}


def rated(count: int, seed: int = 0) -> tuple[Floats, Floats]:
    """Make features whose first column moves the rating."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 12))
    return features, np.clip(0.4 * features[:, 0] + 0.05 * rng.normal(size=count), -1, 1)


def test_a_head_finds_what_moves_the_rating() -> None:
    features, ratings = rated(600)
    head = learn(features[:400], ratings[:400], lexical=3)
    guessed = head.scores(features[400:])
    assert macro_f1(classes_of(ratings[400:]), classes_of(guessed)) > 0.85
    assert np.abs(guessed).max() <= 1


def test_a_head_is_the_same_after_json_and_refuses_other_features() -> None:
    features, ratings = rated(300)
    head, other = learn(features, ratings, lexical=3), learn(features, -ratings, lexical=3)
    again = Head.of_json(json.loads(json.dumps(head.as_json())))
    assert np.allclose(head.scores(features), again.scores(features), atol=1e-3)
    assert head.digest() == again.digest() != other.digest()
    with pytest.raises(TextError, match="12 features"):
        head.scores(features[:, :5])
    for broken in ({}, {**head.as_json(), "second": [1.0]}, {**head.as_json(), "bounds": [1.0, 0.0]}):
        with pytest.raises(TextError):
            Head.of_json(broken)


def test_nothing_is_learned_from_too_few() -> None:
    features, ratings = rated(300)
    with pytest.raises(TextError, match="200 scored comments"):
        learn(features[:100], ratings[:100], lexical=3)
    with pytest.raises(TextError, match="20 of each class"):
        learn(features, np.abs(ratings), lexical=3)


def test_the_bounds_of_the_classes_stand_where_the_scores_have_them() -> None:
    assert stretched(np.array([-2.0, -0.3, 0.05, 0.4, 2.0]), (-0.3, 0.4)).tolist() == pytest.approx(
        [-1, -0.125, 0, 0.125, 1]
    )
    ratings = np.repeat([-0.5, 0.1, 0.7], 40) + np.tile(np.linspace(-0.1, 0.1, 40), 3)
    low, high = best_bounds(ratings, np.repeat([0, 1, 2], 40))
    assert -0.45 < low < 0.05 and 0.15 < high < 0.65


def test_each_place_is_in_one_fold() -> None:
    parts = list(folds(23, seed=0))
    assert sorted(place for _, rest in parts for place in rest) == list(range(23))
    assert all(not set(training) & set(rest) and len(training) + len(rest) == 23 for training, rest in parts)


def test_the_shipped_model_reads_several_languages() -> None:
    found = understand([text for pair in SAID.values() for text in pair], languages=list(SAID), model=load(DEFAULT))
    for language, good, bad in zip(SAID, found[::2], found[1::2], strict=True):
        assert (good.language, good.sentiment, bad.sentiment) == (language, Sentiment.POSITIVE, Sentiment.NEGATIVE)
        assert good.method.startswith("use-multilingual-3+public-1-")
        assert {each.aspect for each in bad.aspects} >= {"waiting"}


def test_a_model_says_which_languages_it_does_not_know() -> None:
    (found,) = understand(["Обслуживание было очень хорошим, спасибо большое."], model=load(DEFAULT))
    assert (found.language, found.is_supported, found.score) == ("ru", False, None)


def test_embeddings_of_the_same_meaning_are_near_each_other() -> None:
    made = encoder.embed([SAID["en"][0], SAID["de"][0], "My card was refused at the till."])
    assert made.shape == (3, encoder.WIDTH)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-4)
    assert made[0] @ made[1] > made[0] @ made[2] + 0.2
    assert encoder.embed([]).shape == (0, encoder.WIDTH)


def test_what_carries_a_model_is_known_by_its_hash(tmp_path: Path) -> None:
    assert {each.distribution: standing(each) for each in PARCELS} == dict.fromkeys(
        [each.distribution for each in PARCELS], Standing.READY
    )
    changed = Parcel(package=LEXICON.package, distribution="", gives="", files=(("vader_lexicon.txt", "0" * 64),))
    assert standing(changed) is Standing.CHANGED
    assert standing(Parcel(package="no_such_package", distribution="", gives="", files=())) is Standing.MISSING
    (tmp_path / "model.json").write_text("{}")
    for path in (tmp_path / "model.json", tmp_path / "none.json"):
        with pytest.raises(TextError):
            load(path)


def test_a_model_of_the_company_and_the_lexicon_say_what_they_are() -> None:
    head = learn(*rated(300), lexical=3)
    own = Embedded(name="ours", worded=head, plain=head, languages=["en"])
    assert own.method == f"use-multilingual-3+ours-{head.digest()}"
    assert Lexicon().method == "vader-3.3.2"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("I want to make a complaint about this.", 0.5, 1),
        ("I was charged twice, this is awful.", 0.9, 1),
        ("Everything was fine, thank you.", 0, 0),
    ],
)
def test_a_comment_reads_as_a_complaint_by_its_words(text: str, least: float, most: float) -> None:
    (found,) = understand([text], languages=["en"], model=Lexicon())
    assert least <= found.complaint <= most
