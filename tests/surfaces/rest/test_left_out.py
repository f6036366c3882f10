"""Every answer with a figure says what it rests on, and how many customers were left out for which reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import actions
from sojourn.domains.privacy.contracts import Purpose
from sojourn.surfaces.cli.asked import coverage_line
from sojourn.surfaces.rest.api import api
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
# What counts customers or their events and has no coverage, and why.
WITHOUT = {
    "/comments": "comments, each decided upon by consent and unit; none is told below the privacy minimum",
    "/comments/figures": "as /comments",
    "/customers/{customer}": "about one customer, whom the viewer reaches",
    "/consents": "counts who allowed and refused: nobody is left out for that, and units are the question's own",
    "/consents/days": "as /consents, by day",
    "/duties": "what the law asks for, not who is concerned",
    "/erasures": "how much an erasure removed: nobody is left out of it",
    "/erasures/{number}/certificate": "how much an erasure removed: nobody is left out of it",
    "/extracts": "what a file holds; the purpose stands beside it, and who is in it was decided when it was made",
    "/extracts/{name}": "as /extracts",
    "/flow": "what came in, before anybody asks about customers",
    "/flow/totals": "what came in, before anybody asks about customers",
    "/backups": "how much a backup holds",
    "/freshness": "how much a source sent",
    "/plan/versions": "how many events a version names",
    "/plan/discovered": "names of events and how often they came in",
    "/plan/groups": "names of events and how often they came in",
    "/plan/groups/suggested": "names of events and how often they came in",
    "/stream": "how far the data have come, for the viewer",
    "/vocabulary": "what can be asked, for the viewer; each question then has its coverage",
    "/retention-rules": "how much a rule removed: nobody is left out of it",
    "/identity/rules": "counts of identifiers",
    "/identity/matching": "counts of pairs",
}
COUNTS = {"customers", "events", "n"}


def test_every_answer_with_a_figure_has_a_coverage() -> None:
    schema = api.get_openapi_schema()
    bare = {
        path.removeprefix("/api/v1")
        for path, operations in schema["paths"].items()
        for answer in [operations.get("get", {}).get("responses", {}).get(200, {})]
        for names in [{*fields(schema, answer)}]
        if names & COUNTS and "left_out" not in names
    }
    assert bare <= {*WITHOUT}, "carry a Coverage, or say here why not"


def test_a_coverage_says_why_somebody_is_left_out(settings: Any, tmp_path: Path) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    units = [Unit(code=code, name=code, kind="region", parent=None) for code in ("north", "south")]
    organisation.save_units(units, by=SYSTEM.name)
    load([event(n, "Opened", n, unit="south" if n > 5 else "north") for n in range(1, 10)])
    for customer in (1, 2):
        actions.record_consent(customer=customer, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    asked = "/api/v1/graph?since=2025-12-01T00:00:00Z"
    for unit, where, refused, outside in (
        (None, "", 2, 0),
        ("north", "", 2, 4),
        ("north", "&where=channel:web", None, 4),  # it tells nothing of the others, whatever is asked
        ("south", "", None, 5),
    ):
        found = asker(Role.ANALYST, unit=unit).get(asked + where).json()["coverage"]
        assert (found["left_out"], found["out_of_scope"]) == (refused, outside)
    assert "none or a few left out by their choice, 5 in other parts of the organisation" in coverage_line(found)


def test_a_page_says_it_too(settings: Any, client: Any, tmp_path: Path) -> None:
    from sojourn.domains.access import actions as access
    from sojourn.domains.access.models import Account

    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    organisation.save_units([Unit(code="north", name="north", kind="region", parent=None)], by=SYSTEM.name)
    load([event(n, "Opened", n, unit="south" if n > 5 else "north") for n in range(1, 10)])
    made = access.create_person(email="a@example.com", role="analyst", unit="north", viewer=SYSTEM)
    client.force_login(Account.objects.get(pk=made.id))
    page = client.get("/journeys/explorer", {"period": "all"}).content.decode()
    assert "4 customers of other parts of the organisation, whatever is asked" in page


def fields(schema: dict[str, Any], part: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Name every number that an answer can have."""
    if isinstance(part, list):
        for each in part:
            yield from fields(schema, each, seen)
    elif isinstance(part, dict):
        for name, each in part.get("properties", {}).items():
            told = each if isinstance(each, dict) else {}
            if name == "left_out" or told.get("type") in ("integer", "number"):
                yield name
        for name, each in part.items():
            if name == "$ref":
                called = each.rsplit("/", 1)[1]
                if called not in seen:
                    yield from fields(schema, schema["components"]["schemas"][called], seen | {called})
            else:
                yield from fields(schema, each, seen)
