"""Rows that bring their properties or traits as one JSON object: treated by the loader's recipes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from sojourn.engine.stream.claims import Trait
from sojourn.engine.stream.cleaning import Cleaner, is_clean
from sojourn.engine.stream.files.properties import Sealed, text_id
from sojourn.engine.stream.freetext import masked_text
from sojourn.engine.stream.personal import masked, reserved_trait
from sojourn.engine.stream.plan import Plan, Recipe

_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode
_encode: Final = msgspec.json.Encoder().encode
RECIPES_MAX: Final = 20_000
TRAITS_MAX: Final = 500


class DocumentError(ValueError):
    """The text is not a JSON object."""


@dataclass(slots=True)
class Documents:
    """Cleans JSON objects row by row; what repeats is looked at once."""

    plan: Plan
    cleaner: Cleaner
    source: str
    seed: str
    recipes: dict[Any, Recipe] = field(default_factory=dict)

    def properties(
        self, text: str, *, kind: str, event: str, row: int, line: int, sealed: list[Sealed]
    ) -> dict[str, Any]:
        """Give a row's properties as they may enter the stream; raise DocumentError."""
        document = opened(text)
        recipe = self._recipe(kind, event, document)
        for name in recipe.renamed:
            self._seal(document, name, masked(name), row, line, sealed)
        for name in recipe.sealed:
            self._seal(document, name, name, row, line, sealed)
        for name in recipe.scans:
            value = document[name]
            better = self.cleaner.value[value]
            if better is None:
                self._seal(document, name, name, row, line, sealed)
            elif better is not value:
                document[name] = better
        for name in recipe.nested:
            if not is_clean(document[name]):
                self._seal(document, name, name, row, line, sealed)
        return {name: value for name, value in document.items() if value is not None}

    def _recipe(self, kind: str, event: str, document: dict[str, Any]) -> Recipe:
        key = (kind, event, tuple(document), tuple(map(type, document.values())))
        recipe = self.recipes.get(key)
        if recipe is None:
            if len(self.recipes) > RECIPES_MAX:
                self.recipes.clear()
            shape = {name: type(value) for name, value in document.items()}
            # As `track`: a file has columns of its own for traits and for what is lifted.
            recipe = self.recipes[key] = Recipe(self.plan, kind="track", event=event, source=self.source, shape=shape)
            _leave_lifted(recipe, shape, self.plan)
        return recipe

    def _seal(self, document: dict[str, Any], name: str, shown: str, row: int, line: int, sealed: list[Sealed]) -> None:
        value = masked_text(name, document.pop(name))
        found = Sealed(row, shown, text_id(self.seed, line, name), _encode({name: value}))
        sealed.append(found)
        document[f"{shown}_id"] = f"{found.id:016x}"


def _leave_lifted(recipe: Recipe, shape: dict[str, type], plan: Plan) -> None:
    """Treat what an SDK's event would have lifted into a column like any other property."""
    declared = {**plan.common, **plan.events.get(recipe.event, {})}
    taken = {name for _, name in recipe.lifts}
    recipe.scans += tuple(name for name in taken if shape[name] is str and name not in declared)
    recipe.lifts = ()


def traits(text: str, *, row: int, at_us: int) -> Iterable[Trait]:
    """Give the traits of a row; raise DocumentError."""
    for name, value in list(opened(text).items())[:TRAITS_MAX]:
        if value is not None:
            yield Trait(row, reserved_trait(name) or masked(name)[:64], _encode(value), at_us)


def opened(text: str) -> dict[str, Any]:
    """Decode a JSON object; raise DocumentError saying what it is instead."""
    try:
        return _decode(text)
    except msgspec.ValidationError:
        raise DocumentError("is JSON, but not an object") from None
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise DocumentError(f"is not JSON ({error})") from None
