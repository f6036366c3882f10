"""Words of the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
