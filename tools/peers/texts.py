"""What others make of the same texts, in their own environment: TextBlob, TF-IDF with ridge or logistic regression,
TF-IDF with k-means, and NMF. Reads `tasks.json` of the folder that it is told and prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score

THEMES = 100


def classified(task: dict[str, Any]) -> list[int]:
    """Class each text by TF-IDF of words and logistic regression, learned on the other folds."""
    texts, told, fold = np.array(task["texts"], dtype=object), np.array(task["told"]), np.array(task["fold"])
    guessed = np.zeros(len(told), dtype=int)
    for each in np.unique(fold[fold >= 0]):
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        model = LogisticRegression(C=5.0, max_iter=500).fit(
            words.fit_transform(texts[fold != each]), told[fold != each]
        )
        guessed[fold == each] = model.predict(words.transform(texts[fold == each]))
    return [int(each) for each in guessed]


def blobs(texts: list[str]) -> list[float]:
    """Give TextBlob's polarity of each text."""
    from textblob import TextBlob

    return [float(TextBlob(text).sentiment.polarity) for text in texts]


def grouped(task: dict[str, Any]) -> dict[str, float]:
    """Give the adjusted mutual information of each way of grouping with the true groups."""
    said = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english").fit_transform(task["texts"])
    ways = {
        "TF-IDF and k-means": KMeans(THEMES, n_init=1, random_state=0).fit_predict(said),
        "NMF": NMF(THEMES, random_state=0, max_iter=150, init="nndsvd").fit_transform(said).argmax(1),
        "Sojourn": task["found"],
    }
    return {name: float(adjusted_mutual_info_score(task["told"], found)) for name, found in ways.items()}


if __name__ == "__main__":
    tasks = json.loads((Path(sys.argv[1]) / "tasks.json").read_text())
    print(json.dumps({
        "classified": {name: classified(task) for name, task in tasks["classified"].items()},
        "blobs": {name: blobs(texts) for name, texts in tasks["blobs"].items()},
        "grouped": grouped(tasks["grouped"]),
    }))  # fmt: skip
