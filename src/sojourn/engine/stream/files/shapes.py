"""Writing customers in the columns of other tools, so that these and our own presets read them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sojourn.engine.stream.files.mapping import ColumnMapping
from sojourn.engine.stream.files.preset import Preset
from sojourn.engine.stream.files.shape import is_ignored
from sojourn.engine.stream.files.tools.people import (
    DYNAMICS_CONTACTS,
    FRESHDESK_CONTACTS,
    HUBSPOT_CONTACTS,
    INTERCOM_CONTACTS,
    SALESFORCE_CONTACTS,
    SHOPIFY_CUSTOMERS,
    ZAMMAD_USERS,
    ZENDESK_USERS,
)
from sojourn.kit.spreadsheet import harmless

PEOPLE_OF: Final[Mapping[str, Preset]] = {
    "hubspot": HUBSPOT_CONTACTS,
    "salesforce": SALESFORCE_CONTACTS,
    "dynamics": DYNAMICS_CONTACTS,
    "zendesk": ZENDESK_USERS,
    "freshdesk": FRESHDESK_CONTACTS,
    "zammad": ZAMMAD_USERS,
    "intercom": INTERCOM_CONTACTS,
    "shopify": SHOPIFY_CUSTOMERS,
}
NUMBER_OF: Final = {  # the tool's own column of the company's number; the others get one of this name
    "zendesk": "external_id",
    "freshdesk": "Unique external ID",
    "intercom": "user_id",
}
NUMBER: Final = "Customer Number"
NEVER_TOOLS: Final = frozenset({"Email", "Phone", "email", "phone", "login", "Work phone", "Mobile phone"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A customer as a row: the company's number and the tool's own, "" where there is none, and newest traits."""

    number: str
    tools_id: str
    changed_at: datetime | None
    traits: Mapping[str, Any]


class Shape:
    """The columns of one tool's file of customers, as its preset reads them; other traits have no place in it."""

    def __init__(self, tool: str) -> None:
        mapping = self._mapping = PEOPLE_OF[tool].mapping
        self._id = next((each for each in mapping.cells["anonymous_id"].columns if each not in NEVER_TOOLS), "")
        self._id = "" if is_ignored(self._id, mapping.ignore) and tool != "shopify" else self._id
        self._number = NUMBER_OF.get(tool, NUMBER)
        stamp = mapping.cells.get("timestamp")
        self._changed = stamp.columns[0] if stamp else ""
        self._of: dict[str, str] = {}  # column -> trait
        for column, trait in mapping.trait_names.items():
            if trait not in self._of.values():
                self._of[column] = trait
        own = [self._id, self._number, self._changed]
        self.header = tuple(dict.fromkeys(filter(None, [*own, *self._of, *PEOPLE_OF[tool].marks])))

    def row(self, told: Told) -> list[str]:
        """Write one customer; a trait that is a list or an object has no place in a cell and stays out."""
        cells = {column: cell_text(told.traits.get(trait)) for column, trait in self._of.items()}
        cells[self._number] = told.number
        if self._id:
            cells[self._id] = told.tools_id
        if self._changed and told.changed_at is not None:
            cells[self._changed] = instant_text(self._mapping, told.changed_at)
        return [harmless(cells.get(column, "")) for column in self.header]


def tools_id(tool: str, devices: Sequence[str]) -> str:
    """Find the tool's own number of somebody among their devices, where an import of its file put it.

    >>> tools_id("hubspot", ["a-phone", "crm:hubspot:101"]), tools_id("zendesk", ["crm:hubspot:101"])
    ('101', '')
    """
    mark = f":{tool}:"
    return next((each.partition(mark)[2] for each in devices if mark in each), "")


def instant_text(mapping: ColumnMapping, at: datetime) -> str:
    """Write an instant as the tool of a mapping does, in UTC."""
    form = "%Y-%m-%d %H:%M:%S" if mapping.local_times else "%Y-%m-%dT%H:%M:%SZ"
    return at.astimezone(UTC).strftime(mapping.time_format or form)


def cell_text(value: object) -> str:
    """Write a value into a cell; a list or an object has no place in one and gives "".

    >>> cell_text(True), cell_text(None), cell_text([1]), cell_text("a")
    ('true', '', '', 'a')
    """
    if isinstance(value, bool):
        return json.dumps(value)
    return "" if value is None or isinstance(value, dict | list) else str(value)
