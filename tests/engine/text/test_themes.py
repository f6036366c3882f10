"""Themes, what people decided about them, what rises, and what is a copy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sojourn.engine.text.clusters import grouped, k_means, leaders, unit
from sojourn.engine.text.copies import copies
from sojourn.engine.text.encoder import embed
from sojourn.engine.text.naming import described
from sojourn.engine.text.rising import evidence, new_directions, rising, said_daily, upper_share
from sojourn.engine.text.themes import Theme, assigned, find_themes, merged, split
from sojourn.engine.text.words import Float32s, Int64s, TextError

TOPICS = ("the queue at the counter", "the app throws me out", "a fee for paying abroad", "the new card came late")


def around(directions: int, each: int, seed: int = 0, width: int = 24) -> tuple[Float32s, Int64s]:
    """Make vectors of length 1 around orthogonal directions."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(directions), each)
    vectors = np.eye(width)[truth] + 0.08 * rng.normal(size=(len(truth), width))
    return unit(vectors.astype(np.float32)), truth.astype(np.int64)


def texts_of(truth: Int64s) -> list[str]:
    return [TOPICS[each] for each in truth.tolist()]


def test_groups_of_vectors_are_found_again() -> None:
    vectors, truth = around(4, 30)
    _, nearest = k_means(vectors, 4)
    assert len({(one, other) for one, other in zip(truth.tolist(), nearest.tolist(), strict=True)}) == 4
    assert [len(each) for each in leaders(vectors, alike=0.6, fewest=5)] == [30] * 4
    centres = unit(np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0.1], [0, 1, 0]], dtype=np.float32))
    assert grouped(centres, 2).tolist() == [0, 0, 1, 1]


def test_a_theme_is_named_by_words_that_the_others_do_not_use() -> None:
    truth = np.repeat(np.arange(4), 10)
    words = described(texts_of(truth), truth, 4)
    assert "fee" in " ".join(words[2]) and "queue" in " ".join(words[0])
    assert all("the" not in each for each in words)


def test_a_later_run_keeps_numbers_and_what_people_decided() -> None:
    vectors, truth = around(4, 30)
    first = find_themes(texts_of(truth), vectors, number=4)
    assert sorted(each.size for each in first.themes) == [30] * 4
    fee = next(each for each in first.themes if "fee" in each.name or "abroad" in each.name)
    known = [replace(fee, name="Foreign fee", is_kept=True), *(each for each in first.themes if each.id != fee.id)]
    later, later_truth = around(4, 40, seed=1)
    second = find_themes(texts_of(later_truth), later, known=known, number=3)
    assert {each.id for each in second.themes} == {each.id for each in first.themes}
    kept = next(each for each in second.themes if each.id == fee.id)
    assert (kept.name, kept.size, kept.is_kept) == ("Foreign fee", 40, True)
    assert np.array_equal(kept.prototype, fee.prototype)


def test_themes_are_merged_and_split() -> None:
    vectors, truth = around(2, 30)
    middle = np.zeros(24, dtype=np.float32)
    one, other = find_themes(texts_of(truth), vectors, number=2).themes
    both = merged(one, other)
    assert (both.id, both.size, both.is_kept) == (one.id, 60, True)
    assert set(assigned(vectors, [both], middle=middle).tolist()) == {0}
    halves = split(both, vectors, middle=middle, free_id=9)
    assert (halves[0].id, halves[1].id, halves[0].size + halves[1].size) == (one.id, 9, 60)
    with pytest.raises(TextError, match="cannot be split"):
        split(both, vectors[:5], middle=middle, free_id=9)


def test_a_text_far_from_all_themes_has_none() -> None:
    vectors, truth = around(3, 20)
    found = find_themes(texts_of(truth), vectors, number=3)
    strange = np.eye(24, dtype=np.float32)[[20]]
    assert assigned(strange, found.themes, middle=found.middle).tolist() == [-1]
    assert find_themes([], np.zeros((0, 24), dtype=np.float32)).themes == ()
    with pytest.raises(TextError, match="people keep"):
        many = [Theme(id=each, name="", words=(), prototype=strange[0], is_kept=True) for each in range(101)]
        find_themes(["a"], strange, known=many)


def test_a_theme_that_grows_is_called_rising_with_its_day_and_others_are_not() -> None:
    rng = np.random.default_rng(3)
    comments = np.full(40, 80)
    daily = rng.binomial(80, 0.05, (5, 40))
    daily[2, 33:] = rng.binomial(80, 0.25, 7)
    daily[4] = 0
    daily[4, 37:] = [6, 8, 9]
    found = {each.theme: each for each in rising(daily, comments, baseline_days=28)}
    assert set(found) == {2, 4}
    assert found[2].since == 33 and found[2].now > 0.15 > 0.08 > found[2].before
    assert (found[4].since, found[4].before, found[4].said) == (37, 0, 23)


def test_too_little_says_nothing() -> None:
    assert rising(np.zeros((0, 40), dtype=np.int64), np.full(40, 5), baseline_days=28) == []
    assert rising(np.zeros((2, 40), dtype=np.int64), np.zeros(40, dtype=np.int64), baseline_days=28) == []
    two = np.zeros((1, 40), dtype=np.int64)
    two[0, -1] = 2
    assert rising(two, np.full(40, 1_000), baseline_days=28) == []


def test_daily_looks_at_unchanged_themes_raise_few_false_alarms() -> None:
    rng = np.random.default_rng(0)
    themes, runs, alarms = 10, 60, 0
    for _ in range(runs):
        comments = rng.poisson(60, 56 + 28)
        daily = rng.binomial(comments, 0.04, (themes, len(comments)))
        usual = [upper_share(float(each[:56].sum()), float(comments[:56].sum())) for each in daily]
        strongest = max(
            evidence(each[56:], comments[56:], share).max() for each, share in zip(daily, usual, strict=True)
        )
        alarms += strongest >= 365 * themes
    assert alarms / runs <= 28 / 365 + 0.08, "28 days of looks at ten themes: one alarm a year and a margin for 60 runs"


def test_a_new_theme_is_found_by_its_sentences() -> None:
    usual = ["The queue was long.", "Friendly staff at the counter.", "The letter was clear.", "The app is quick."] * 20
    fresh = [
        "A fee for using my card abroad, since when?",
        "The new foreign-use fee is a disgrace.",
        "You charge a fee for paying abroad now?",
        "A new fee for paying with my card abroad.",
    ]
    vectors = embed([*usual, *fresh])
    directions = new_directions(vectors[-len(fresh) - 4 :])
    day = [each // 4 for each in range(80)] + [20] * 4
    counts = said_daily(directions, vectors, np.arange(84), day, 21)
    assert any(each[:20].sum() == 0 and each[20] >= 3 for each in counts)


def test_copies_are_found_and_short_texts_are_nobodys() -> None:
    letter = "Please stop closing the branch in the old town, many of us cannot travel to the next one."
    texts = [
        letter,
        "It was quick.",
        letter + " Thank you.",
        "It was quick.",
        letter.upper(),
        "I like the new branch in town.",
    ]
    assert copies(texts) == [(0, 2, 4)]
    assert copies([]) == []
