"""From items to rows: names, times, columns and properties as the stream holds them, personal parts set aside."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import msgspec
import numpy as np

from sojourn.engine.stream.claims import Alias, Claims, External, Text, Trait
from sojourn.engine.stream.cleaning import Cleaner, is_clean
from sojourn.engine.stream.freetext import masked_text
from sojourn.engine.stream.instants import occurred, parsed
from sojourn.engine.stream.items import Id, Item
from sojourn.engine.stream.personal import masked, reserved_trait
from sojourn.engine.stream.plan import PAGE_PROPERTIES, Plan, Recipe
from sojourn.engine.stream.surroundings import Contexts, Purposes, Surroundings
from sojourn.kit.errors import SojournError
from sojourn.kit.ids import random_token

NAMES: Final = {
    "page": "Page Viewed",
    "screen": "Screen Viewed",
    "identify": "Identified",
    "group": "Grouped",
    "alias": "Aliased",
}
RECIPES_MAX: Final = 20_000
UNITS: Final = 10_000  # of decimal(18, 4)
UNITS_MAX: Final = 10**18
UNITS_DIGITS: Final = 18
FLOAT_EXACT: Final = 2**50  # beyond it a float times 10,000 may miss by one

# What a row holds, in this order; `columns.py` makes the schema's columns of it.
ROW: Final = (
    "event_id", "recipe", "occurred_at", "received_at", "channel", "touchpoint", "unit", "product", "purposes", "value",
    "currency", "properties", "user", "anonymous", "agent", "case", "group",
)  # fmt: skip
_OF_TRAITS: Final = frozenset({"identify", "group"})

Held = dict[str, Sequence[Any]]
_encode: Final = msgspec.json.Encoder().encode
_parsed: Final = functools.lru_cache(1_024)(parsed)  # events of one request often have the same time


class ItemError(SojournError):
    """An item that cannot become a row; it goes to the quarantine with this code and reason."""

    status = 422

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = code


@dataclass(frozen=True, slots=True)
class Origin:
    """What the items of one request share."""

    source: str
    channel: str | None
    received_us: int
    sent_us: int | None = None
    user_agent: str = ""
    is_inside: bool = False  # recorded by ourselves: only then is its word taken for whose the event is


@dataclass(slots=True)
class Rows:
    """Collects the rows of one batch; recipes and caches live on in `Shop`."""

    shop: Shop
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    claims: Claims = field(default_factory=Claims)
    grouped: dict[int, dict[str, Any]] = field(default_factory=dict)  # rows whose properties await a group's token

    def add(self, item: Item, around: Surroundings, origin: Origin, event_id: int) -> None:
        """Turn an item into a row; raise ItemError, the batch is then as it was."""
        kind = item.type
        name = item.event if kind == "track" else NAMES.get(kind)
        if not name:
            raise ItemError("no_event", "A track call names its event, and type is one of the six.")
        user, anonymous = item.user_id, item.anonymous_id
        if type(user) is not str or not user:
            user = _text(user)
        if type(anonymous) is not str or not anonymous:
            anonymous = _text(anonymous)
        given = item.person if origin.is_inside else None
        if user is None and anonymous is None and given is None:
            raise ItemError("no_identity", "Neither userId nor anonymousId is given.")
        at_us = _at(item, origin)
        shop, row = self.shop, len(self.rows)
        word = shop.clean.word
        name = word[name]
        properties = (item.properties if kind not in _OF_TRAITS else _traits(item, around)) or {}
        key = (kind, name, origin.source, *properties, *map(type, properties.values()))
        recipe = shop.recipes.get(key) or shop.learn(key, kind, name, origin.source, properties)
        if recipe.allowed:
            shop.check(recipe, properties, at_us)
        channel, touchpoint, unit, agent, product, case, currency, value = [
            None if held is None else properties.pop(held) for held in recipe.columns
        ]
        for held in recipe.scans:
            said = properties[held]
            better = shop.clean.value[said]
            if better is None:
                self._seal(row, properties, held, held)
            elif better is not said:
                properties[held] = better
        if not recipe.is_plain:
            self._set_aside(recipe, properties, row, at_us, item, origin.source)
        if around.external:
            self.claims.external += [External(row, of, value, origin.source) for of, value in around.external]
        if around.traits is not None and kind != "identify":
            self._keep(around.traits, row, at_us, origin.source)
        if value is not None:
            value = round(value * UNITS) if type(value) is float and -1e9 < value < 1e9 else units(value, properties)
        group = item.group_id if around.group is None or _text(item.group_id) is not None else around.group
        self.rows.append(
            (
                event_id,
                recipe.number,
                at_us,
                origin.received_us,
                origin.channel if channel is None else word[str(channel)],
                None if touchpoint is None else word[str(touchpoint)],
                None if unit is None else word[str(unit)],
                None if product is None else shop.clean.product[str(product)],
                around.purposes,
                value,
                None if currency is None else word[str(currency)],
                (_encode(properties)[:-1] + around.tail if around.tail else _encode(properties))
                if recipe.takes_tail and properties and group is None
                else self._whole(item, properties, around, row, group),
                user,
                anonymous,
                None if agent is None else str(agent),
                None if case is None else str(case),
                None if group is None else _text(group),
            )
        )
        if given is not None:
            self.claims.given[row] = given
        if kind == "alias" and (previous := _text(item.previous_id)) is not None:
            self.claims.aliases.append(Alias(row, previous))

    def undo(self) -> None:
        """Forget what `add` noted of a row before it raised, so that it is not taken for the next row's."""
        row, claims = len(self.rows), self.claims
        claims.traits[:] = [each for each in claims.traits if each.row != row]
        claims.texts[:] = [each for each in claims.texts if each.row != row]
        claims.external[:] = [each for each in claims.external if each.row != row]
        self.grouped.pop(row, None)

    def finish(self) -> Held:
        """Give the rows by column, and say whose they are by filling `claims`."""
        held: Held = dict(zip(ROW, zip(*self.rows, strict=True), strict=True))
        for name in ("user", "anonymous", "agent", "case"):
            setattr(self.claims, name, held.pop(name))
        self.claims.groups = held.pop("group")
        self.claims.event_ids, self.claims.at_us = held["event_id"], held["occurred_at"]
        self.shop.saw(held["recipe"], held["occurred_at"])
        return held

    def name_groups(self, held: Held, groups: Any) -> None:
        """Put the tokens of groups into the properties of their rows."""
        if self.grouped:
            texts = list(held["properties"])
            for row, properties in self.grouped.items():
                texts[row] = _encode(properties | {"$group": str(groups[row])})
            held["properties"] = tuple(texts)

    def _whole(self, item: Item, properties: dict[str, Any], around: Surroundings, row: int, group: Id) -> bytes | None:
        """Write properties that need more than to be put one behind the other."""
        properties |= around.properties
        if item.name is not None and item.type in ("page", "screen"):
            properties["$name"] = self.shop.clean.word[item.name]
        if _text(group) is not None:
            self.grouped[row] = properties
            return None
        return _encode(properties) if properties else None

    def _keep(self, traits: dict[str, Any], row: int, at_us: int, source: str) -> None:
        word = self.shop.clean.word
        for name, value in traits.items():
            kept = Trait(row, reserved_trait(name) or word[name], _encode(value), at_us, None, source)
            self.claims.traits.append(kept)

    def _set_aside(
        self, recipe: Recipe, properties: dict[str, Any], row: int, at_us: int, item: Item, source: str
    ) -> None:
        group = _text(item.group_id) if item.type == "group" else None
        for name, kept in recipe.traits:
            self.claims.traits.append(Trait(row, kept, _encode(properties.pop(name)), at_us, group, source))
        for name in recipe.renamed:
            self._seal(row, properties, name, masked(name))
        for name in recipe.sealed:
            self._seal(row, properties, name, name)
        clean = self.shop.clean
        for name in recipe.pages:
            said = properties.pop(name)
            if isinstance(said, str):
                properties[PAGE_PROPERTIES[name]] = clean.path[said] if name == "path" else clean.url[said]
        for name in recipe.nested:
            if not is_clean(properties[name]):
                self._seal(row, properties, name, name)

    def _seal(self, row: int, properties: dict[str, Any], name: str, shown: str) -> None:
        """Take a personal value out; an id leads to it for those who may read it."""
        text = Text(random_token(), row, shown, _encode({name: masked_text(name, properties.pop(name))}))
        self.claims.texts.append(text)
        properties[f"{shown}_id"] = f"{text.id:016x}"


class Shop:
    """What outlives a batch: the plan with its recipes, and the caches."""

    def __init__(self, plan: Plan, *, purposes: Purposes) -> None:
        self.clean = Cleaner()
        self.contexts = Contexts(self.clean, purposes)
        self.replan(plan)

    def replan(self, plan: Plan) -> None:
        """Take a plan; recipes of another version are thrown away."""
        self.plan = plan
        self.recipes: dict[Any, Recipe] = {}
        self.not_allowed: dict[tuple[str, str], tuple[int, int, int]] = {}

    def learn(self, key: Any, kind: str, name: str, source: str, properties: dict[str, Any]) -> Recipe:
        """Make the recipe of a shape that was not met before."""
        shape = {held: type(value) for held, value in properties.items()}
        recipe = Recipe(self.plan, kind=kind, event=name, source=source, shape=shape)
        recipe.number = len(self.recipes)
        self.recipes[key] = recipe
        return recipe

    def saw(self, numbers: Sequence[int], at_us: Sequence[int]) -> None:
        """Note of each recipe how often it served in a batch, and when its first and last event occurred."""
        served, at = np.array(numbers, np.int64), np.array(at_us, np.int64)
        order = np.argsort(served, kind="stable")
        ones, begins, counts = np.unique(served[order], return_index=True, return_counts=True)
        first, last = np.minimum.reduceat(at[order], begins), np.maximum.reduceat(at[order], begins)
        recipes = list(self.recipes.values())
        for number, *seen in zip(ones.tolist(), counts.tolist(), first.tolist(), last.tolist(), strict=True):
            recipes[number].saw(*seen)

    def check(self, recipe: Recipe, properties: dict[str, Any], at_us: int) -> None:
        """Count values that the plan does not allow."""
        for name, allowed in recipe.allowed:
            value = properties[name]
            if value is not None and str(value) not in allowed:
                count, first, last = self.not_allowed.get((recipe.event, name), (0, at_us, at_us))
                self.not_allowed[recipe.event, name] = (count + 1, min(first, at_us), max(last, at_us))

    def begin(self) -> None:
        """Count from zero for the next batch."""
        if len(self.recipes) > RECIPES_MAX:
            self.recipes.clear()
        for recipe in self.recipes.values():
            recipe.saw(0, 0, 0)
        self.not_allowed.clear()


def units(value: Any, properties: dict[str, Any]) -> int | None:
    """Give an amount in whole ten-thousandths; one that is none stays among the properties as `$value`."""
    try:
        scaled = _scaled(value) if isinstance(value, str) else round(value * UNITS)
        if type(value) is float and not -FLOAT_EXACT < scaled < FLOAT_EXACT:
            scaled = round(Decimal(repr(value)) * UNITS)
    except (ArithmeticError, ValueError):
        scaled = UNITS_MAX
    if -UNITS_MAX < scaled < UNITS_MAX:
        return scaled
    if not isinstance(value, str):
        properties["$value"] = value
    return None


def _scaled(text: str) -> int:
    amount = Decimal(text.strip())
    # "1e99999999" is short, but a whole number of as many digits would take hours.
    return round(amount * UNITS) if amount.adjusted() < UNITS_DIGITS else UNITS_MAX


def _at(item: Item, origin: Origin) -> int:
    said = item.original_timestamp or item.timestamp
    if not said:
        return origin.received_us
    sent_us = origin.sent_us
    if item.sent_at:
        with contextlib.suppress(ValueError, OverflowError):  # one that cannot be read counts as absent
            sent_us = _parsed(item.sent_at)
    try:
        return occurred(_parsed(said), received_us=origin.received_us, sent_us=sent_us)
    except (ValueError, OverflowError):
        raise ItemError("bad_timestamp", "timestamp is not an ISO 8601 instant.") from None


def _traits(item: Item, around: Surroundings) -> dict[str, Any] | None:
    """Give what identify and group calls carry in the place of properties."""
    return item.traits or (around.traits if item.type == "identify" else None)


def _text(value: Id) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else str(value)
