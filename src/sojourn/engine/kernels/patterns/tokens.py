"""Cutting a pattern's text into tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sojourn.engine.kernels.patterns.errors import PatternError

SIGNS: Final = ("->>", "...", "->", "!=", "|", "(", ")", "[", "]", "{", "}", "^", "$", "*", "+", "?", ",", "=", ".")
IN_NAMES: Final = frozenset("_:/#&@%'")
NAME, SIGN, QUOTED, END = "name", "sign", "quoted", "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (name, sign, quoted or end), what it says and where it stands."""

    kind: str
    text: str
    position: int
    length: int

    def is_sign(self, *signs: str) -> bool:
        """Say whether it is one of these signs."""
        return self.kind == SIGN and self.text in signs

    def is_word(self, word: str) -> bool:
        """Say whether it is a word of the language (in small or large letters, not in quotes)."""
        return self.kind == NAME and self.text.casefold() == word


def tokens(pattern: str) -> list[Token]:
    """Cut a pattern into tokens, the last one its end; raise PatternError at a character that means nothing.

    >>> [token.text for token in tokens('sign-up -> [^"Log in"]*')]
    ['sign-up', '->', '[', '^', 'Log in', ']', '*', '']
    """
    found: list[Token] = []
    place = 0
    while place < len(pattern):
        if pattern[place].isspace():
            place += 1
            continue
        token = _token(pattern, place)
        found.append(token)
        place += token.length
    return [*found, Token(END, "", len(pattern), 0)]


def _token(pattern: str, place: int) -> Token:
    first = pattern[place]
    if first == '"':
        return _quoted(pattern, place)
    if _is_of_name(pattern, place) and first not in ".-":
        end = place
        while end < len(pattern) and _is_of_name(pattern, end):
            end += 1
        return Token(NAME, pattern[place:end], place, end - place)
    for sign in SIGNS:
        if pattern.startswith(sign, place):
            return Token(SIGN, sign, place, len(sign))
    raise PatternError(_unknown(first), pattern, place)


def _is_of_name(pattern: str, place: int) -> bool:
    """Say whether a character goes on a name: a hyphen that begins no arrow and a dot between letters do."""
    each = pattern[place]
    if each.isalnum() or each in IN_NAMES:
        return True
    following = pattern[place + 1 : place + 2]
    if each == "-":
        return following != ">"
    return each == "." and (following.isalnum() or following == "_") and pattern[place - 1 : place] != "."


def _quoted(pattern: str, place: int) -> Token:
    text, end = "", place + 1
    while end < len(pattern):
        each = pattern[end]
        if each == '"':
            return Token(QUOTED, text, place, end + 1 - place)
        if each == "\\" and pattern[end + 1 : end + 2] in ('"', "\\"):
            end += 1
            each = pattern[end]
        text += each
        end += 1
    raise PatternError('This quote is never closed; a name ends with ".', pattern, place)


def _unknown(sign: str) -> str:
    if sign == "-":
        return "An arrow is -> (directly after) or ->> (some time after)."
    if sign in "“”„«»‘’":
        return 'Put names in straight quotes: "Log in".'
    if sign in "→⟶":
        return "Write the arrow as ->."
    if sign == "…":
        return "Write three dots, or ->>, for any events between."
    return (
        f"{sign!r} means nothing here; put a name that has it in quotes."
        if sign.isprintable()
        else ("This character means nothing here.")
    )
