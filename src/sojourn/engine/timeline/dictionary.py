"""Dictionaries: text to code, append-only, so that a code means the same in every generation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from sojourn.engine.kernels.words import NO_CODE, UInt16s
from sojourn.engine.timeline.words import OTHER, OTHER_CODE
from sojourn.kit import durable


class Dictionary:
    """Texts in the order in which they came; beyond 65,534 texts the rest share one code.

    >>> names = Dictionary(["Opened"])
    >>> names.code("Paid"), names.code("Opened"), names.texts
    (1, 0, ('Opened', 'Paid'))
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._codes = {text: code for code, text in enumerate(texts)}
        self.saved = len(self._codes)  # how many the file on disk holds

    @classmethod
    def read(cls, path: Path) -> Dictionary:
        """Read a dictionary from its file."""
        return cls(json.loads(path.read_text()))

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts; a text's position is its code."""
        return tuple(self._codes)

    def code(self, text: str) -> int:
        """Give a text's code, a new one at its first time."""
        known = self._codes.get(text)
        if known is None:
            if len(self._codes) >= OTHER_CODE:
                return OTHER_CODE
            known = self._codes[text] = len(self._codes)
        return known

    def codes(self, texts: Iterable[str | None]) -> UInt16s:
        """Give the codes of many texts; None has `NO_CODE`."""
        return np.array([NO_CODE if text is None else self.code(text) for text in texts], np.uint16)

    def write(self, path: Path) -> None:
        """Write the dictionary to a new file, durably."""
        path.write_text(json.dumps(self.texts, ensure_ascii=False))
        durable.sync_file(path)
        self.saved = len(self)


def readable(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Give the texts so that every code in use has one, the shared last code included."""
    return texts if len(texts) < OTHER_CODE else (*texts, OTHER)
