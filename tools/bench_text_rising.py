"""On which day the theme that is planted in Harbour Bank is called rising, looked at every day."""

from __future__ import annotations

import json

import numpy as np

from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.truths import THEME_DAYS
from sojourn.engine.simulation.words import DAY
from sojourn.engine.text.encoder import embed
from sojourn.engine.text.pieces import sentences
from sojourn.engine.text.rising import Rise, new_directions, rising, said_daily
from sojourn.engine.text.words import Float32s, Int64s

SIZES, ANCHOR = (60_000, 240_000), 20_000 * DAY
PLANTED = ("abroad", "foreign-use", "2.5 percent")
BEFORE_DAYS, WATCHED_DAYS, UNTIL_DAYS_AGO = 56, 7, 14


def rising_theme() -> str:
    """Measure when the planted theme is told, and what is told before it began."""
    rows = [f"| {size:,} | {' | '.join(map(str, _told(size)))} |" for size in SIZES]
    return "\n".join([
        "### Rising themes", "",
        "Harbour Bank, looked at each evening: the fee for paying abroad, which nobody had spoken of. A theme rises",
        "where the evidence is such that themes which stay as they are would give it once a year. *False*: other new",
        f"themes that were called rising on the {WATCHED_DAYS} evenings before.", "",
        "| customers | comments a day | of the theme on its first four days | told on day | false |",
        "| --- | --- | --- | --- | --- |", *rows,
    ])  # fmt: skip


def _told(size: int) -> tuple[int, str, str, int]:
    texts, day = comments(size)
    vectors, comment = sentences_of(texts)
    first = BEFORE_DAYS + WATCHED_DAYS
    planted = [at for text, at in zip(texts, day.tolist(), strict=True) if any(each in text for each in PLANTED)]
    false, told = 0, "not within a week"
    for today in range(first - WATCHED_DAYS, first + THEME_DAYS - UNTIL_DAYS_AGO):
        found = looked(vectors, comment, day, today)
        false += len(found) if today < first else 0
        if today >= first and found:
            told = str(today - first + 1)
            break
    days = [str(planted.count(first + each)) for each in range(4)]
    return round(len(texts) / (int(day.max()) + 1)), ", ".join(days), told, false


def looked(vectors: Float32s, comment: Int64s, day: Int64s, today: int) -> list[Rise]:
    """Look at the end of a day: what is new among its sentences, and does it rise?"""
    known = day[comment] <= today
    recent = vectors[(day[comment] <= today) & (day[comment] > today - WATCHED_DAYS)]
    directions = new_directions(recent)
    daily = said_daily(directions, vectors[known], comment[known], day.tolist(), today + 1)
    total = np.bincount(day[day <= today], minlength=today + 1)
    return rising(daily, total, baseline_days=today + 1 - WATCHED_DAYS)


def comments(size: int) -> tuple[list[str], Int64s]:
    """Give the comments of the weeks around the theme's start, in order, and each one's day."""
    bank = Bank(seed=1, size=size, anchor=ANCHOR)
    since = ANCHOR - (THEME_DAYS + BEFORE_DAYS + WATCHED_DAYS) * DAY
    said: list[tuple[int, str]] = []
    for _, rows in bank.between(since, ANCHOR - UNTIL_DAYS_AGO * DAY):
        answers = rows.kept(rows.is_named("Survey Answered"))
        for at, place in zip(answers.columns["at"].tolist(), answers.columns["extra"].tolist(), strict=True):
            comment = json.loads(f"{{{answers.fragments[place]}}}").get("comment")
            if comment:
                said.append((at, comment))
    said.sort()
    return [text for _, text in said], np.array([(at - since) // DAY for at, _ in said], dtype=np.int64)


def sentences_of(texts: list[str]) -> tuple[Float32s, Int64s]:
    """Embed the sentences of comments, each different one once, and name each one's comment."""
    parts = [(place, span.of(text)) for place, text in enumerate(texts) for span in sentences(text)]
    different = sorted({part for _, part in parts})
    vectors, at = embed(different), {part: place for place, part in enumerate(different)}
    return vectors[[at[part] for _, part in parts]], np.array([place for place, _ in parts], dtype=np.int64)
