"""What a batch showed of events and properties, for the tracking plan's discoveries and violations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from sojourn.engine.stream.plan import TYPE_NAMES
from sojourn.engine.stream.rows import Shop

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Seen:
    """How many, and when the first and last occurred."""

    count: int
    first_us: int
    last_us: int


@dataclass(slots=True)
class Sightings:
    """Counts of one batch: by (event, source), by (event, property, type) and by (event, property, rule)."""

    events: dict[tuple[str, str], Seen] = field(default_factory=dict)
    properties: dict[tuple[str, str, str], Seen] = field(default_factory=dict)
    breaches: dict[tuple[str, str, str], Seen] = field(default_factory=dict)


def sighted(shop: Shop) -> Sightings:
    """Sum up what the recipes counted since `shop.begin()`."""
    found = Sightings()
    for recipe in shop.recipes.values():
        if not recipe.count:
            continue
        seen = Seen(recipe.count, recipe.first_us, recipe.last_us)
        _add(found.events, (recipe.event, recipe.source), seen)
        for name, of in recipe.shape.items():
            if name not in recipe.renamed:  # a name that looks personal is not to be listed
                _add(found.properties, (recipe.event, name, TYPE_NAMES.get(of, "any")), seen)
        for name, rule in recipe.breaches:
            if name not in recipe.renamed:
                _add(found.breaches, (recipe.event, name, rule), seen)
    for (event, name), counted in shop.not_allowed.items():
        _add(found.breaches, (event, name, "not_allowed"), Seen(*counted))
    return found


def _add(into: dict[K, Seen], key: K, seen: Seen) -> None:
    old = into.get(key)
    if old is not None:
        seen = Seen(old.count + seen.count, min(old.first_us, seen.first_us), max(old.last_us, seen.last_us))
    into[key] = seen
