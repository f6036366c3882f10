"""The rules of identity as data: kinds of identifiers in order of priority, limits, blocked values."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

USER: Final = "user"
ANONYMOUS: Final = "anonymous"
STAY: Final = "stay"  # a further person's time on a device: an anonymous person of its own
DAY_US: Final = 86_400_000_000
NOT_FOR_KINDS: Final = frozenset({USER, ANONYMOUS, STAY, "agent", "case", "group"})
VALUE_CHARACTERS: Final = 512  # a longer value is no placeholder


class Span(StrEnum):
    """The time over which a limit counts."""

    EVER = "ever"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ANNUALLY = "annually"


SPAN_DAYS: Final = {Span.WEEKLY: 7, Span.MONTHLY: 30, Span.ANNUALLY: 365}


class Form(StrEnum):
    """How values of a kind are made comparable."""

    EMAIL = "email"
    PHONE = "phone"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many identifiers of a kind a person may have in a span; more of them join nobody."""

    count: int
    span: Span = Span.EVER

    @property
    def period_us(self) -> int:
        """Give the span in microseconds; ever is longer than any log."""
        return SPAN_DAYS.get(self.span, 1_000_000) * DAY_US


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of identifier that a person holds, found in traits of these names and external ids of these types."""

    name: str
    traits: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    form: Form = Form.TEXT
    limit: Limit | None = None
    joins: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """One version of the rules; `kinds` in order of priority.

    A value that more than `holders_max` persons hold joins nobody. `verified_by` are the sources whose word counts
    that a person has proved a mail address or phone number; "*" is every source.
    """

    version: int = 0
    kinds: tuple[Kind, ...] = ()
    devices: Limit | None = None
    blocked: tuple[str, ...] = ()
    holders_max: int = 20
    verified_by: tuple[str, ...] = ()

    def limit(self, kind: str) -> Limit | None:
        """Give the limit of a kind, None for none."""
        if kind in (ANONYMOUS, STAY):
            return self.devices
        return next((each.limit for each in self.kinds if each.name == kind), None)

    def priority(self, kind: str) -> int:
        """Give the place of a kind among those that join; a kind that the rules do not name comes last."""
        return next((at for at, each in enumerate(self.kinds) if each.name == kind), len(self.kinds))

    def is_joining(self, kind: str) -> bool:
        """Say whether a held identifier of a kind joins anybody."""
        return any(each.name == kind and each.joins for each in self.kinds)

    def is_blocked(self, value: str) -> bool:
        """Say whether a value means nobody, such as "null"."""
        return (
            bool(self.blocked)
            and len(value) <= VALUE_CHARACTERS
            and _pattern(self.blocked).fullmatch(value.strip()) is not None
        )

    def counts_as_verified(self, source: str) -> bool:
        """Say whether a source's word counts that a person has proved an identifier."""
        return "*" in self.verified_by or source in self.verified_by


DEFAULT: Final = Rules(
    kinds=(
        Kind(name="email", traits=("email",), external=("email",), form=Form.EMAIL, limit=Limit(5)),
        Kind(name="phone", traits=("phone",), external=("phone",), form=Form.PHONE, limit=Limit(5)),
    ),
    devices=Limit(50, Span.WEEKLY),
    blocked=("[0-]*", "-1", "null", "none", "nil", "undefined", "nan", "unknown", "anonymous", "guest", "test", "n/a"),
)


@functools.lru_cache(8)
def _pattern(blocked: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in blocked), re.IGNORECASE)
