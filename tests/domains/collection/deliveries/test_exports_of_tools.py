"""Files as other tools export them are recognised, shown, loaded, and refused row by row; blank cells keep."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domains.collection.deliveries.handing import deliver, stream
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import DeliveryStatus
from sojourn.domains.customers.rules import newest
from sojourn.domains.identity import queries as identity
from sojourn.engine.stream.files.mapping import MappingError, form, parse
from sojourn.engine.stream.files.presets import PRESETS
from sojourn.engine.stream.files.tools import EXPORTS_OF_TOOLS

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
Write = Callable[[str, str | bytes], Path]
EXPORTS = Path(__file__).parent / "exports"

IDENTIFIED = {"Identified": 2}
TICKETS = {"Ticket Created": 2, "Ticket Closed": 1}
# Of each sample: its events, and the line and code of the row that is refused.
EXPECTED: dict[str, tuple[dict[str, int], int, str]] = {
    "hubspot-contacts": (IDENTIFIED, 4, "bad_timestamp"),
    "hubspot-tickets": (TICKETS, 4, "missing_identity"),
    "salesforce-contacts": (IDENTIFIED, 4, "missing_identity"),
    "salesforce-cases": (TICKETS, 4, "bad_timestamp"),
    "dynamics-contacts": (IDENTIFIED, 4, "bad_timestamp"),
    "dynamics-cases": ({"Ticket Created": 2}, 4, "missing_timestamp"),
    "salesforce-orders": ({"Order Created": 2, "Order Completed": 1}, 4, "bad_number"),
    "dynamics-orders": ({"Order Completed": 2, "Order Fulfilled": 1}, 4, "bad_number"),
    "zendesk-users": (IDENTIFIED, 4, "missing_identity"),
    "zendesk-tickets": ({"Ticket Created": 2, "Ticket Solved": 1}, 4, "missing_identity"),
    "freshdesk-contacts": (IDENTIFIED, 4, "missing_identity"),
    "freshdesk-tickets": ({"Ticket Created": 2, "Ticket Solved": 1, "Ticket Closed": 1}, 4, "bad_timestamp"),
    "zammad-users": (IDENTIFIED, 4, "missing_identity"),
    "zammad-tickets": (TICKETS, 4, "missing_identity"),
    "intercom-contacts": (IDENTIFIED, 4, "missing_identity"),
    "intercom-conversations": ({"Conversation Started": 2, "Conversation Closed": 1}, 4, "missing_identity"),
    "shopify-customers": (IDENTIFIED, 4, "missing_identity"),
    "shopify-orders": ({"Order Completed": 2, "Product Ordered": 3, "Order Cancelled": 1}, 5, "bad_number"),
}
NAMELESS = ("hubspot-tickets", "salesforce-cases", "salesforce-orders")  # tell the contact's number only
PEOPLE = sorted(name for name, (events, *_) in EXPECTED.items() if events is IDENTIFIED)


def sample(name: str) -> list[dict[str, str]]:
    with (EXPORTS / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def traits_of(row: int) -> dict[str, Any]:
    """Give the newest traits of the person of a row of the stream."""
    person = stream()["person"][row].as_py()
    return {each.name: each.value for each in newest(identity.traits_of([person]))}


def properties(row: int) -> dict[str, Any]:
    return dict(json.loads(stream()["properties"][row].as_py() or "{}"))


def test_every_preset_has_a_sample() -> None:
    assert {each.mapping.name for each in EXPORTS_OF_TOOLS} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_export_is_recognised_shown_loaded_and_its_bad_row_refused(name: str, write: Write) -> None:
    events, line, code = EXPECTED[name]
    # Another order of columns, another case, a mark of the encoding and a column of the company's own change nothing.
    rows = [{key.upper(): row[key] for key in reversed(row)} | {"Our own": "x"} for row in sample(name)]
    path = write(f"{name}.csv", "\ufeff" + written(rows))
    taken = actions.begin(source="shop", name=path.name, file=path, viewer=SYSTEM)
    shown = queries.preview(taken.id)
    assert shown.preset == name
    assert dict(shown.event_names) == events
    assert [(at, why) for at, why, _ in shown.refused] == [(line, code)]
    done = actions.start(delivery=taken.id, viewer=SYSTEM)
    assert (done.status, done.rows_good, done.rows_refused) == (DeliveryStatus.DONE, sum(events.values()), 1)
    assert Counter(stream()["name"].to_pylist()) == events
    assert [(int(each.place), each.code) for each in queries.refused_rows(taken.id)] == [(line, code)]
    if name not in NAMELESS:
        known = traits_of(0)
        assert known.get("name", f"{known.get('first_name')} {known.get('last_name')}") == "Ana Keller"
    text = json.dumps(stream().to_pylist(), default=str)
    assert not any(each in text for each in ("Keller", "example.org", "1234567"))
    again = deliver(write(f"{name}-again.csv", path.read_bytes()))
    assert (again.rows_good, again.rows_known) == (0, sum(events.values()))


@pytest.mark.parametrize("name", PEOPLE)
def test_blank_cells_keep_what_is_known_unless_told_otherwise(name: str, write: Write) -> None:
    rows = sample(name)[:1]
    named = ("Phone Number", "Phone", "Business Phone", "phone", "Work phone")
    phone = next(column for column in named if column in rows[0])
    deliver(write("first.csv", written(rows)))
    assert traits_of(0)["phone"] == "+49 30 1234567"
    blank = [{**rows[0], phone: ""}]
    deliver(write("second.csv", written(blank)))
    assert traits_of(0)["phone"] == "+49 30 1234567"
    deliver(write("third.csv", written([{**blank[0], "Our own": "y"}])), mapping={"blank": "clears"})
    assert "phone" not in traits_of(0)
    assert "email" in traits_of(0)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mapping_is_the_same_after_it_was_written_down(name: str) -> None:
    mapping = PRESETS[name].mapping
    assert parse(json.loads(json.dumps(form(mapping)))) == mapping


def test_a_ticket_keeps_its_case_agent_channel_and_words(write: Write) -> None:
    deliver(EXPORTS / "zendesk-tickets.csv")
    created, solved, other = stream().to_pylist()
    assert (created["name"], solved["name"], other["name"]) == ("Ticket Created", "Ticket Solved", "Ticket Created")
    assert created["case"] == solved["case"] != other["case"]
    assert created["agent"] == solved["agent"] != 0
    assert (created["channel"], created["unit"]) == ("Mail", "Cards")
    assert str(solved["occurred_at"]) == "2026-02-03 15:20:00"
    assert {key: properties(0)[key] for key in ("status", "priority")} == {"status": "Solved", "priority": "High"}
    assert "Subject_id" in properties(0) and "Subject_id" not in properties(1)


def test_a_later_export_adds_only_what_has_happened_since(write: Write) -> None:
    rows = sample("zendesk-tickets")[:2]
    deliver(write("monday.csv", written(rows)))
    rows[1] |= {"Solved at": "2026-02-09 08:00", "Status": "Solved"}
    later = deliver(write("tuesday.csv", written(rows)))
    assert (later.rows_good, later.rows_known) == (1, 3)


def test_a_ticket_and_the_company_s_own_record_are_one_customer(write: Write) -> None:
    deliver(EXPORTS / "zendesk-users.csv")
    deliver(EXPORTS / "zendesk-tickets.csv")
    persons = stream()["person"].to_pylist()
    assert persons[0] == persons[2]


def test_two_tools_in_one_source_do_not_share_their_numbers(write: Write) -> None:
    contacts = sample("hubspot-contacts")[1:2]
    deliver(write("hubspot.csv", written([{**contacts[0], "Record ID": "8802"}])))
    deliver(write("zendesk.csv", written(sample("zendesk-tickets")[1:2])))
    assert len(set(stream()["person"].to_pylist())) == 2


def test_a_refused_row_does_not_take_the_traits_of_a_good_one_with_it() -> None:
    deliver(EXPORTS / "freshdesk-tickets.csv")
    ben = stream().num_rows - 1
    assert traits_of(ben) == {"name": "Ben Okoro", "email": "ben.okoro@example.org"}


def test_an_order_counts_once_though_its_lines_are_rows(write: Write) -> None:
    done = deliver(EXPORTS / "shopify-orders.csv")
    assert str(done.value_total) == "65.4800"
    rows = stream().to_pylist()
    assert [(row["name"], row["product"]) for row in rows[:3]] == [
        ("Order Completed", None), ("Product Ordered", "TP-1"), ("Product Ordered", "MG-2"),
    ]  # fmt: skip
    assert len({row["case"] for row in rows[:3]}) == 1
    assert (rows[0]["currency"], str(rows[0]["occurred_at"])) == ("EUR", "2026-02-01 08:59:00")
    assert properties(2)["quantity"] == 2


def test_an_order_of_salesforce_counts_when_it_is_activated_and_belongs_to_its_contact(write: Write) -> None:
    deliver(EXPORTS / "salesforce-contacts.csv")
    done = deliver(EXPORTS / "salesforce-orders.csv")
    assert str(done.value_total) == "51.9800"
    ana, _, *rows = stream().to_pylist()
    assert [(row["name"], str(row["occurred_at"])[:16], row["value"]) for row in rows[:2]] == [
        ("Order Created", "2026-02-01 09:00", None), ("Order Completed", "2026-02-03 15:20", Decimal("51.98")),
    ]  # fmt: skip
    assert rows[0]["person"] == rows[1]["person"] == ana["person"]
    assert rows[2]["person"] != ana["person"]  # a draft without a contact: the account's
    assert rows[0]["case"] == rows[1]["case"] != rows[2]["case"]
    assert properties(2)["status"] == "Activated"
    assert "Name_id" in properties(2) and "Description_id" in properties(2)
    assert not set(properties(2)) & {"BillingStreet", "Name", "ActivatedById"}


def test_an_order_of_dynamics_has_its_currency_as_a_code(write: Write) -> None:
    deliver(EXPORTS / "dynamics-orders.csv")
    rows = stream().to_pylist()
    assert [(row["name"], row["value"], row["currency"]) for row in rows] == [
        ("Order Completed", Decimal("1051.98"), "EUR"),
        ("Order Fulfilled", None, None),
        ("Order Completed", Decimal("13.50"), "USD"),
    ]
    assert "name" in traits_of(0) and "Name_id" in properties(0)
    odd = [
        {**sample("dynamics-orders")[0], "Currency": "Doubloon"},
        {**sample("dynamics-orders")[1], "Currency": "chf"},
    ]
    taken = deliver(write("odd.csv", written(odd)))
    assert taken.refused_by_code == {"bad_currency": 1}


def test_an_order_that_is_activated_later_is_completed_by_the_next_export(write: Write) -> None:
    draft = sample("salesforce-orders")[1:2]
    deliver(write("monday.csv", written(draft)))
    later = [{**draft[0], "ActivatedDate": "2026-02-09T08:00:00.000Z", "Status": "Activated"}]
    done = deliver(write("tuesday.csv", written(later)))
    assert (done.rows_good, done.rows_known, str(done.value_total)) == (1, 1, "13.5000")


def test_the_zone_is_asked_for_and_taken(write: Write) -> None:
    path = EXPORTS / "freshdesk-tickets.csv"
    taken = actions.begin(source="shop", name=path.name, file=path, viewer=SYSTEM)
    assert any("name no zone" in each for each in queries.preview(taken.id).warnings)
    said = {"name": "freshdesk-tickets", "time_zone": "Europe/Berlin"}
    assert not any("name no zone" in each for each in queries.preview(taken.id, mapping=said).warnings)
    actions.start(delivery=taken.id, viewer=SYSTEM, mapping=said)
    assert str(stream()["occurred_at"][0]) == "2026-02-01 08:00:00"


def test_a_typed_file_is_read_like_its_text(tmp_path: Path) -> None:
    """A warehouse writes instants as such, and columns that are never empty."""
    utc = pa.timestamp("us", tz="UTC")
    at = [datetime(2026, 2, 1, 9, tzinfo=UTC), datetime(2026, 2, 2, 9, tzinfo=UTC)]
    columns = {
        "CaseNumber": (pa.string(), ["1", "2"]), "ContactId": (pa.string(), ["c", "d"]),
        "Status": (pa.string(), ["Closed", "New"]), "Subject": (pa.string(), ["Card", "Fees"]),
        "CreatedDate": (utc, at), "ClosedDate": (utc, [at[1], None]),
    }  # fmt: skip
    fields = [pa.field(name, kind, nullable=None in values) for name, (kind, values) in columns.items()]
    made = pa.table([pa.array(values, kind) for kind, values in columns.values()], schema=pa.schema(fields))
    pq.write_table(made, tmp_path / "cases.parquet")
    done = deliver(tmp_path / "cases.parquet")
    assert (done.preset, done.rows_good, done.rows_refused) == ("salesforce-cases", 3, 0)
    assert [str(each)[:10] for each in stream()["occurred_at"].to_pylist()] == [
        "2026-02-01",
        "2026-02-02",
        "2026-02-02",
    ]


def test_a_zone_or_a_word_that_does_not_exist_is_refused(write: Write) -> None:
    path = EXPORTS / "freshdesk-tickets.csv"
    for said in ({"time_zone": "Berlin"}, {"blank": "perhaps"}):
        with pytest.raises(MappingError):
            actions.begin(source="shop", name=path.name, file=path, viewer=SYSTEM, mapping=said)


@pytest.mark.parametrize("steps", [[1], "Solved at", [{"event": "Solved"}], [{"event": "a", "time": "b"}] * 21])
def test_steps_that_cannot_be_meant_are_refused(steps: Any) -> None:
    with pytest.raises(MappingError, match="steps"):
        parse({"timestamp": "at", "user_id": "who", "event": "what", "steps": steps})
