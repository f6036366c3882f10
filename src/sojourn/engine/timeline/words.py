"""Words of the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from sojourn.engine.kernels.words import Int64s
from sojourn.kit.errors import SojournError

ERASED_CODE = 0  # the event code of a zeroed slice; no name has it
OTHER_CODE = 65_534  # names and values beyond the dictionary's room share this code
OTHER = "(other)"


class TimelineError(SojournError):
    """The timeline is damaged or was given events that contradict each other."""

    code: ClassVar[str] = "timeline"
    status: ClassVar[int] = 500


class BusyError(TimelineError):
    """Another process is changing the timeline."""

    code: ClassVar[str] = "timeline_busy"
    status: ClassVar[int] = 409


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a timeline holds beside time and name.

    `dimensions` are columns of the stream (channel, unit, ...) or names of properties; `unstated_purposes` is taken
    where a row says nothing about purposes.
    """

    dimensions: tuple[str, ...] = ("channel", "unit", "source", "product", "touchpoint")
    unstated_purposes: int = 0


@dataclass(frozen=True, kw_only=True)
class Persons:
    """Which customer each person is: parallel arrays, `person` ascending; others are customers of their own."""

    person: Int64s = field(default_factory=lambda: np.empty(0, np.int64))
    customer: Int64s = field(default_factory=lambda: np.empty(0, np.int64))
    version: int = 0

    def customers_of(self, person: Int64s) -> Int64s:
        """Map persons to customers; O(n log m)."""
        if not len(self.person):
            return person.copy()
        at = np.minimum(np.searchsorted(self.person, person), len(self.person) - 1)
        return np.where(self.person[at] == person, self.customer[at], person)
