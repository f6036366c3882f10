"""Understanding comments: language, sentiment, aspects, emotion, urgency and the intent to leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sojourn.engine.text import signals
from sojourn.engine.text.aspects import Vocabulary, usual
from sojourn.engine.text.languages import language_of
from sojourn.engine.text.model import Model, best
from sojourn.engine.text.words import AspectFound, Emotion, Floats, Sentiment, Span, Understanding


def understand(
    texts: Sequence[str],
    *,
    languages: Collection[str] = (),
    model: Model | None = None,
    vocabulary: Vocabulary | None = None,
) -> list[Understanding]:
    """Understand texts, in their order; what is not supported is said to be so, never guessed.

    Parameters
    ----------
    texts
        Comments, a few hundred at a time: embeddings are made in batches.
    languages
        ISO 639-1 codes that the company speaks; a text in another is not supported. Empty for all that the model knows.
    model
        What scores; None for the best that is installed (`model.best`).
    vocabulary
        The aspects to look for; None for `aspects.usual`.

    Returns
    -------
    list of Understanding
        One a text. Without letters, in a language that is not spoken here or that the model does not know:
        ``is_supported`` is false and nothing else is said.
    """
    used = best() if model is None else model
    told = [language_of(text, languages) for text in texts]
    known = [
        place
        for place, language in enumerate(told)
        if language in used.languages and (not languages or language in languages)
    ]
    mentions = {place: list((vocabulary or usual()).mentions(texts[place])) for place in known}
    asked = [texts[place] for place in known]
    scores = used.scores(asked, [told[place] or "" for place in known])
    felt = used.aspect_scores(
        [(texts[place], clause, at) for place in known for _, at, clause in mentions[place]],
        [told[place] or "" for place in known for _ in mentions[place]],
    )
    understood = [Understanding(language=language, is_supported=False, method=used.method) for language in told]
    taken = 0
    for place, score in zip(known, scores.tolist(), strict=True):
        count = len(mentions[place])
        aspects = _aspects(mentions[place], felt[taken : taken + count])
        understood[place] = _whole(texts[place], told[place] or "", score, aspects, used.method)
        taken += count
    return understood


def _aspects(mentions: Sequence[tuple[str, Span, Span]], scores: Floats) -> tuple[AspectFound, ...]:
    return tuple(
        AspectFound(aspect=aspect, at=at, phrase=clause, sentiment=Sentiment.of(score), score=score)
        for (aspect, at, clause), score in zip(mentions, scores.tolist(), strict=True)
    )


def _whole(text: str, language: str, score: float, aspects: tuple[AspectFound, ...], method: str) -> Understanding:
    sentiment = Sentiment.of(score)
    emotion = signals.emotion(text, language, sentiment)
    urgency, leaving = signals.urgency(text, language), signals.churn_intent(text, language)
    return Understanding(
        language=language,
        is_supported=True,
        sentiment=sentiment,
        score=score,
        aspects=aspects,
        emotion=emotion,
        urgency=urgency,
        churn_intent=leaving,
        complaint=signals.reads_as_complaint(
            score=score,
            has_words=signals.complaint(text, language) is not None,
            is_pressing=emotion is Emotion.ANGER or urgency is not None or leaving is not None,
        ),
        method=method,
    )
