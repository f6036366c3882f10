"""Who may call which endpoint: every endpoint stands in the table, for every kind of key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client

from sojourn.domains.access.contracts import Role, Scope
from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.describing import endpoints
from surfaces.rest.asking import asker, stranger

pytestmark = pytest.mark.django_db(databases="__all__")
A, N, V = Role.ADMINISTRATOR, Role.ANALYST, Role.VIEWER
ASKERS = {
    "nobody": None,
    "viewer, read": (V, Scope.READ),
    "viewer, write": (V, Scope.READ, Scope.WRITE),  # the role bounds the scope
    "analyst, read": (N, Scope.READ),
    "analyst, write": (N, Scope.READ, Scope.WRITE),
    "administrator, read": (A, Scope.READ),
    "administrator, write": (A, Scope.READ, Scope.WRITE),
}
EVERYBODY = frozenset(ASKERS)
READERS = EVERYBODY - {"nobody"}
WRITERS = frozenset({"analyst, write", "administrator, write"})
LOOKING_ADMINISTRATORS = frozenset({"administrator, read", "administrator, write"})
ADMINISTRATORS = frozenset({"administrator, write"})
ANALYSTS = READERS - {"viewer, read", "viewer, write"}
NO_KEY = frozenset[str]()  # the command line of the server's own machine only

MAY = {
    "GET /health": EVERYBODY,
    "GET /events": READERS,
    "GET /events/{event_id}": READERS,
    "GET /export": ANALYSTS,
    "GET /vocabulary": READERS,
    "GET /stream": READERS,
    "GET /graph": READERS,
    "GET /graph/path": READERS,
    "GET /graph/step": READERS,
    "GET /graph/step/customers": ANALYSTS,
    "GET /graph/path/customers": ANALYSTS,
    "GET /variants/customers": ANALYSTS,
    "GET /patterns/customers": ANALYSTS,
    "GET /patterns/around": READERS,
    "GET /paths/customers": ANALYSTS,
    "GET /funnel/customers": ANALYSTS,
    "GET /retention/customers": ANALYSTS,
    "GET /variants": READERS,
    "GET /funnel": READERS,
    "GET /paths": READERS,
    "GET /sessions": READERS,
    "GET /patterns": READERS,
    "GET /process": READERS,
    "GET /retention": READERS,
    "GET /lifecycle": READERS,
    "GET /attribution": READERS,
    "GET /compare/graph": READERS,
    "GET /compare/variants": READERS,
    "GET /compare/funnel": READERS,
    "GET /compare/journeys/{slug}": READERS,
    "GET /journeys/{slug}/success": READERS,
    "GET /journeys": READERS,
    "GET /journeys/{slug}": READERS,
    "PUT /journeys/{slug}": WRITERS,
    "DELETE /journeys/{slug}": WRITERS,
    "GET /journeys/{slug}/completion": READERS,
    "GET /questions": READERS,
    "GET /cases": READERS,
    "POST /questions": WRITERS,
    "GET /questions/{question_id}": READERS,
    "GET /questions/{question_id}/answers": READERS,
    "PATCH /questions/{question_id}": WRITERS,
    "DELETE /questions/{question_id}": WRITERS,
    "POST /questions/{question_id}/restore": WRITERS,
    "PUT /questions/{question_id}/pin": WRITERS,
    "DELETE /questions/{question_id}/pin": WRITERS,
    "GET /kpis": READERS,
    "GET /kpis/{kpi_id}": READERS,
    "GET /kpis/{kpi_id}/figures": READERS,
    "GET /presets": READERS,
    "GET /deliveries": READERS,
    "POST /deliveries": WRITERS,
    "POST /deliveries/stream": WRITERS,
    "POST /deliveries/local": NO_KEY,
    "GET /deliveries/{delivery}": READERS,
    "POST /deliveries/{delivery}/preview": WRITERS,
    "POST /deliveries/{delivery}/start": WRITERS,
    "POST /deliveries/{delivery}/cancel": WRITERS,
    "GET /deliveries/{delivery}/refused": READERS,
    "GET /flow": READERS,
    "GET /flow/totals": READERS,
    "GET /quarantine": READERS,
    "GET /quarantine/counts": READERS,
    "GET /quarantine/{item}": LOOKING_ADMINISTRATORS,
    "GET /doctor": LOOKING_ADMINISTRATORS,
    "GET /sources": READERS,
    "POST /sources": ADMINISTRATORS,
    "GET /sources/{slug}": READERS,
    "PATCH /sources/{slug}": ADMINISTRATORS,
    "DELETE /sources/{slug}": ADMINISTRATORS,
    "POST /sources/{slug}/rotate": ADMINISTRATORS,
    "GET /plan": READERS,
    "PUT /plan": WRITERS,
    "POST /plan/check": WRITERS,
    "GET /plan/versions": READERS,
    "GET /plan/discovered": READERS,
    "GET /plan/violations": READERS,
    "DELETE /plan/violations": WRITERS,
    "GET /plan/groups": READERS,
    "GET /plan/groups/suggested": READERS,
    "PUT /plan/groups/{name}": WRITERS,
    "DELETE /plan/groups/{name}": WRITERS,
    "GET /freshness": READERS,
    "GET /units": READERS,
    "PUT /units": WRITERS,
    "GET /people": LOOKING_ADMINISTRATORS,
    "POST /people": ADMINISTRATORS,
    "PATCH /people/{person_id}": ADMINISTRATORS,
    "PUT /people/{person_id}/password": ADMINISTRATORS,
    "GET /keys": LOOKING_ADMINISTRATORS,
    "POST /keys": ADMINISTRATORS,
    "DELETE /keys/{key_id}": ADMINISTRATORS,
    "GET /audit": LOOKING_ADMINISTRATORS,
}
PREFIX = "/api/v1"
# Bodies that fit, so that nothing but the right to do it decides.
BODIES: dict[str, dict[str, object]] = {
    "PUT /journeys/{slug}": {"name": "a", "start": "A", "goals": ["B"]},
    "POST /questions": {"name": "a", "address": "/journeys/explorer"},
    "POST /deliveries/local": {"source": "web", "path": "/dev/null"},
    "POST /sources": {"slug": "new"},
    "PUT /plan": {"text": ""},
    "POST /plan/check": {"text": ""},
    "PUT /plan/groups/{name}": {"events": ["a.*"]},
    "PUT /units": {"units": []},
    "POST /people": {"email": "new@example.com"},
    "PUT /people/{person_id}/password": {"password": "a long enough one"},
    "POST /keys": {"name": "new", "scopes": ["read"]},
}
# Queries that fit, for the same reason.
QUERIES = {
    "GET /graph/step/customers": {"step": "A"},
    "GET /graph/path/customers": {"source": "A", "target": "B"},
    "GET /variants/customers": {"step": "A"},
    "GET /patterns/customers": {"pattern": "A"},
    "GET /paths/customers": {"root": "A"},
    "GET /funnel/customers": {"step": "A"},
    "GET /retention/customers": {"cohort": "2026-01-01"},
}


def described() -> Iterator[str]:
    for each in endpoints(api.get_openapi_schema()):
        yield f"{each.method} {each.path.removeprefix(PREFIX)}"


def test_every_endpoint_stands_in_the_table() -> None:
    assert sorted(described()) == sorted(MAY)


@pytest.mark.parametrize("who", ASKERS)
def test_each_kind_of_key_may_do_what_the_table_says(who: str) -> None:
    kind = ASKERS[who]
    client = stranger() if kind is None else asker(*kind)
    wrong = [
        f"{endpoint} answers {status}, {'should' if who in may else 'should not'} open"
        for endpoint, may in MAY.items()
        if ((status := _asked(client, endpoint)) not in {401, 403}) != (who in may)
    ]
    assert wrong == []


def _asked(client: Client, endpoint: str) -> int:
    method, path = endpoint.split(" ")
    for name in ("slug", "kpi_id"):
        path = path.replace(f"{{{name}}}", "nothing")
    for name in ("event_id", "delivery", "item", "person_id", "key_id", "question_id"):
        path = path.replace(f"{{{name}}}", "987654")
    query = urlencode(QUERIES.get(endpoint, {}))
    answer = client.generic(
        method, f"{PREFIX}{path}?{query}", json.dumps(BODIES.get(endpoint, {})), content_type="application/json"
    )
    assert answer.status_code < 500, (endpoint, answer.content)
    return int(answer.status_code)
