"""Writing tickets and orders in the columns of other tools, so that these and our own presets read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sojourn.engine.stream.files.limits import COLUMN_NAME_MAX
from sojourn.engine.stream.files.mapping import Step
from sojourn.engine.stream.files.preset import Preset
from sojourn.engine.stream.files.properties import masked_name
from sojourn.engine.stream.files.shapes import NEVER_TOOLS, NUMBER, NUMBER_OF, cell_text, instant_text
from sojourn.engine.stream.files.tools import columns
from sojourn.engine.stream.files.tools.orders import ORDERS
from sojourn.engine.stream.files.tools.tickets import TICKETS
from sojourn.kit.spreadsheet import harmless

CASES_OF: Final[Mapping[str, Preset]] = {each.mapping.name: each for each in (*TICKETS, *ORDERS)}
ACCOUNT: Final = "001"  # how ids of accounts begin; Salesforce, "Standard Field Record ID Prefix Decoder"
FIELDS: Final = ("channel", "unit", "agent", "product", "value", "currency")
# What tools call the same: a step takes an event of its own name, else of one of these that no other step takes.
_BEGUN: Final = ("Ticket Created", "Conversation Started")
_ENDED: Final = ("Ticket Closed", "Conversation Closed", "Ticket Solved")
ALIKE: Final = {**dict.fromkeys(_BEGUN, _BEGUN), **dict.fromkeys(_ENDED, _ENDED)}


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldEvent:
    """What happened to a ticket or order; `fields` by `FIELDS`, `properties` with the texts that may be told."""

    name: str
    occurred_at: datetime
    fields: Mapping[str, str]
    properties: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldCase:
    """A ticket or order: its number, whose it is, and what happened, oldest first.

    `customer` is the company's number of the customer and `tools_id` the tool's, "" where there is none.
    """

    number: str
    customer: str
    tools_id: str
    traits: Mapping[str, Any]
    events: Sequence[ToldEvent]


class CaseShape:
    """The columns of one tool's file of tickets or orders, as its preset reads them; the rest has no place in it."""

    def __init__(self, name: str) -> None:
        preset = CASES_OF[name]
        mapping = self._mapping = preset.mapping
        self.tool = name.partition("-")[0]
        self._case, *_ = mapping.cells["case"].columns
        self._who = mapping.cells["anonymous_id"].columns
        own = mapping.cells["user_id"].columns
        self._number = NUMBER_OF.get(self.tool, NUMBER) if own == columns.NUMBER else own[0]
        steps = mapping.steps
        named = [
            *(self._case, self._number, *self._who),
            *(step.time for step in steps),
            *(mapping.cells[field].columns[0] for field in FIELDS if field in mapping.cells),
            *(*mapping.rename, *mapping.trait_names, *mapping.personal, *preset.marks),
            *(column for step in steps for column in step.without),
        ]
        self.header = tuple(dict.fromkeys(named))
        taken = {self._case, self._number, *self._who, *mapping.columns()} - set(mapping.personal)
        self._properties = {
            column: masked_name(column, mapping.rename)[:COLUMN_NAME_MAX]
            for column in self.header
            if column in mapping.rename or column not in taken
        }

    @property
    def names(self) -> tuple[str, ...]:
        """List the events that the file tells of."""
        own = [step.event for step in self._mapping.steps]
        return tuple(dict.fromkeys([*own, *(name for each in own for name in self._alike(each))]))

    def rows(self, told: ToldCase) -> list[list[str]]:
        """Write a ticket or order: a row, or one for each of its lines in the tool's files that have such."""
        whole, lines = self._found(told)
        base = self._base(told)
        main = {**self._traits(told), **base}
        for step, event in reversed(whole):  # the newest says how things stand
            main = {**self._cells(step, event), **main, step.time: instant_text(self._mapping, event.occurred_at)}
        first, *more = [{**base, **self._cells(step, event)} for step, event in lines] or [{}]
        made = [{**first, **main}, *more] if whole else [first, *more]
        return [[harmless(row.get(column, "")) for column in self.header] for row in made if row]

    def _found(self, told: ToldCase) -> tuple[list[tuple[Step, ToldEvent]], list[tuple[Step, ToldEvent]]]:
        """Find the event of each step, oldest first, and the events that are lines."""
        whole, lines = [], []
        for step in self._mapping.steps:
            if step.tells:
                lines += [(step, event) for event in told.events if event.name == step.event]
            elif (event := self._event(step, told.events)) is not None:
                whole.append((step, event))
        return sorted(whole, key=lambda each: each[1].occurred_at), lines

    def _event(self, step: Step, events: Sequence[ToldEvent]) -> ToldEvent | None:
        for name in self._alike(step.event):
            found = [each for each in events if each.name == name]
            if found:
                return found[0] if step is self._mapping.steps[0] else found[-1]
        return None

    def _alike(self, name: str) -> tuple[str, ...]:
        others = {step.event for step in self._mapping.steps} - {name}
        return tuple(dict.fromkeys([name, *(each for each in ALIKE.get(name, ()) if each not in others)]))

    def _base(self, told: ToldCase) -> dict[str, str]:
        """Write which one it is, whose, and since when: what stands in each of its rows."""
        first = told.events[0].occurred_at
        at = next((each.occurred_at for each in told.events if each.name == self._mapping.steps[0].event), first)
        who = self._place(told.tools_id)
        return {
            **({who: told.tools_id} if who else {}),
            self._number: told.customer,
            self._case: told.number,
            self._mapping.steps[0].time: instant_text(self._mapping, at),
        }

    def _place(self, tools_id: str) -> str:
        """Find the column of somebody's number: an address has one of its own, and so has an account of Salesforce."""
        if "@" in tools_id:
            return next((each for each in self._who if "mail" in each.casefold()), "")
        if tools_id.startswith(ACCOUNT) and "AccountId" in self._who:
            return "AccountId"
        return next((each for each in self._who if each not in NEVER_TOOLS and each != self._case), "")

    def _traits(self, told: ToldCase) -> dict[str, str]:
        found = {column: cell_text(told.traits.get(name)) for column, name in self._mapping.trait_names.items()}
        return {column: text for column, text in found.items() if text}

    def _cells(self, step: Step, event: ToldEvent) -> dict[str, str]:
        return {column: text for column, text in self._said(event) if text and column not in step.without}

    def _said(self, event: ToldEvent) -> Iterator[tuple[str, str]]:
        known = {column: cell_text(event.properties.get(name)) for column, name in self._properties.items()}
        yield from known.items()
        for name in FIELDS:
            cell, text = self._mapping.cells.get(name), event.fields.get(name, "")
            if cell is not None and text not in [known.get(column) for column in cell.columns[1:]]:
                yield cell.columns[0], next((start for start, meant in cell.starts_with if meant == text), text)


def case_number(tool: str, identifier: str) -> str:
    """Give a ticket's or order's number as its tool writes it; one of elsewhere as it is.

    >>> case_number("zendesk", "desk:zendesk:501"), case_number("zendesk", "desk:freshdesk:71")
    ('501', 'desk:freshdesk:71')
    """
    return identifier.partition(f":{tool}:")[2] or identifier
