"""Text models beside their baselines on public sets; figures only, no texts: the cards of `docs/reference/models.md`.

``python -m tools.bench text``; about six minutes of CPU time. ``OMP_NUM_THREADS=1`` keeps it to one core.
"""

from __future__ import annotations

import csv
import json
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from sojourn.engine.text import lexicon
from sojourn.engine.text.encoder import LANGUAGES, embed
from sojourn.engine.text.features import LEXICAL, embedded, of_mentions, with_lexicon
from sojourn.engine.text.languages import language_of
from sojourn.engine.text.learning import CLASSES, FOLDS, classes_of, folds, learn, macro_f1
from sojourn.engine.text.model import DEFAULT, load
from sojourn.engine.text.pieces import clauses, sentences
from sojourn.engine.text.themes import MOST, find_themes
from sojourn.engine.text.understanding import understand
from sojourn.engine.text.words import Floats, Int64s, Span
from tools.bench_text_resume import measure as resumed
from tools.bench_text_rising import rising_theme
from tools.peers.environments import python_of

TITLE = "Measured quality"
PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "models.md"
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
RATED = {"tweets": "tweets_dev", "Amazon reviews": "amazonReviewSnippets_dev"}
HUMANS = {
    "tweets": 0.888,
    "Amazon reviews": 0.911,
}  # r of one rater with the mean of 20: Hutto & Gilbert, 2014, table 4
NEEDED = {"tweets": 0.74, "Amazon reviews": 0.62}
ASPECTS = {"laptops": "semeval14_Laptops_Train.csv", "restaurants": "semeval14_Restaurants_Train.csv"}
CODES = {"arabic": "ar", "english": "en", "french": "fr", "german": "de", "italian": "it", "portuguese": "pt",
         "spanish": "es"}  # fmt: skip
NAMES = ("negative", "neutral", "positive")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A set, what is true of it and what a tool says, as classes."""

    set: str
    tool: str
    told: Int64s
    guessed: Int64s

    def row(self) -> str:
        """Write a row of the table."""
        share = float((self.told == self.guessed).mean())
        return (
            f"| {self.set} | {self.tool} | {len(self.told):,} | {macro_f1(self.told, self.guessed):.3f} | {share:.3f} |"
        )


def measure() -> str:
    """Measure everything and give the cards in Markdown."""
    sets, aspects = {name: _rated(file) for name, file in RATED.items()}, {n: _aspects(f) for n, f in ASPECTS.items()}
    questions = _csv(DATA / "intents" / "banking77_train.csv")
    asked = [each["text"] for each in questions]
    found = find_themes(asked, embed(asked), number=MOST)
    others = _others(sets, aspects, {"texts": asked, "told": [each["category"] for each in questions],
                                     "found": found.of_text.tolist()})  # fmt: skip
    parts = [_sentiment(sets, others), _multilingual(), _of_aspects(aspects, others), _themes(others), _languages()]
    return "\n\n".join(
        [*parts, rising_theme(), _speed([text for texts, _ in sets.values() for text in texts]), resumed()]
    )


def _sentiment(sets: dict[str, tuple[list[str], Floats]], others: dict[str, Any]) -> str:
    lines, confusions, slices, agreement = [], [], [], []
    for name, (texts, ratings) in sets.items():
        features, told = with_lexicon(texts), classes_of(ratings)
        scores = np.zeros(len(told))
        fold = _folds_of(texts)
        for number in range(FOLDS):
            training, rest = fold != number, fold == number
            scores[rest] = learn(features[training], ratings[training], lexical=LEXICAL).scores(features[rest])
        ours = classes_of(scores)
        by = {"Sojourn, learned on the other folds": ours, "VADER": classes_of(lexicon.scores(texts)),
              "TextBlob": classes_of(np.array(others["blobs"][name])),
              "TF-IDF and logistic regression": np.array(others["classified"][name])}  # fmt: skip
        lines += [Judged(set=name, tool=tool, told=told, guessed=guessed).row() for tool, guessed in by.items()]
        confusions.append(_confusion(name, told, ours))
        slices += _slices(name, texts, told, ours)
        r = np.corrcoef(scores, ratings)[0, 1]
        agreement.append(f"{name}: r {r:.3f} with the mean rating, one human rater {HUMANS[name]:.3f}")
        if macro_f1(told, ours) < NEEDED[name]:
            raise SystemExit(f"macro-F1 of {name} is under {NEEDED[name]}")
    return "\n".join([
        "### Sentiment of English comments", "",
        "Three classes of the mean human rating (-4 to 4): to -0.5, between, from 0.5. Five folds, seed 0.",
        "", "| set | tool | texts | macro-F1 | accuracy |", "| --- | --- | --- | --- | --- |", *lines, "",
        "; ".join(agreement) + ".", "", *confusions, "| set | words | texts | macro-F1 |", "| --- | --- | --- | --- |",
        *slices,
    ])  # fmt: skip


def _multilingual() -> str:
    table = pq.read_table(DATA / "sentiment" / "umsab_multilingual_dev.parquet").to_pydict()
    texts, ratings = table["text"], np.array(table["label"], dtype=np.float64) - 1
    language, is_training = np.array(table["lang"]), np.array(table["split"]) == "train"
    shipped = load(DEFAULT)
    lines, learned, as_shipped = [], [], []
    for name, code in CODES.items():
        here = np.flatnonzero(language == name)
        some = [texts[each] for each in here.tolist()]
        lexical = LEXICAL if code in lexicon.LANGUAGES else 0
        features = with_lexicon(some) if lexical else embedded(some)
        training, told = is_training[here], classes_of(ratings[here])
        head = learn(features[training], ratings[here][training], lexical=lexical)
        learned.append(macro_f1(told[~training], classes_of(head.scores(features[~training]))))
        as_shipped.append(macro_f1(told[~training], classes_of(shipped.scores(some, [code] * len(some))[~training])))
        is_here = "yes" if code in shipped.languages else "no"
        lines.append(f"| {name} | {training.sum():,} | {(~training).sum():,} | {100 * learned[-1]:.1f} "
                     f"| {100 * as_shipped[-1]:.1f} | {is_here} |")  # fmt: skip
    if 100 * np.mean(learned) < 58:
        raise SystemExit("the mean macro-F1 of the languages is under 58")
    return "\n".join([
        "### Sentiment in seven languages", "",
        "Tweets with train and validation splits (published on the test split, mean of eight languages: FastText 51.0,",
        "XLM-R 64.8). *Learned*: on that language's training split, as a company learns from its own scores.",
        "*Shipped*: the model that comes with Sojourn, which has seen English texts only. The set's romanised Hindi is",
        "left out: no model here claims to know it.", "",
        "| language | learned from | judged on | learned | shipped | supported as shipped |",
        "| --- | --- | --- | --- | --- | --- |", *lines,
        f"| **mean** | | | **{100 * np.mean(learned):.1f}** | {100 * np.mean(as_shipped):.1f} | |",
    ])  # fmt: skip


def _of_aspects(sets: dict[str, tuple[list[tuple[str, Span, Span]], Int64s]], others: dict[str, Any]) -> str:
    lines = []
    for name, (mentions, told) in sets.items():
        features, ratings = of_mentions(mentions), told.astype(np.float64) - 1
        guessed = np.zeros(len(told), dtype=np.int64)
        fold = _folds_of([text for text, *_ in mentions])
        for number in range(FOLDS):
            training, rest = fold != number, fold == number
            head = learn(features[training], ratings[training], lexical=LEXICAL)
            guessed[rest] = classes_of(head.scores(features[rest]))
        shipped = load(DEFAULT).aspect_scores(mentions, ["en"] * len(mentions))
        by = {"Sojourn, learned on the other folds": guessed, "Sojourn as shipped": classes_of(shipped),
              "VADER of the clause": classes_of(lexicon.scores([clause.of(text) for text, clause, _ in mentions])),
              "TF-IDF and logistic regression": np.array(others["classified"][name])}  # fmt: skip
        lines += [Judged(set=name, tool=tool, told=told, guessed=each).row() for tool, each in by.items()]
    return "\n".join([
        "### Sentiment of aspects", "",
        "SemEval 2014, training sets, five folds, seed 0; all aspects of a sentence are in one fold.", "",
        "| set | tool | aspects | macro-F1 | accuracy |", "| --- | --- | --- | --- | --- |", *lines,
    ])  # fmt: skip


def _themes(others: dict[str, Any]) -> str:
    rows = [f"| {name} | {value:.3f} |" for name, value in sorted(others["grouped"].items(), key=lambda each: -each[1])]
    said = f"10,003 questions to a bank with 77 true intents, {MOST} themes each: adjusted mutual information."
    return "\n".join(["### Themes", "", said, "", "| way | adjusted mutual information |", "| --- | --- |", *rows])


def _languages() -> str:
    table = pq.read_table(DATA / "sentiment" / "umsab_multilingual_dev.parquet").to_pydict()
    rows = [(text, CODES[name]) for text, name, split in zip(table["text"], table["lang"], table["split"], strict=True)
            if name in CODES and split != "train"]  # fmt: skip
    spoken = sorted(set(CODES.values()))
    within = np.mean([language_of(text, spoken) == code for text, code in rows])
    among_all = np.mean([language_of(text) == code for text, code in rows])
    return "\n".join([
        "### Language", "",
        f"{len(rows):,} tweets in {len(spoken)} languages: {within:.3f} are told right with these as the company's, "
        f"{among_all:.3f} without a list. The encoder knows {len(LANGUAGES)}.",
    ])  # fmt: skip


def _speed(texts: list[str]) -> str:
    understand(texts[:100], languages=["en"], model=load(DEFAULT))
    began = time.process_time()
    for start in range(0, 2_000, 200):
        understand(texts[start : start + 200], languages=["en"], model=load(DEFAULT))
    rate = 2_000 / (time.process_time() - began)
    return f"### Speed\n\n{rate:,.0f} comments a second of one core's time, everything told of each (mean of 2,000)."


def _confusion(name: str, told: Int64s, guessed: Int64s) -> str:
    counts = np.bincount(told * CLASSES + guessed, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    rows = [f"| {NAMES[at]} | {' | '.join(f'{each:,}' for each in counts[at].tolist())} |" for at in range(CLASSES)]
    return "\n".join([f"| {name}: true, then said | {' | '.join(NAMES)} |", "| --- | --- | --- | --- |", *rows, ""])


def _slices(name: str, texts: Sequence[str], told: Int64s, guessed: Int64s) -> Iterator[str]:
    words = np.array([len(text.split()) for text in texts])
    for low, high in ((0, 10), (10, 20), (20, 10_000)):
        here = (words >= low) & (words < high)
        label = f"{low} to {high - 1}" if high < 10_000 else f"from {low}"
        if here.sum() >= 50:
            yield f"| {name} | {label} | {here.sum():,} | {macro_f1(told[here], guessed[here]):.3f} |"


def _others(sets: Any, aspects: Any, grouped: dict[str, Any]) -> dict[str, Any]:
    python = python_of("scikit-learn")
    if python is None:
        raise SystemExit("the baselines need scikit-learn and TextBlob, which cannot be installed here")
    classified = {name: _task(texts, classes_of(ratings)) for name, (texts, ratings) in sets.items()}
    for name, (mentions, told) in aspects.items():
        classified[name] = _task(
            [_marked(text, at) for text, _, at in mentions], told, same=[text for text, *_ in mentions]
        )
    tasks = {"classified": classified, "blobs": {name: texts for name, (texts, _) in sets.items()}, "grouped": grouped}
    with TemporaryDirectory() as folder:
        (Path(folder) / "tasks.json").write_text(json.dumps(tasks))
        script = Path(__file__).resolve().parent / "peers" / "texts.py"
        done = subprocess.run([str(python), str(script), folder], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def _task(texts: Iterable[str], told: Int64s, *, same: Sequence[str] | None = None) -> dict[str, Any]:
    several = list(texts)
    fold = _folds_of(several if same is None else same)
    return {"texts": several, "told": told.tolist(), "fold": fold.tolist()}


def _folds_of(texts: Sequence[str]) -> Int64s:
    """Give each text's fold; equal texts have the same."""
    _, place = np.unique(np.array(texts, dtype=object).astype(str), return_inverse=True)
    of_place = np.zeros(int(place.max()) + 1, dtype=np.int64)
    for number, (_, rest) in enumerate(folds(len(of_place), seed=0)):
        of_place[rest] = number
    return of_place[place]


def _marked(text: str, at: Span) -> str:
    return f"{text[: at.start]} aspectterm {text[at.end :]}"


@cache
def _rated(file: str) -> tuple[list[str], Floats]:
    rows = _csv(DATA / "sentiment" / f"{file}.csv")
    return [each["text"] for each in rows], np.array([float(each["mean_rating"]) for each in rows]) / 4


@cache
def _aspects(file: str) -> tuple[list[tuple[str, Span, Span]], Int64s]:
    mentions, told = [], []
    for row in _csv(DATA / "aspects" / file):
        before, _, after = row["text_with_$T$"].partition("$T$")
        text = f"{before}{row['aspect']}{after.replace('$T$', row['aspect'])}"
        at = Span(start=len(before), end=len(before) + len(row["aspect"]))
        parts = [clause for sentence in sentences(text) for clause in clauses(text, sentence)]
        whole = Span(start=0, end=len(text))
        mentions.append((text, next((clause for clause in parts if clause.holds(at)), whole), at))
        told.append(int(row["polarity"]) + 1)
    return mentions, np.array(told, dtype=np.int64)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
