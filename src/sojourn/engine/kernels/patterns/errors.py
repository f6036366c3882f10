"""The one error of the pattern language: it points at the character."""

from __future__ import annotations

import unicodedata

from sojourn.kit.errors import InvalidError

SHOWN = 100  # characters of a long pattern that are shown around the place
WIDE = ("W", "F")


class PatternError(InvalidError):
    """The pattern does not mean anything here; the message points at the character."""

    code = "bad_pattern"

    def __init__(self, reason: str, pattern: str, position: int, length: int = 1) -> None:
        """Point at `length` characters of the pattern from `position` (from 0; the end is allowed)."""
        self.reason, self.pattern = reason, pattern
        self.position, self.length = position, max(1, length)
        super().__init__(f"{reason}\n{pointed(pattern, position, self.length)}")


def pointed(pattern: str, position: int, length: int) -> str:
    """Write the pattern on one line with carets under the characters meant.

    >>> print(pointed("search -> -> exit", 10, 2))
      search -> -> exit
                ^^
    """
    first = max(0, position - SHOWN // 2)
    before, meant = pattern[first:position], pattern[position : position + length]
    after = pattern[position + length : position + length + SHOWN // 2]
    line = "".join(each if each.isprintable() else " " for each in before + meant + after)
    start = "  " if first == 0 else "… "
    carets = "^" * min(max(1, _columns(meant)), SHOWN)
    return f"{start}{line}\n{' ' * (2 + _columns(before))}{carets}"


def _columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(each) in WIDE) - bool(unicodedata.combining(each)) for each in text)
