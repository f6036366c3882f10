"""Words of scanning: what is looked for, where, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from sojourn.kit.errors import InvalidError

Counts = npt.NDArray[np.int64]
TEXT_BYTES_MIN: Final = 5  # a shorter text stands by chance in every large store


@dataclass(frozen=True, kw_only=True)
class Needles:
    """What is looked for: texts (without regard to case) and 64-bit tokens; findings name them by their number.

    Texts come first, then tokens. A needle never stands in a report, an error or a log.
    """

    texts: tuple[str, ...] = ()
    tokens: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for number, text in enumerate(self.texts):
            if len(text.encode()) < TEXT_BYTES_MIN:
                raise InvalidError(f"Text {number} to look for is shorter than {TEXT_BYTES_MIN} bytes.")

    def __len__(self) -> int:
        return len(self.texts) + len(self.tokens)

    def __add__(self, other: Needles) -> Needles:
        return Needles(texts=self.texts + other.texts, tokens=self.tokens + other.tokens)


@dataclass(slots=True)
class Look:
    """One place of one store (a file, a table) after it was looked at."""

    store: str
    place: str
    counts: Counts
    bytes: int = 0  # decoded, as they were searched
    rows: int = 0
    unread: str = ""  # why it could not be read whole


@dataclass(slots=True)
class StoreScan:
    """What a whole store held; `found` maps a needle's number to how often it stood there."""

    store: str
    places: int = 0
    bytes: int = 0
    rows: int = 0
    found: dict[int, int] = field(default_factory=dict)
    where: list[str] = field(default_factory=list)  # the first places with a finding
    unread: list[str] = field(default_factory=list)
    is_probed: bool = False  # a marker planted in a store written the same way was found

    @property
    def is_clean(self) -> bool:
        """Say that nothing stands here, which only a store may say that was read whole and whose marker was found."""
        return self.is_probed and not self.found and not self.unread
