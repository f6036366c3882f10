"""Answers as Arrow streams, and which form a request gets."""

from __future__ import annotations

from typing import Any, get_args

import pyarrow as pa
import pytest

from sojourn.domains.journeys.contracts import AttributionTable, RetentionTable, VariantTable
from sojourn.domains.privacy.contracts import Coverage, Purpose
from sojourn.engine.answers.attribution import Touchpoint, TouchpointCredit
from sojourn.engine.answers.variants import Variant
from sojourn.engine.answers.words import share
from sojourn.kit.period import Period
from sojourn.surfaces.library.answering import nested, read
from sojourn.surfaces.library.results import Attribution, Variants
from sojourn.surfaces.rest import arrow
from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.arrow import ARROW, JSON, MAIN, written
from surfaces.rest.asking import asker

COVERAGE: Any = {
    "purpose": Purpose.ANALYTICS, "customers": 9, "events": 12, "left_out": 0, "out_of_scope": 0, "period": Period(),
    "batch": 1, "fresh_at": None, "took_ms": 0.5, "cached": False, "query": "",
}  # fmt: skip
ADDRESSES = (
    "/api/v1/graph", "/api/v1/variants", "/api/v1/paths", "/api/v1/sessions", "/api/v1/retention", "/api/v1/lifecycle",
)  # fmt: skip


def table_of(stream: bytes) -> pa.Table:
    with pa.ipc.open_stream(stream) as opened:
        return opened.read_all()


@pytest.mark.parametrize("kind", MAIN, ids=lambda kind: kind.__name__)
def test_every_main_table_has_columns(kind: type) -> None:
    (row, *_) = get_args(arrow._hints(kind)[MAIN[kind]])
    assert len(arrow._schema(row)) > 1


def test_a_table_and_its_rest_are_the_whole_answer() -> None:
    rows = (
        Variant(steps=("a", "b"), customers=6, share=share(6, 9), median_s=2.0),
        Variant(steps=("a",), customers=3, share=share(3, 9), median_s=0.0),
    )
    found = VariantTable(rows=rows, distinct=2, covers=1.0, coverage=coverage())
    table = table_of(written(found, "rows"))
    assert table.column_names[:4] == ["steps", "customers", "share.value", "share.low"]
    assert read(nested(table), Variants).rows == rows


def test_fields_by_name_are_maps() -> None:
    credit = TouchpointCredit(share=share(1, 2), conversions=0.5, value=None)
    touchpoint = Touchpoint(name="Seen", touched=2, credits={"first": credit, "a.b": credit})
    found = AttributionTable(
        touchpoints=(touchpoint,), models=("first", "a.b"), conversions=2, direct=0, converted=2, paths=None, open=None,
        currency="", value=None, unvalued=0, window_s=1, half_life_s=1, coverage=coverage(),
    )  # fmt: skip
    table = table_of(written(found, "touchpoints"))
    assert pa.types.is_map(table.schema.field("credits").type)
    assert read(nested(table), Attribution).touchpoints == (touchpoint,)


@pytest.mark.django_db(databases="__all__")
def test_an_answer_in_arrow_is_that_in_json() -> None:
    client = asker()
    for address in ADDRESSES:
        plain, streamed = client.get(address), client.get(address, headers={"Accept": ARROW})
        assert (plain["Content-Type"], streamed["Content-Type"]) == ("application/json; charset=utf-8", ARROW)
        assert "Accept" in plain["Vary"] and "Accept" in streamed["Vary"]
        one, other = plain.json(), nested(table_of(streamed.content))
        assert set(one) == set(other)
        moving = {"coverage", "cohorts", "periods"}  # what is said of now
        assert [name for name in set(one) - moving if one[name] != other[name]] == []
        assert set(one["coverage"]) == set(other["coverage"])
        again = client.get(address, headers={"Accept": ARROW, "If-None-Match": streamed["ETag"]})
        assert again.status_code in (200, 304)


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("text/html, */*;q=0.8", JSON),
        ("application/*", JSON),
        (f"{JSON};q=0.5, {ARROW}", ARROW),
        (f"{ARROW}, */*;q=0.1", ARROW),
        (f'{ARROW};v="1, 2"', None),
        ("text/csv", None),
        ("arrow", None),
        (f"{ARROW};q=2", None),
        (f"{ARROW},,", None),
        ("\u2192/*", None),
    ],
)
def test_the_form_is_what_the_request_prefers_and_else_a_refusal(said: str, form: str | None) -> None:
    answer = asker().get("/api/v1/sessions", headers={"Accept": said})
    if form is None and answer.status_code != 200:
        assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    else:
        assert answer["Content-Type"].startswith(form or ARROW)


def test_the_description_names_both_forms_of_each_analysis() -> None:
    schema = api.get_openapi_schema()
    for address in (*ADDRESSES, "/api/v1/compare/graph", "/api/v1/journeys/{slug}/completion", "/api/v1/cases"):
        responses = schema["paths"][address]["get"]["responses"]
        assert set(responses[200]["content"]) == {JSON, ARROW}
        assert list(responses[406]["content"]) == ["application/problem+json"]
    assert set(schema["paths"]["/api/v1/journeys/{slug}"]["get"]["responses"][200]["content"]) == {JSON}
    assert RetentionTable in MAIN


def coverage() -> Coverage:
    return Coverage(**COVERAGE)
