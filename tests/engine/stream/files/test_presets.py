"""Presets are recognised by their header, and mappings survive being written down."""

from __future__ import annotations

import pytest

from sojourn.engine.stream.files import mapping, presets


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (presets.NATIVE_SCHEMA.names, "sojourn"),
        (["user_id", "event", "timestamp", "channel", "value"], "sojourn"),
        (["case:concept:name", "concept:name", "time:timestamp", "org:resource"], "xes"),
        (["case_id", "activity", "timestamp", "resource", "lifecycle:transition"], "celonis"),
        (["_CASE_KEY", "ACTIVITY_EN", "EVENTTIME"], "celonis"),
        (["Case ID", "Activity", "Complete Timestamp"], "celonis"),
        (["CASE_KEY", "ACTIVITY", "EVENTTIME", "SORTING"], "celonis"),
        (["ocel:eid", "ocel:activity", "ocel:timestamp", "customers", "orders"], "ocel"),
        (["user_id", "session_id", "event", "timestamp", "platform"], "retentioneering"),
        (["id", "received_at", "anonymous_id", "user_id", "event", "event_text", "timestamp"], "segment"),
        (
            ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"],
            "invoices",
        ),
    ],
)
def test_a_header_leads_to_its_preset(header: list[str], name: str) -> None:
    best = presets.detect(header)[0]
    assert best.mapping.name == name
    assert best.reason.startswith("columns ")
    assert best.mapping.columns() <= set(header)


def test_a_header_that_no_preset_knows_leads_to_none() -> None:
    assert presets.detect(["a", "b", "c"]) == ()


def test_a_preset_that_does_not_fit_says_what_is_missing() -> None:
    with pytest.raises(mapping.MappingError, match="needs time:timestamp and concept:name;"):
        presets.fitted(presets.preset("xes"), ["case:concept:name"])


def test_an_unknown_preset_lists_those_there_are() -> None:
    with pytest.raises(mapping.MappingError, match=r"there are celonis, .*invoices, ocel, .*sojourn, xes"):
        presets.preset("excel")


@pytest.mark.parametrize("name", sorted(presets.PRESETS))
def test_every_preset_can_be_written_down_and_read_again(name: str) -> None:
    ready = presets.preset(name).mapping
    assert mapping.parse(mapping.form(ready)) == ready


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({}, "time of the event"),
        ({"timestamp": "at", "event": "what"}, "whose event"),
        ({"timestamp": "at", "user_id": "who"}, "what happened"),
        ({"timestamp": "at", "user_id": "who", "event": "what", "colour": "red"}, "colour, which no event has"),
        ({"timestamp": {"from": "at"}}, "timestamp must be a column's name"),
        ({"timestamp": "at", "user_id": "who", "event": {"otherwise": "x"}}, "neither a column nor a constant"),
        ({"timestamp": "at", "user_id": "who", "event": "what", "time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"timestamp": "at", "user_id": "who", "event": "what", "decimal": ";"}, "decimal must be"),
        ({"timestamp": "at", "user_id": "who", "event": "what", "personal": 3}, "personal must be a list"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(form: dict[str, object], complaint: str) -> None:
    with pytest.raises(mapping.MappingError, match=complaint):
        mapping.parse(form)
