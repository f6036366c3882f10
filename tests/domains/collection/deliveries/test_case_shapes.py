"""Tickets and orders written in a tool's columns and read again by its preset are the same tickets and orders."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from domains.collection.deliveries.handing import deliver, stream
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.customers import actions, queries
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.stream.files.case_shapes import CASES_OF, CaseShape, ToldCase, ToldEvent
from sojourn.kit.errors import ForbiddenError, InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
Write = Callable[[str, str | bytes], Path]
EXPORTS = Path(__file__).parent / "exports"
ANALYST = Viewer(name="person:4", role=Role.ANALYST, scopes=frozenset(Scope))
NAMED = ("Ana", "Keller", "Okoro", "example.org", "1234567", "K-1001", "Brandt", "not delivered")
TIMES = (
    "%Y-%m-%d %H:%M", "%m/%d/%Y %I:%M %p", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z",
)  # fmt: skip
# What a preset reads only where another column is empty, or not at all of a row of this kind.
UNREAD = {
    "hubspot-tickets": {"Associated Contact IDs": "101;102"},
    "dynamics-orders": {"Total Amount": "1,051.98"},
    "salesforce-orders": {"AccountId": "0015g00000BBBBBBB1", "TotalAmount": "13.50"},
}
WRITTEN = {
    "hubspot-tickets": {"Associated Contact IDs": "101"},
    "dynamics-orders": {"Total Amount": "1051.98"},
    "salesforce-orders": {"AccountId": "", "TotalAmount": ""},
}


@pytest.fixture(autouse=True)
def floor(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=2, time_zone="UTC")


def written(shape: str, viewer: Viewer = SYSTEM, **asked: Any) -> str:
    privacy.refresh_timeline()
    made = actions.export_cases(shape=shape, period=asked.pop("period", Period()), viewer=viewer, **asked)
    return b"".join(made.pieces).decode()


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def sample(shape: str) -> list[dict[str, str]]:
    """Give the rows of a tool's file that are taken: all but its last."""
    return rows_of((EXPORTS / f"{shape}.csv").read_text())[:-1]


def same(cell: str) -> str:
    """Write a time alike however a tool wrote it."""
    for form in TIMES:
        try:
            zone = "" if "%z" in form else "+0000"
            return datetime.strptime(cell + zone, form.replace("%z", "") + "%z").astimezone(UTC).isoformat()
        except ValueError:
            continue
    return cell


def read(shape: str, row: dict[str, str]) -> dict[str, str]:
    """Keep the cells that a preset reads of a row; of a number with several columns the first."""
    mapping = CASES_OF[shape].mapping
    names = {*mapping.columns(), *mapping.rename} - set(mapping.cells["case"].columns[1:])
    found = {name: cell for name, cell in row.items() if name in names or name in mapping.cells["anonymous_id"].columns}
    other = UNREAD.get(shape, {})
    found |= {name: WRITTEN[shape][name] for name, cell in other.items() if found.get(name) == cell}
    return {name: same(cell) for name, cell in found.items() if cell}


@pytest.mark.parametrize("shape", queries.CASE_SHAPES)
def test_what_leaves_in_a_tool_s_shape_comes_back_the_same(shape: str, write: Write) -> None:
    done = deliver(EXPORTS / f"{shape}.csv")
    text = written(shape)
    number = CASES_OF[shape].mapping.cells["case"].columns[0]
    was, now = (
        sorted((read(shape, row) for row in rows), key=itemgetter(number)) for rows in (sample(shape), rows_of(text))
    )
    assert now == was
    again = deliver(write("again.csv", text))
    assert (again.preset, again.rows_good, again.rows_known, again.rows_refused) == (shape, 0, done.rows_good, 0)


@pytest.mark.parametrize("shape", ["zendesk-tickets", "shopify-orders", "salesforce-cases"])
def test_who_may_not_read_customers_gets_nobody_s_number_name_contact_or_text(shape: str) -> None:
    deliver(EXPORTS / f"{shape}.csv")
    text = written(shape, ANALYST)
    assert len(rows_of(text)) == len(sample(shape))
    for secret in (*NAMED, *(row[CASES_OF[shape].mapping.cells["case"].columns[0]] for row in sample(shape))):
        assert f"{secret}" not in text, secret
    assert AuditRow.objects.filter(what="events.export", object=f"events:{shape}", who="person:4").count() == 1


def test_who_objects_to_the_purpose_takes_their_tickets_with_them(settings: Any) -> None:
    deliver(EXPORTS / "zendesk-tickets.csv")
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=1)
    customer = identity.customers_of([stream()["person"][0].as_py()]).popitem()[1]
    privacy.refresh_timeline()
    privacy.record_consent(
        customer=customer, purpose=Purpose.ANALYTICS, allowed=False, at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert [row["Id"] for row in rows_of(written("zendesk-tickets"))] == ["502"]


def test_a_ticket_is_told_whole_or_not_at_all(settings: Any) -> None:
    """One that something happened to in the period has its creation, too; who sees a part of it sees nothing."""
    deliver(EXPORTS / "zendesk-tickets.csv")
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=1)
    later = Period(since=datetime(2026, 2, 3, tzinfo=UTC))
    (told,) = rows_of(written("zendesk-tickets", period=later))
    assert (told["Created at"], told["Solved at"]) == ("2026-02-01 09:00:00", "2026-02-03 15:20:00")
    north = dataclasses.replace(SYSTEM, name="person:5", units=frozenset({"Fees"}))
    assert [row["Group"] for row in rows_of(written("zendesk-tickets", north))] == ["Fees"]


def test_a_ticket_of_one_tool_leaves_in_the_shape_of_another() -> None:
    deliver(EXPORTS / "zendesk-tickets.csv")
    told = {row["Ticket ID"]: row for row in rows_of(written("hubspot-tickets"))}
    first = told["shop:zendesk:501"]
    assert (first["Create date"], first["Close date"]) == ("2026-02-01 09:00:00", "2026-02-03 15:20:00")
    assert (first["Customer Number"], first["Ticket owner"], first["Pipeline"]) == ("K-1001", "Jo Brandt", "Cards")
    assert told["shop:zendesk:502"]["Close date"] == ""


def test_what_cannot_leave_says_why() -> None:
    deliver(EXPORTS / "zendesk-tickets.csv")
    with pytest.raises(InvalidError, match="shape: one of dynamics-cases"):
        written("jira-tickets")
    with pytest.raises(InvalidError, match="fewer than 2 customers"):
        written("zendesk-tickets", events=EventFilter(dimensions={"unit": ("Fees",)}))
    with pytest.raises(ForbiddenError):
        written("zendesk-tickets", Viewer(name="person:6", role=Role.MARKETER))
    assert rows_of(written("freshdesk-tickets", events=EventFilter(dimensions={"unit": ("Nowhere",)}))) == []


def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text() -> None:
    event = ToldEvent(
        name="Ticket Created", occurred_at=datetime(2026, 2, 1, tzinfo=UTC), fields={}, properties={"Subject": "=1+1"}
    )
    shape = CaseShape("zendesk-tickets")
    (row,) = shape.rows(ToldCase(number="@7", customer="", tools_id="", traits={}, events=[event]))
    assert [cell for cell in row if cell.startswith("'")] == ["'@7", "'=1+1"]
