"""What is understood of a comment, and what is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.text.aspects import Vocabulary
from sojourn.engine.text.model import Lexicon
from sojourn.engine.text.pieces import clauses, sentences
from sojourn.engine.text.understanding import understand
from sojourn.engine.text.words import Emotion, Sentiment, TextError

MIXED = "The adviser was friendly and helpful, but the queue was awful. I am thinking of leaving."


def test_a_comment_has_language_sentiment_and_the_phrases_of_its_aspects() -> None:
    (found,) = understand([MIXED], languages=["en", "de"], model=Lexicon())
    assert (found.language, found.is_supported) == ("en", True)
    said = {each.aspect: (each.at.of(MIXED), each.phrase.of(MIXED), each.sentiment) for each in found.aspects}
    assert said["staff"] == ("adviser", "The adviser was friendly and helpful", Sentiment.POSITIVE)
    assert said["waiting"] == ("queue", "but the queue was awful.", Sentiment.NEGATIVE)
    assert found.churn_intent and found.churn_intent.of(MIXED) == "thinking of leaving"
    assert found.method == "vader-3.3.2"


def test_a_language_that_is_not_supported_is_named_and_nothing_is_guessed() -> None:
    german, empty, foreign = understand(
        [
            "Die Wartezeit war viel zu lang und niemand hat sich gekümmert.",
            "👍",
            "Ho aspettato troppo tempo allo sportello.",
        ],
        languages=["en", "de"],
        model=Lexicon(),
    )
    assert (german.language, german.is_supported, german.sentiment, german.score) == ("de", False, None, None)
    assert (empty.language, empty.is_supported) == (None, False)
    assert (foreign.language, foreign.is_supported) == ("it", False)


def test_a_few_words_lean_towards_the_languages_of_the_company() -> None:
    texts = ["Too slow!!", "Der Service war schlecht", "Great service"]
    assert [each.language for each in understand(texts, languages=["en", "de"], model=Lexicon())] == ["en", "de", "en"]


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("This is a disgrace, I am furious.", Emotion.ANGER),
        ("I expected more.", Emotion.DISAPPOINTMENT),
        ("Thank you.", Emotion.GRATITUDE),
        ("The letter makes no sense.", Emotion.CONFUSION),
        ("The branch is on the corner.", None),
    ],
)
def test_an_emotion_is_named_where_the_words_say_it(text: str, emotion: Emotion | None) -> None:
    (found,) = understand([text], languages=["en"], model=Lexicon())
    assert found.emotion is emotion


def test_urgency_and_leaving_are_shown_by_their_words() -> None:
    text = "Please call me back, I am locked out. Otherwise I will cancel my account."
    (found,) = understand([text], languages=["en"], model=Lexicon())
    assert found.urgency and found.urgency.of(text) == "call me back"
    assert found.churn_intent and found.churn_intent.of(text) == "cancel my account"


def test_a_company_listens_for_its_own_aspects() -> None:
    text = "The lounge was lovely."
    (found,) = understand(
        [text], languages=["en"], model=Lexicon(), vocabulary=Vocabulary(words={"lounge": ["lounge*"]})
    )
    assert [(each.aspect, each.sentiment) for each in found.aspects] == [("lounge", Sentiment.POSITIVE)]
    with pytest.raises(TextError):
        Vocabulary(words={"lounge": []})
    with pytest.raises(TextError):
        Vocabulary(words={"lounge": ["*"]})


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_every_place_lies_in_the_text_and_in_its_clause(text: str) -> None:
    for sentence in sentences(text):
        assert sentence.of(text) == sentence.of(text).strip() != ""
        parts = clauses(text, sentence)
        assert all(sentence.holds(part) for part in parts)
        assert [part.start for part in parts] == sorted(part.start for part in parts)
    (found,) = understand([text], languages=["en"], model=Lexicon())
    assert all(each.phrase.holds(each.at) for each in found.aspects)
