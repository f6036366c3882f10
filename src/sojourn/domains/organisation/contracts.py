"""Words of the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A part of the organisation; `code` stands in events, `parent` in the tree, valid from `since` to `until`."""

    code: str
    name: str
    kind: str  # brand, country, region, branch, contact_centre, team
    parent: str | None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A unit that goes to another place of the tree from a day on, with the units below it that go along."""

    code: str
    name: str
    before: str | None  # the parent until then; None is the top
    after: str | None
    since: date
    along: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeChange:
    """A change of the tree that can be taken back."""

    at: datetime
    by: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Units that lie together below some others, from `since` to `until`; None is without end."""

    codes: frozenset[str]
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitNode:
    """A unit with the units below it, by code."""

    unit: Unit
    children: tuple[UnitNode, ...] = ()
