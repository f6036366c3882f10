"""Tickets and orders in the columns of other tools, with names, contacts and texts only for who may read customers."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

import numpy as np
from django.conf import settings

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import queries as collection
from sojourn.domains.customers import rules
from sojourn.domains.customers.listing import is_too_few
from sojourn.domains.customers.people import CSV, csv_lines
from sojourn.domains.customers.shaped import known_to
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

AT_ONCE: Final = 1_000  # cases
SHAPES: Final = collection.CASE_SHAPES
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CaseExport:
    """A file of tickets or orders on its way out; `pieces` are made while they are read, once."""

    name: str  # of the file
    media_type: str
    customers: int
    cases: int
    pieces: Generator[bytes]


def export_cases(
    *,
    shape: str,
    period: Period,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> CaseExport:
    """Let tickets or orders leave as CSV in the columns of a tool, one of `SHAPES`; audited.

    Those that something happened to in the period, each with all that happened to it; one of which viewer or purpose
    may not see a part is left out. Raise ForbiddenError without the rights events.export and customers.list, and
    InvalidError for a shape or filter that is not there and for customers fewer than the privacy minimum.
    """
    viewer.require(Right.EVENTS_EXPORT)
    viewer.require(Right.CUSTOMERS_LIST)
    if shape not in SHAPES:
        raise InvalidError(f"shape: one of {', '.join(SHAPES)}.")
    viewer = viewer.within(Right.EVENTS_EXPORT)
    names = collection.case_shape(shape).names
    asked = privacy.Cases(names=names, period=period, events=events, purpose=purpose, viewer=viewer)
    customers, cases, count = asked.counted()
    if is_too_few(customers):
        raise InvalidError(
            f"They are of fewer than {settings.SOJOURN.k_floor} customers: a file of them would point at people."
        )
    access.audit(
        viewer=viewer,
        what="events.export",
        on=f"events:{shape}",
        purpose=purpose.value,
        customers=str(customers),
        cases=str(cases),
        events=str(count),
        since="" if period.since is None else period.since.isoformat(),
        until="" if period.until is None else period.until.isoformat(),
    )
    return CaseExport(
        name=f"{shape}.csv", media_type=CSV, customers=customers, cases=cases, pieces=_pieces(asked, shape)
    )


def _pieces(asked: privacy.Cases, name: str) -> Generator[bytes]:
    shape = collection.case_shape(name)
    yield csv_lines([list(shape.header)])
    for some in asked.pieces(AT_ONCE):
        yield csv_lines([row for each in _told(some, shape.tool, asked) for row in shape.rows(each)])


def _told(cases: Sequence[Sequence[Row]], tool: str, asked: privacy.Cases) -> Iterable[collection.ToldCase]:
    """Tell of cases what may be told: of a customer whom the viewer may not read no number, name, contact or text."""
    customers = np.unique(np.array([case[0]["customer"] for case in cases], np.int64))
    known = {each.customer: each for each in known_to(customers, viewer=asked.viewer, purpose=asked.purpose)}
    open_ones = [case for case in cases if known[case[0]["customer"]].is_readable]
    opened = _opened(open_ones)
    texts = _texts(open_ones)
    for case in cases:
        whose = known[case[0]["customer"]]
        number = opened.get(case[0]["case"], "")
        devices = [opened.get(row["person"], "") for row in _theirs(case)]
        yield collection.ToldCase(
            number=collection.case_number(tool, number) if number else str(case[0]["case"]),
            customer=whose.number,
            tools_id=whose.tools_id(tool, devices),
            traits={each.name: each.value for each in whose.traits},
            events=[_event(row, opened, texts if whose.is_readable else {}) for row in case],
        )


def _theirs(case: Sequence[Row]) -> list[Row]:
    """Keep the events of the customer whose case it is: of whom it began with."""
    return [row for row in case if row["customer"] == case[0]["customer"]]


def _opened(cases: Iterable[Sequence[Row]]) -> dict[int, str]:
    """Open what the persons, agents and cases of some events are called."""
    tokens = {row[name] for case in cases for row in case for name in ("case", "agent", "person") if row[name]}
    return {each.person: each.value for each in identity.identifiers_of(sorted(tokens))}


def _texts(cases: Iterable[Sequence[Row]]) -> dict[int, dict[str, Any]]:
    rows = [row for case in cases for row in _theirs(case)]
    ids = {number for row in rows for number in rules.text_ids(_properties(row))}
    return identity.texts_of(sorted(ids), persons={row["person"] for row in rows})


def _event(row: Row, opened: Mapping[int, str], texts: Mapping[int, Mapping[str, Any]]) -> collection.ToldCaseEvent:
    properties = _properties(row)
    said = {name: text for number in rules.text_ids(properties) for name, text in texts.get(number, {}).items()}
    agent = opened.get(row["agent"], str(row["agent"])) if row["agent"] else ""
    fields = {name: row[name] or "" for name in collection.CASE_FIELDS}
    return collection.ToldCaseEvent(
        name=row["name"],
        occurred_at=row["occurred_at"].replace(tzinfo=UTC),
        fields={**fields, "agent": agent, "value": _amount(fields["value"])},
        properties={**properties, **said},
    )


def _amount(value: str) -> str:
    """Write an amount with the two decimals that most currencies have, and more only where it has more.

    >>> _amount("51.9800"), _amount("0.0125"), _amount("")
    ('51.98', '0.0125', '')
    """
    whole, point, fraction = value.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}" if point else value


def _properties(row: Row) -> dict[str, Any]:
    """Read the properties with numbers as they were written, so that 8.50 stays 8.50."""
    return json.loads(row["properties"], parse_float=str, parse_int=str) if row["properties"] else {}
