"""From items to rows: names, times, columns and properties as the stream holds them, personal parts set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from sojourn.engine.stream.claims import Alias, Claims, Text, Trait
from sojourn.engine.stream.cleaning import Cleaner, is_clean
from sojourn.engine.stream.instants import occurred, parsed
from sojourn.engine.stream.items import Context, Id, Item
from sojourn.engine.stream.personal import masked, reserved_trait
from sojourn.engine.stream.plan import PAGE_PROPERTIES, Plan, Recipe
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
FLOAT_EXACT: Final = 2**50  # beyond it a float times 10,000 may miss by one

Purposes = Callable[[dict[str, Any]], int]
_encode: Final = msgspec.json.Encoder().encode


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
    browser: tuple[str, str] | None = None


@dataclass(slots=True)
class Rows:
    """Collects the rows of one batch; recipes and caches live on in `Shop`."""

    shop: Shop
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    claims: Claims = field(default_factory=Claims)
    grouped: dict[int, dict[str, Any]] = field(default_factory=dict)  # rows whose properties await a group's token

    def add(self, item: Item, context: Context | None, origin: Origin, event_id: int) -> None:
        """Turn an item into a row; raise ItemError, the batch is then as it was."""
        kind = item.type
        name = NAMES.get(kind) or item.event
        if not name or (kind != "track" and kind not in NAMES):
            raise ItemError("no_event", "A track call names its event, and type is one of the six.")
        user, anonymous = item.user_id, item.anonymous_id
        if type(user) is not str or not user:
            user = _text(user)
        if type(anonymous) is not str or not anonymous:
            anonymous = _text(anonymous)
        if user is None and anonymous is None and item.person is None:
            raise ItemError("no_identity", "Neither userId nor anonymousId is given.")
        at_us = self._at(item, origin)
        shop, row = self.shop, len(self.rows)
        properties = _properties(item, context)
        word = shop.clean.word
        name = word[name]
        key = (kind, name, origin.source, *properties, *map(type, properties.values()))
        recipe = shop.recipes.get(key)
        if recipe is None:
            recipe = shop.learn(key, kind, name, origin.source, properties)
        recipe.saw(at_us)
        if recipe.allowed:
            shop.check(recipe, properties, at_us)
        channel, touchpoint, unit, agent, product, case, currency, value = recipe.lift(properties)
        if not recipe.is_plain:
            self._set_aside(recipe, properties, row, at_us, item)
        group = item.group_id if item.group_id is None else _text(item.group_id)
        if context is not None:
            if context.group_id is not None and group is None:
                group = _text(context.group_id)
            self._surroundings(context, properties, origin, row, at_us, kind)
        elif origin.browser is not None:
            properties["$browser"], properties["$browser_version"] = origin.browser
        if item.name is not None and kind in ("page", "screen"):
            properties["$name"] = word[item.name]
        if group is not None:
            self.grouped[row] = properties
        self.rows.append(
            (
                event_id,
                name,
                kind,
                at_us,
                origin.received_us,
                origin.channel if channel is None else word[str(channel)],
                None if touchpoint is None else word[str(touchpoint)],
                None if unit is None else word[str(unit)],
                None if product is None else shop.clean.product[str(product)],
                origin.source,
                shop.unstated_purposes
                if context is None or context.consent is None
                else shop.purposes(context.consent),
                None if value is None else units(value, properties),
                None if currency is None else word[str(currency)],
                _encode(properties) if properties and group is None else None,
            )
        )
        claims = self.claims
        claims.user.append(user)
        claims.anonymous.append(anonymous)
        claims.agent.append(None if agent is None else str(agent))
        claims.case.append(None if case is None else str(case))
        claims.groups.append(group)
        if item.person is not None:
            claims.given[row] = item.person
        if kind == "alias" and (previous := _text(item.previous_id)) is not None:
            claims.aliases.append(Alias(row, previous))

    def finish(self, groups: Any) -> list[tuple[Any, ...]]:
        """Give the rows, with the tokens of groups put in."""
        for row, properties in self.grouped.items():
            properties["$group"] = str(groups[row])
            self.rows[row] = (*self.rows[row][:-1], _encode(properties))
        return self.rows

    def _at(self, item: Item, origin: Origin) -> int:
        said = item.original_timestamp or item.timestamp
        if said is None:
            return origin.received_us
        try:
            sent_us = origin.sent_us if item.sent_at is None else parsed(item.sent_at)
            return occurred(parsed(said), received_us=origin.received_us, sent_us=sent_us)
        except (ValueError, OverflowError):
            raise ItemError("bad_timestamp", "timestamp is not an ISO 8601 instant.") from None

    def _set_aside(self, recipe: Recipe, properties: dict[str, Any], row: int, at_us: int, item: Item) -> None:
        group = _text(item.group_id) if item.type == "group" else None
        for name, kept in recipe.traits:
            self.claims.traits.append(Trait(row, kept, _encode(properties.pop(name)), at_us, group))
        for name in recipe.renamed:
            self._seal(row, properties, name, masked(name))
        for name in recipe.sealed:
            self._seal(row, properties, name, name)
        clean = self.shop.clean
        for name in recipe.pages:
            said = properties.pop(name)
            if isinstance(said, str):
                properties[PAGE_PROPERTIES[name]] = clean.path[said] if name == "path" else clean.url[said]
        for name in recipe.scans:
            value = properties[name]
            better = clean.value[value]
            if better is None:
                self._seal(row, properties, name, name)
            elif better is not value:
                properties[name] = better
        for name in recipe.nested:
            if not is_clean(properties[name]):
                self._seal(row, properties, name, name)

    def _seal(self, row: int, properties: dict[str, Any], name: str, shown: str) -> None:
        """Take a personal value out; an id leads to it for those who may read it."""
        text = Text(random_token(), row, shown, _encode({name: properties.pop(name)}))
        self.claims.texts.append(text)
        properties[f"{shown}_id"] = f"{text.id:016x}"

    def _surroundings(
        self, context: Context, properties: dict[str, Any], origin: Origin, row: int, at_us: int, kind: str
    ) -> None:
        clean = self.shop.clean
        if context.app is not None and context.app.version is not None:
            properties["$app_version"] = clean.word[str(context.app.version)]
        if context.os is not None and context.os.name is not None:
            properties["$os"] = clean.word[context.os.name]
        if context.device is not None and context.device.type is not None:
            properties["$device"] = clean.word[context.device.type]
        page = context.page
        if page is not None:
            if page.url:
                properties["$url"] = clean.url[page.url]
            if page.path:
                properties["$path"] = clean.path[page.path]
            if page.referrer:
                properties["$referrer"] = clean.url[page.referrer]
        if context.campaign is not None:
            for part, value in context.campaign.items():
                if isinstance(value, str):
                    properties["$campaign_" + clean.word[part]] = clean.word[value]
        if context.locale is not None:
            properties["$locale"] = clean.word[context.locale]
        browser = origin.browser if context.user_agent is None else clean.browser[context.user_agent]
        if browser is not None:
            properties["$browser"], properties["$browser_version"] = browser
        if context.traits is not None and kind != "identify":
            for name, value in context.traits.items():
                kept = reserved_trait(name) or clean.word[name]
                self.claims.traits.append(Trait(row, kept, _encode(value), at_us))


class Shop:
    """What outlives a batch: the plan with its recipes, and the caches."""

    def __init__(self, plan: Plan, *, purposes: Purposes, unstated_purposes: int) -> None:
        self.clean = Cleaner()
        self.purposes, self.unstated_purposes = purposes, unstated_purposes
        self.replan(plan)

    def replan(self, plan: Plan) -> None:
        """Take a plan; recipes of another version are thrown away."""
        self.plan = plan
        self.recipes: dict[Any, Recipe] = {}
        self.not_allowed: dict[tuple[str, str], tuple[int, int, int]] = {}

    def learn(self, key: Any, kind: str, name: str, source: str, properties: dict[str, Any]) -> Recipe:
        """Make the recipe of a shape that was not met before."""
        shape = {held: type(value) for held, value in properties.items()}
        recipe = self.recipes[key] = Recipe(self.plan, kind=kind, event=name, source=source, shape=shape)
        return recipe

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
            recipe.count = 0
        self.not_allowed.clear()


def units(value: Any, properties: dict[str, Any]) -> int | None:
    """Give an amount in whole ten-thousandths; one that is none stays among the properties as `$value`."""
    try:
        scaled = round(Decimal(value.strip()) * UNITS) if isinstance(value, str) else round(value * UNITS)
        if type(value) is float and not -FLOAT_EXACT < scaled < FLOAT_EXACT:
            scaled = round(Decimal(repr(value)) * UNITS)
    except (InvalidOperation, ValueError, OverflowError):
        scaled = UNITS_MAX
    if -UNITS_MAX < scaled < UNITS_MAX:
        return scaled
    if not isinstance(value, str):
        properties["$value"] = value
    return None


def _properties(item: Item, context: Context | None) -> dict[str, Any]:
    if item.type == "identify":
        return item.traits or (context.traits if context is not None else None) or {}
    if item.type == "group":
        return item.traits or {}
    return item.properties or {}


def _text(value: Id) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else str(value)
