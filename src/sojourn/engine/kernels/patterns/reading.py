"""Reading a pattern: a parser by recursive descent; the grammar stands in `docs/reference/patterns.md`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sojourn.engine.kernels.patterns.durations import duration_us
from sojourn.engine.kernels.patterns.errors import PatternError
from sojourn.engine.kernels.patterns.tokens import END as THE_END
from sojourn.engine.kernels.patterns.tokens import NAME, QUOTED, SIGN, Token, tokens
from sojourn.engine.kernels.patterns.words import (
    Begin,
    Choice,
    Condition,
    End,
    Node,
    Pattern,
    Place,
    Repeat,
    Sequence,
    Step,
    Text,
    Within,
)

LONGEST: Final = 2_000  # characters
DEEPEST: Final = 30  # brackets within brackets
REPEATS_MOST: Final = 64
STEP_WANTED: Final = "an event's name, a dot for any event, [ ... ], ( ... ), ^ or $"


def read(pattern: str) -> Pattern:
    """Read a pattern; raise PatternError, which points at the character, for one that means nothing.

    >>> read("search ->> exit").root.gaps
    ((7, 3),)
    """
    if len(pattern) > LONGEST:
        raise PatternError(f"A pattern has at most {LONGEST} characters.", pattern, LONGEST)
    reader = _Reader(pattern)
    root = reader.choice(0)
    reader.expect_end()
    return Pattern(pattern, root)


@dataclass(frozen=True, slots=True)
class _Arrow:
    """An arrow; `gap` is its place when any events may lie between."""

    gap: Place | None


DIRECTLY: Final = _Arrow(None)


class _Reader:
    """A pattern's tokens and how far they have been read."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._tokens = tokens(pattern)
        self._place = 0

    @property
    def now(self) -> Token:
        return self._tokens[self._place]

    def take(self) -> Token:
        token = self.now
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def took(self, *signs: str) -> Token | None:
        return self.take() if self.now.is_sign(*signs) else None

    def refused(self, reason: str, token: Token | None = None) -> PatternError:
        at = token or self.now
        return PatternError(reason, self.pattern, at.position, at.length)

    def expect_end(self) -> None:
        token = self.now
        if token.is_sign(")", "]", "}"):
            raise self.refused(f"Nothing was opened that this {token.text} closes.")
        if token.kind != THE_END:
            raise self.refused(_between(token))

    def choice(self, depth: int) -> Node:
        """Read `sequence { "|" sequence }`."""
        if depth > DEEPEST:
            raise self.refused(f"Brackets are nested more than {DEEPEST} deep.")
        ways = [self.sequence(depth)]
        while self.took("|"):
            ways.append(self.sequence(depth))
        return ways[0] if len(ways) == 1 else Choice(tuple(ways))

    def sequence(self, depth: int) -> Node:
        """Read `step { arrow step } [ "within" duration ]`."""
        parts, gaps = [self.step(depth)], list[Place | None]()
        while (arrow := self.arrow(parts[-1])) is not None:
            gaps.append(arrow.gap)
            parts.append(self.step(depth))
        made = parts[0] if len(parts) == 1 else Sequence(tuple(parts), tuple(gaps))
        if not self.now.is_word("within"):
            return made
        word = self.take()
        limit_us, length = self.duration(word)
        if self.now.is_word("within"):
            raise self.refused("Only one duration for the same steps; use ( ) for some of them.")
        return Within(made, limit_us, (word.position, length))

    def arrow(self, before: Node) -> _Arrow | None:
        """Read an arrow; None where there is none. A start needs no arrow after it and an end none before it."""
        token = self.now
        if self.took("->"):
            if gap := self.took("..."):
                self.took("->", "->>")
                return _Arrow((gap.position, gap.length))
            return DIRECTLY
        if self.took("->>", "..."):
            self.took("->") if token.text == "..." else None
            return _Arrow((token.position, token.length))
        if token.is_sign("$") or (isinstance(before, Begin) and _begins_step(token)):
            return DIRECTLY
        return None

    def step(self, depth: int) -> Node:
        """Read `atom [ repeat ]`."""
        atom = self.atom(depth)
        token = self.now
        if not token.is_sign("*", "+", "?", "{"):
            return atom
        if isinstance(atom, Begin | End):
            raise self.refused("A start or an end cannot be repeated or have conditions.")
        if token.is_sign("{") and not self._counts():
            raise self.refused("Conditions stand behind an event's name, a dot or [ ... ], not behind a group.")
        least, most = self.times()
        last = self._tokens[self._place - 1]
        if self.now.is_sign("*", "+", "?", "{"):
            raise self.refused("Only one of * + ? { } can stand behind a step; use ( ) for more.")
        return Repeat(atom, least, most, (token.position, last.position + last.length - token.position))

    def times(self) -> tuple[int, int | None]:
        """Read `*`, `+`, `?`, `{2}`, `{2,}` or `{2,5}`."""
        sign = self.take()
        if sign.text != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign.text]
        least = self.number()
        most: int | None = least
        if self.took(","):
            most = None if self.now.is_sign("}") else self.number()
        if not self.took("}"):
            raise self.refused("Close the number of times with }.")
        if most is not None and not least <= most != 0:
            raise self.refused("The most times must be at least 1 and not below the least.", sign)
        return least, most

    def number(self) -> int:
        token = self.take()
        if token.kind != NAME or not (token.text.isascii() and token.text.isdigit()):
            raise self.refused("A number of times is wanted here, such as {2} or {2,5}.", token)
        if len(token.text) > 3 or int(token.text) > REPEATS_MOST:
            raise self.refused(f"A step can be repeated at most {REPEATS_MOST} times by number; use + or *.", token)
        return int(token.text)

    def _counts(self) -> bool:
        """Say whether the brace ahead holds a number of times rather than conditions."""
        ahead = self._tokens[self._place + 1 : self._place + 3]
        return ahead[0].kind == NAME and ahead[0].text.isdigit() and ahead[-1].is_sign(",", "}")

    def atom(self, depth: int) -> Node:
        """Read a name, a dot, a set, a group, a start or an end."""
        token = self.take()
        if token.is_sign("^"):
            return Begin((token.position, token.length))
        if token.is_sign("$"):
            return End((token.position, token.length))
        if token.is_sign("("):
            made = self.choice(depth + 1)
            if not self.took(")"):
                raise self.refused(_between(self.now) if self.now.kind != THE_END else "This ( is never closed.",
                                   None if self.now.kind != THE_END else token)  # fmt: skip
            return made
        names, is_not = self.names_of(token)
        conditions = self.conditions()
        last = self._tokens[self._place - 1]
        return Step(names, is_not, conditions, (token.position, last.position + last.length - token.position))

    def names_of(self, token: Token) -> tuple[tuple[Text, ...], bool]:
        if token.is_sign("."):
            return (), True
        if token.is_sign("["):
            return self.set_of(token)
        if token.is_word("within"):
            raise self.refused(f'A step is wanted before "within": {STEP_WANTED}.', token)
        return (self.name(token, f"A step is wanted here: {STEP_WANTED}."),), False

    def set_of(self, opened: Token) -> tuple[tuple[Text, ...], bool]:
        is_not = self.took("^") is not None
        names = [self.name(self.take(), "An event's name is wanted in [ ].")]
        while self.took("|", ","):
            names.append(self.name(self.take(), "An event's name is wanted in [ ]."))
        if not self.took("]"):
            if self.now.kind == THE_END:
                raise self.refused("This [ is never closed.", opened)
            raise self.refused('Names in [ ] have | between them; a name with spaces goes in quotes: "Log in".')
        return tuple(names), is_not

    def name(self, token: Token, wanted: str) -> Text:
        if token.kind not in (NAME, QUOTED):
            raise self.refused(wanted, token)
        if not token.text.strip():
            raise self.refused("A name cannot be empty.", token)
        return Text(token.text, (token.position, token.length))

    def conditions(self) -> tuple[Condition, ...]:
        """Read `{dimension = value, ...}`, if there are conditions."""
        if not self.now.is_sign("{") or self._counts():
            return ()
        opened = self.take()
        found = [self.condition()]
        while self.took(","):
            found.append(self.condition())
        if not self.took("}"):
            if self.now.kind == THE_END:
                raise self.refused("This { is never closed.", opened)
            raise self.refused("Conditions have a comma between them and end with }.")
        return tuple(found)

    def condition(self) -> Condition:
        dimension = self.name(self.take(), "A condition is wanted here, such as {channel=phone}, or a number of times.")
        sign = self.take()
        if not sign.is_sign("=", "!="):
            raise self.refused("= or != is wanted here: {channel=phone}, {channel!=web}.", sign)
        if self.took("^"):
            other = self.name(self.take(), f"Write ^{dimension.text} for the value of the event before.")
            if other.text != dimension.text:
                raise PatternError(
                    f"The event before is compared by the same dimension: ^{dimension.text}.", self.pattern, *other.at
                )
            return Condition(dimension, sign.text == "!=", None)
        values = [self.value()]
        while self.took("|"):
            values.append(self.value())
        return Condition(dimension, sign.text == "!=", tuple(values))

    def value(self) -> Text:
        token = self.take()
        if token.kind not in (NAME, QUOTED):
            raise self.refused('A value is wanted here, such as phone, "call centre", or "" for none.', token)
        return Text(token.text, (token.position, token.length))

    def duration(self, word: Token) -> tuple[int, int]:
        """Read a duration such as `2d`, `1.5 h` or `1h 30min`; give microseconds and how far it goes from `word`."""
        first = self.take()
        text, last = first.text, first
        while first.kind == NAME and self.now.kind == NAME and (_is_number(last.text) or self.now.text[0].isdigit()):
            last = self.take()
            text += last.text
        limit_us = duration_us(text) if first.kind == NAME else None
        length = last.position + last.length - first.position
        if limit_us is None:
            reason = 'A duration is wanted after "within", such as 30s, 10min, 2h, 2d or 1w.'
            raise PatternError(reason, self.pattern, first.position, length)
        return limit_us, last.position + last.length - word.position


def _begins_step(token: Token) -> bool:
    return token.is_sign(".", "[", "(") or (token.kind in (NAME, QUOTED) and not token.is_word("within"))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _between(token: Token) -> str:
    if token.kind in (NAME, QUOTED):
        return (
            "An arrow is wanted before this: -> (directly after) or ->> (some time after). "
            'A name with spaces goes in quotes: "Log in".'
        )
    if token.kind == SIGN and token.text in ("(", "[", ".", "^"):
        return "An arrow is wanted before this: -> (directly after) or ->> (some time after)."
    return f"{token.text} means nothing here."
