"""Who may call which endpoint: every endpoint stands in the table, for every kind of key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sojourn.domains.access.contracts import PARTED, RIGHTS, SYSTEM, Right, Role, Scope
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.describing import endpoints
from surfaces.rest.asking import asker, stranger

pytestmark = pytest.mark.django_db(databases="__all__")


@dataclass(frozen=True)
class Asker:
    """Somebody with a key, or without."""

    role: Role | None
    scopes: tuple[Scope, ...] = tuple(Scope)
    unit: str | None = None


ASKERS = {
    "nobody": Asker(None),
    **{role.value: Asker(role) for role in Role},
    **{f"{role.value} of a unit": Asker(role, unit="north") for role in (Role.ADMINISTRATOR, Role.AGENT_MANAGER)},
    **{f"{role.value}, only reading": Asker(role, (Scope.READ,)) for role in (Role.ADMINISTRATOR, Role.ANALYST)},
}


class Open(Enum):
    """Who may besides those with a right."""

    EVERYBODY = "everybody"
    NO_KEY = "the command line of the server's own machine only"
    WHOLE = "who reads figures of the whole organisation"


EVERYBODY, NO_KEY, WHOLE = Open

# The right that each endpoint needs; one that is not a GET needs the scope write besides.
NEEDS: dict[str, Right | Open] = {
    "GET /health": EVERYBODY,
    "GET /events": Right.CUSTOMERS_LIST,
    "GET /events/{event_id}": Right.CUSTOMERS_LIST,
    "GET /export": Right.EVENTS_EXPORT,
    "GET /export/{preset}": Right.EVENTS_EXPORT,
    "GET /extracts": Right.EVENTS_EXPORT,
    "POST /extracts": Right.EVENTS_EXPORT,
    "GET /extracts/{name}": Right.EVENTS_EXPORT,
    "DELETE /extracts/{name}": Right.EVENTS_EXPORT,
    "POST /extracts/{name}/renew": Right.EVENTS_EXPORT,
    "GET /extracts/{name}/file": Right.EVENTS_EXPORT,
    "POST /extracts/{name}/sql": Right.EVENTS_EXPORT,
    "GET /pickups": Right.SOURCES_MANAGE,
    "POST /pickups": Right.SOURCES_MANAGE,
    "GET /pickups/{name}": Right.SOURCES_MANAGE,
    "PATCH /pickups/{name}": Right.SOURCES_MANAGE,
    "DELETE /pickups/{name}": Right.SOURCES_MANAGE,
    "POST /pickups/{name}/look": Right.SOURCES_MANAGE,
    "POST /pickups/{name}/run": Right.SOURCES_MANAGE,
    "GET /webhooks": Right.WEBHOOKS_MANAGE,
    "POST /webhooks": Right.WEBHOOKS_MANAGE,
    "GET /webhooks/{name}": Right.WEBHOOKS_MANAGE,
    "PATCH /webhooks/{name}": Right.WEBHOOKS_MANAGE,
    "DELETE /webhooks/{name}": Right.WEBHOOKS_MANAGE,
    "POST /webhooks/{name}/secret": Right.WEBHOOKS_MANAGE,
    "POST /webhooks/{name}/test": Right.WEBHOOKS_MANAGE,
    "GET /webhooks/{name}/messages": Right.WEBHOOKS_MANAGE,
    "POST /webhooks/{name}/replay": Right.WEBHOOKS_MANAGE,
    "POST /webhooks/{name}/messages/{message}/replay": Right.WEBHOOKS_MANAGE,
    "GET /vocabulary": Right.FIGURES_READ,
    "GET /stream": Right.FIGURES_READ,
    "GET /graph": Right.FIGURES_READ,
    "GET /graph/path": Right.FIGURES_READ,
    "GET /graph/step": Right.FIGURES_READ,
    "GET /graph/step/customers": Right.CUSTOMERS_LIST,
    "GET /graph/path/customers": Right.CUSTOMERS_LIST,
    "GET /variants/customers": Right.CUSTOMERS_LIST,
    "GET /patterns/customers": Right.CUSTOMERS_LIST,
    "GET /patterns/around": Right.FIGURES_READ,
    "GET /paths/customers": Right.CUSTOMERS_LIST,
    "GET /funnel/customers": Right.CUSTOMERS_LIST,
    "GET /retention/customers": Right.CUSTOMERS_LIST,
    "GET /customers": Right.CUSTOMERS_LIST,
    "GET /customers/export": Right.CUSTOMERS_EXPORT,
    "GET /customers/{customer}/computed": Right.CUSTOMERS_READ,
    "GET /comments": Right.COMMENTS_READ,
    "POST /comments/search": Right.COMMENTS_READ,
    "GET /comments/figures": Right.FIGURES_READ,
    "GET /surveys/templates": Right.FIGURES_READ,
    "GET /surveys": WHOLE,
    "GET /surveys/{slug}": WHOLE,
    "PUT /surveys/{slug}": Right.SURVEYS_WRITE,
    "POST /surveys/{slug}/approve": Right.SURVEYS_APPROVE,
    "POST /surveys/{slug}/start": Right.SURVEYS_WRITE,
    "POST /surveys/{slug}/end": Right.SURVEYS_WRITE,
    "GET /surveys/{slug}/links": WHOLE,
    "POST /surveys/{slug}/links": Right.SURVEYS_WRITE,
    "PATCH /surveys/{slug}/links/{link}": Right.SURVEYS_WRITE,
    "GET /surveys/{slug}/invitations": WHOLE,
    "POST /surveys/{slug}/invitations": Right.SURVEYS_WRITE,
    "GET /surveys/{slug}/held": Right.SURVEYS_WRITE,
    "POST /surveys/{slug}/held/{response}": Right.SURVEYS_WRITE,
    "POST /surveys/{slug}/answers": Right.ANSWERS_WRITE,
    "GET /desk/cases": Right.CASES_READ,
    "POST /desk/cases": Right.CASES_WRITE,
    "GET /desk/cases/{number}": Right.CASES_READ,
    "PUT /desk/cases/{number}/owner": Right.CASES_WRITE,
    "PUT /desk/cases/{number}/due": Right.CASES_WRITE,
    "POST /desk/cases/{number}/notes": Right.CASES_WRITE,
    "POST /desk/cases/{number}/status": Right.CASES_WRITE,
    "GET /desk/rules": Right.CASES_RULES,
    "PUT /desk/rules/{name}": Right.CASES_RULES,
    "DELETE /desk/rules/{name}": Right.CASES_RULES,
    "POST /desk/rules/{name}/preview": Right.CASES_RULES,
    "GET /lists": Right.CUSTOMERS_LIST,
    "POST /lists": Right.CUSTOMERS_LIST,
    "GET /lists/{list_id}": Right.CUSTOMERS_LIST,
    "PATCH /lists/{list_id}": Right.CUSTOMERS_LIST,
    "DELETE /lists/{list_id}": Right.CUSTOMERS_LIST,
    "POST /lists/{list_id}/restore": Right.CUSTOMERS_LIST,
    "GET /traits": Right.FIGURES_READ,
    "PUT /traits/{slug}": Right.PLAN_WRITE,
    "DELETE /traits/{slug}": Right.PLAN_WRITE,
    "POST /customers/search": Right.CUSTOMERS_READ,
    "GET /customers/{customer}": Right.CUSTOMERS_READ,
    "GET /customers/{customer}/masked": Right.CUSTOMERS_LIST,
    "GET /customers/{customer}/events": Right.CUSTOMERS_READ,
    "GET /customers/{customer}/panels": Right.CUSTOMERS_READ,
    "GET /customers/{customer}/looks": Right.CUSTOMERS_READ,
    "POST /customers/{customer}/notes": Right.CUSTOMERS_WRITE,
    "PUT /customers/{customer}/notes/{note}": Right.CUSTOMERS_WRITE,
    "DELETE /customers/{customer}/notes/{note}": Right.CUSTOMERS_WRITE,
    "GET /accounts": Right.CUSTOMERS_READ,
    "POST /accounts": Right.CUSTOMERS_WRITE,
    "POST /accounts/find": Right.CUSTOMERS_READ,
    "POST /accounts/import": Right.CUSTOMERS_WRITE,
    "GET /accounts/{account}": Right.CUSTOMERS_READ,
    "DELETE /accounts/{account}": Right.CUSTOMERS_WRITE,
    "DELETE /accounts/{account}/members/{customer}": Right.CUSTOMERS_WRITE,
    "GET /customers/{customer}/accounts": Right.CUSTOMERS_READ,
    "GET /prospects/rule": Right.FIGURES_READ,
    "PUT /prospects/rule": Right.PLAN_WRITE,
    "GET /identity/proposals": Right.IDENTITY_REVIEW,
    "POST /identity/proposals/decide": Right.IDENTITY_REVIEW,
    "GET /identity/proposals/{proposal}": Right.IDENTITY_REVIEW,
    "POST /identity/proposals/{proposal}/accept": Right.IDENTITY_REVIEW,
    "POST /identity/proposals/{proposal}/reject": Right.IDENTITY_REVIEW,
    "POST /identity/proposals/{proposal}/reopen": Right.IDENTITY_REVIEW,
    "GET /customers/{customer}/identity": Right.IDENTITY_REVIEW,
    "POST /customers/{customer}/identity/taken-out": Right.IDENTITY_REVIEW,
    "POST /identity/merges": Right.IDENTITY_REVIEW,
    "GET /identity/decisions": Right.IDENTITY_REVIEW,
    "POST /identity/decisions/{decision}/undo": Right.IDENTITY_REVIEW,
    "GET /identity/rules": Right.IDENTITY_RULES,
    "PUT /identity/rules": Right.IDENTITY_RULES,
    "POST /identity/rules/trials": Right.IDENTITY_RULES,
    "POST /identity/rules/undo": Right.IDENTITY_RULES,
    "GET /identity/matching": Right.IDENTITY_REVIEW,
    "PUT /identity/matching": Right.IDENTITY_RULES,
    "POST /identity/matching/runs": Right.IDENTITY_REVIEW,
    "GET /customers/{customer}/consents": Right.CONSENTS_READ,
    "POST /customers/{customer}/preference-link": Right.CONSENTS_WRITE,
    "GET /consents": Right.CONSENTS_READ,
    "GET /consents/days": Right.CONSENTS_READ,
    "POST /consents": Right.CONSENTS_WRITE,
    "POST /consents/import": Right.CONSENTS_WRITE,
    "GET /purposes": Right.CONSENTS_READ,
    "PUT /purposes/{purpose}": Right.PURPOSES_MANAGE,
    "GET /purposes/{purpose}/notices": Right.CONSENTS_READ,
    "POST /purposes/{purpose}/notices": Right.PURPOSES_MANAGE,
    "GET /variants": Right.FIGURES_READ,
    "GET /funnel": Right.FIGURES_READ,
    "GET /paths": Right.FIGURES_READ,
    "GET /sessions": Right.FIGURES_READ,
    "GET /patterns": Right.FIGURES_READ,
    "GET /process": Right.FIGURES_READ,
    "GET /retention": Right.FIGURES_READ,
    "GET /lifecycle": Right.FIGURES_READ,
    "GET /attribution": Right.FIGURES_READ,
    "GET /compare/graph": Right.FIGURES_READ,
    "GET /compare/variants": Right.FIGURES_READ,
    "GET /compare/funnel": Right.FIGURES_READ,
    "GET /compare/journeys/{slug}": Right.FIGURES_READ,
    "GET /journeys/{slug}/success": Right.FIGURES_READ,
    "GET /journeys": Right.FIGURES_READ,
    "GET /journeys/{slug}": Right.FIGURES_READ,
    "PUT /journeys/{slug}": Right.JOURNEYS_WRITE,
    "DELETE /journeys/{slug}": Right.JOURNEYS_WRITE,
    "GET /journeys/{slug}/completion": Right.FIGURES_READ,
    "GET /questions": Right.FIGURES_READ,
    "GET /cases": Right.FIGURES_READ,
    "POST /questions": Right.JOURNEYS_WRITE,
    "GET /questions/{question_id}": Right.FIGURES_READ,
    "GET /questions/{question_id}/answers": Right.FIGURES_READ,
    "PATCH /questions/{question_id}": Right.JOURNEYS_WRITE,
    "DELETE /questions/{question_id}": Right.JOURNEYS_WRITE,
    "POST /questions/{question_id}/restore": Right.JOURNEYS_WRITE,
    "PUT /questions/{question_id}/pin": Right.FIGURES_READ,
    "DELETE /questions/{question_id}/pin": Right.FIGURES_READ,
    "GET /kpis": Right.FIGURES_READ,
    "GET /kpis/{kpi_id}": Right.FIGURES_READ,
    "GET /kpis/{kpi_id}/figures": Right.FIGURES_READ,
    "GET /kpis/{kpi_id}/league": Right.FIGURES_READ,
    "GET /kpis/{kpi_id}/drivers": Right.FIGURES_READ,
    "GET /kpis/{kpi_id}/mix": Right.FIGURES_READ,
    "GET /kpis/{kpi_id}/weighted": Right.FIGURES_READ,
    "GET /populations": Right.FIGURES_READ,
    "PUT /populations/{slug}": Right.PLAN_WRITE,
    "DELETE /populations/{slug}": Right.PLAN_WRITE,
    "GET /facts": Right.FIGURES_READ,
    "PUT /facts": Right.PLAN_WRITE,
    "GET /presets": Right.IMPORTS_RUN,
    "GET /deliveries": Right.IMPORTS_RUN,
    "POST /deliveries": Right.IMPORTS_RUN,
    "POST /deliveries/stream": Right.IMPORTS_RUN,
    "POST /deliveries/local": NO_KEY,
    "GET /deliveries/{delivery}": Right.IMPORTS_RUN,
    "POST /deliveries/{delivery}/preview": Right.IMPORTS_RUN,
    "POST /deliveries/{delivery}/start": Right.IMPORTS_RUN,
    "POST /deliveries/{delivery}/cancel": Right.IMPORTS_RUN,
    "GET /deliveries/{delivery}/refused": Right.IMPORTS_RUN,
    "GET /flow": WHOLE,
    "GET /flow/totals": WHOLE,
    "GET /quarantine": Right.IMPORTS_RUN,
    "GET /quarantine/counts": Right.IMPORTS_RUN,
    "GET /quarantine/{item}": Right.QUARANTINE_READ,
    "GET /doctor": Right.BACKUPS_RUN,
    "GET /backups": Right.BACKUPS_RUN,
    "POST /backups": Right.BACKUPS_RUN,
    "POST /backups/{name}/verify": Right.BACKUPS_RUN,
    "GET /encryption": Right.BACKUPS_RUN,
    "POST /encryption/keys": Right.BACKUPS_RUN,
    "DELETE /encryption/keys": Right.BACKUPS_RUN,
    "GET /sources": Right.FIGURES_READ,
    "POST /sources": Right.SOURCES_MANAGE,
    "GET /sources/{slug}": Right.FIGURES_READ,
    "PATCH /sources/{slug}": Right.SOURCES_MANAGE,
    "DELETE /sources/{slug}": Right.SOURCES_MANAGE,
    "POST /sources/{slug}/rotate": Right.SOURCES_MANAGE,
    "GET /plan": Right.FIGURES_READ,
    "PUT /plan": Right.PLAN_WRITE,
    "POST /plan/check": Right.PLAN_WRITE,
    "GET /plan/versions": Right.FIGURES_READ,
    "GET /plan/discovered": WHOLE,
    "GET /plan/violations": WHOLE,
    "DELETE /plan/violations": Right.PLAN_WRITE,
    "GET /plan/groups": WHOLE,
    "GET /plan/groups/suggested": WHOLE,
    "PUT /plan/groups/{name}": Right.PLAN_WRITE,
    "DELETE /plan/groups/{name}": Right.PLAN_WRITE,
    "GET /freshness": WHOLE,
    "GET /units": Right.FIGURES_READ,
    "PUT /units": Right.UNITS_MANAGE,
    "POST /units/{code}/move": Right.UNITS_MANAGE,
    "POST /units/undo": Right.UNITS_MANAGE,
    "GET /people": Right.PEOPLE_MANAGE,
    "POST /people": Right.PEOPLE_MANAGE,
    "PATCH /people/{person_id}": Right.PEOPLE_MANAGE,
    "PUT /people/{person_id}/password": Right.PEOPLE_MANAGE,
    "GET /keys": Right.PEOPLE_MANAGE,
    "POST /keys": Right.PEOPLE_MANAGE,
    "DELETE /keys/{key_id}": Right.PEOPLE_MANAGE,
    "PUT /people/{person_id}/employee": Right.PEOPLE_MANAGE,
    "POST /people/{person_id}/grants": Right.PEOPLE_MANAGE,
    "DELETE /people/{person_id}/grants": Right.PEOPLE_MANAGE,
    "POST /keys/{key_id}/grants": Right.PEOPLE_MANAGE,
    "DELETE /keys/{key_id}/grants": Right.PEOPLE_MANAGE,
    "GET /roles": Right.PEOPLE_MANAGE,
    "PUT /roles/{slug}": Right.PEOPLE_MANAGE,
    "DELETE /roles/{slug}": Right.PEOPLE_MANAGE,
    "GET /groups": Right.PEOPLE_MANAGE,
    "POST /invitations": Right.PEOPLE_MANAGE,
    "DELETE /people/{person_id}/factors": Right.PEOPLE_MANAGE,
    "POST /groups": Right.PEOPLE_MANAGE,
    "DELETE /groups": Right.PEOPLE_MANAGE,
    "GET /audit": Right.AUDIT_READ,
    "GET /audit/check": Right.AUDIT_READ,
    "GET /audit/export": Right.AUDIT_READ,
    "GET /requests": Right.REQUESTS_HANDLE,
    "POST /requests": Right.REQUESTS_HANDLE,
    "GET /requests/{number}": Right.REQUESTS_HANDLE,
    "POST /requests/{number}/acknowledge": Right.REQUESTS_HANDLE,
    "POST /requests/{number}/verify": Right.REQUESTS_HANDLE,
    "POST /requests/{number}/pause": Right.REQUESTS_HANDLE,
    "POST /requests/{number}/resume": Right.REQUESTS_HANDLE,
    "POST /requests/{number}/extend": Right.REQUESTS_HANDLE,
    "POST /requests/{number}/work": Right.REQUESTS_HANDLE,
    "POST /requests/{number}/close": Right.REQUESTS_HANDLE,
    "GET /holidays": Right.REQUESTS_HANDLE,
    "GET /erasures": Right.REQUESTS_HANDLE,
    "GET /erasures/{number}/certificate": Right.REQUESTS_HANDLE,
    "POST /tombstones/lift": Right.REQUESTS_HANDLE,
    "DELETE /restrictions/{customer}": Right.REQUESTS_HANDLE,
    "GET /duties": Right.RETENTION_READ,
    "PUT /duties/{name}": Right.RETENTION_MANAGE,
    "DELETE /duties/{name}": Right.RETENTION_MANAGE,
    "GET /retention-rules": Right.RETENTION_READ,
    "PUT /retention-rules/{name}": Right.RETENTION_MANAGE,
    "POST /retention-rules/{name}/preview": Right.RETENTION_MANAGE,
    "DELETE /retention-rules/{name}": Right.RETENTION_MANAGE,
    "GET /holds": Right.RETENTION_READ,
    "POST /holds": Right.RETENTION_MANAGE,
    "POST /holds/{number}/release": Right.RETENTION_MANAGE,
}
# Open to everybody, or to each for themselves.
PER_SE = {"GET /health", "POST /deliveries/local", "PUT /people/{person_id}/password"}
PREFIX = "/api/v1"
# Bodies that fit, so that nothing but the right to do it decides.
BODIES: dict[str, dict[str, object]] = {
    "PUT /journeys/{slug}": {"name": "a", "start": "A", "goals": ["B"]},
    "POST /questions": {"name": "a", "address": "/journeys/explorer"},
    "POST /customers/search": {"text": "a"},
    "POST /lists": {"name": "a"},
    "POST /comments/search": {"text": "slow"},
    "PUT /surveys/{slug}": {"document": "title: {en: A}\nquestions: [{id: q, kind: nps, text: {en: How}}]"},
    "POST /surveys/{slug}/links": {"name": "a"},
    "PATCH /surveys/{slug}/links/{link}": {"is_active": False},
    "POST /surveys/{slug}/invitations": {"anyone": 1},
    "POST /surveys/{slug}/held/{response}": {"is_person": False},
    "POST /surveys/{slug}/answers": {"answers": [{"id": "a", "values": {"q": 1}}]},
    "POST /desk/cases": {"customer": 1, "reason": "low-score"},
    "PUT /desk/cases/{number}/owner": {"owner": "me"},
    "PUT /desk/cases/{number}/due": {"due_at": "2090-01-01T12:00:00Z", "text": "a"},
    "POST /desk/cases/{number}/notes": {"text": "a"},
    "POST /desk/cases/{number}/status": {"status": "waiting"},
    "PUT /desk/rules/{name}": {"reason": "angry", "sentiment_most": -0.5},
    "POST /desk/rules/{name}/preview": {"reason": "angry", "sentiment_most": -0.5},
    "POST /accounts": {"kind": "company", "key": "a"},
    "POST /accounts/find": {"key": "a"},
    "POST /accounts/import": {"kind": "company", "text": "key"},
    "PUT /prospects/rule": {"by_number": True, "by_account": True},
    "PUT /traits/{slug}": {"name": "a", "how": "count"},
    "POST /customers/{customer}/notes": {"text": "a"},
    "POST /customers/{customer}/identity/taken-out": {"edges": [1]},
    "POST /identity/merges": {"customers": ["1", "2"]},
    "POST /identity/decisions/{decision}/undo": {},
    "PUT /identity/rules": {"text": "blocked: [x]"},
    "POST /identity/rules/trials": {"text": ""},
    "POST /identity/proposals/decide": {"verdict": "reject", "probability_from": 0.9, "expected": 0},
    "PUT /customers/{customer}/notes/{note}": {"text": "a"},
    "POST /customers/{customer}/preference-link": {},
    "POST /consents": {"customer": 987654, "choices": {"marketing": True}},
    "POST /consents/import": {"text": "customer,purpose,allowed"},
    "PUT /purposes/{purpose}": {"title": "a", "basis": "opt_in"},
    "POST /purposes/{purpose}/notices": {"texts": {"en": {"title": "a", "text": "b"}}},
    "POST /extracts": {"name": "new"},
    "POST /extracts/{name}/sql": {"statement": "SELECT 1"},
    "POST /pickups": {"name": "new", "kind": "sftp", "source": "a", "where": {}, "secret": "a", "daily_at": "02:30"},
    "POST /webhooks": {"name": "new", "url": "https://example.com/hooks", "events": ["*"]},
    "POST /deliveries/local": {"source": "web", "path": "/dev/null"},
    "POST /requests": {"kind": "access", "email": "a@example.com"},
    "POST /requests/{number}/verify": {"customer": 1, "how": "document"},
    "POST /requests/{number}/pause": {"why": "identity"},
    "POST /requests/{number}/extend": {"reason": "a"},
    "POST /requests/{number}/close": {"reason": "a"},
    "POST /tombstones/lift": {"kind": "user", "value": "a"},
    "PUT /duties/{name}": {"title": "a", "law": "b", "events": ["C"], "months": 1},
    "PUT /retention-rules/{name}": {"title": "a", "days": 3_000},
    "POST /retention-rules/{name}/preview": {"title": "a", "days": 3_000},
    "POST /holds": {"customer": 1, "reason": "a", "until": "2090-01-01"},
    "POST /holds/{number}/release": {"reason": "a"},
    "POST /sources": {"slug": "new"},
    "PUT /facts": {"facts": []},
    "PUT /populations/{slug}": {"name": "a", "margins": {"channel": {"web": 0.5, "app": 0.5}}},
    "PUT /plan": {"text": ""},
    "POST /plan/check": {"text": ""},
    "PUT /plan/groups/{name}": {"events": ["a.*"]},
    "PUT /units": {"units": []},
    "POST /units/{code}/move": {"since": "2026-01-01"},
    "POST /invitations": {"email": "invited@example.com"},
    "POST /people": {"email": "new@example.com"},
    "PUT /people/{person_id}/password": {"password": "a long enough one"},
    "PUT /people/{person_id}/employee": {"ids": []},
    "POST /people/{person_id}/grants": {"role": "viewer"},
    "POST /keys/{key_id}/grants": {"role": "viewer"},
    "PUT /roles/{slug}": {"name": "a", "rights": ["figures.read"]},
    "POST /groups": {"group": "a", "role": "viewer"},
    "POST /keys": {"name": "new", "scopes": ["read"]},
}
# Queries that fit, for the same reason.
QUERIES = {
    "GET /kpis/{kpi_id}/weighted": {"population": "nobody"},
    "GET /kpis/{kpi_id}/league": {"level": "region"},
    "DELETE /people/{person_id}/grants": {"role": "viewer"},
    "DELETE /keys/{key_id}/grants": {"role": "viewer"},
    "DELETE /groups": {"group": "a", "role": "viewer"},
    "POST /deliveries/stream": {"source": "nothing", "name": "a.csv"},
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
    assert sorted(described()) == sorted(NEEDS)


def test_every_endpoint_asks_for_the_right_of_the_table() -> None:
    """What it does not say is the right to read figures; what a viewer sees is what belongs to the right it says."""
    assert {endpoint: right for endpoint, right in asked_for() if endpoint not in PER_SE} == {
        endpoint: Right.FIGURES_READ if needed is WHOLE else needed
        for endpoint, needed in NEEDS.items()
        if endpoint not in PER_SE
    }


def asked_for() -> Iterator[tuple[str, object]]:
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                right, _ = getattr(operation.view_func, "needs", (Right.FIGURES_READ, False))
                for method in operation.methods:
                    yield f"{method} {path.replace('path:', '')}", right


@pytest.mark.parametrize("who", ASKERS)
def test_each_kind_of_key_may_do_what_the_table_says(who: str) -> None:
    kind = ASKERS[who]
    organisation.save_units([Unit(code="north", name="North", kind="region", parent=None)], by=SYSTEM.name)
    client = stranger() if kind.role is None else asker(kind.role, *kind.scopes, unit=kind.unit)
    wrong = [
        f"{endpoint} answers {status}, {'should' if _may(kind, endpoint) else 'should not'} open"
        for endpoint in NEEDS
        if ((status := _asked(client, endpoint)) not in {401, 403}) != _may(kind, endpoint)
    ]
    assert wrong == []


def _may(kind: Asker, endpoint: str) -> bool:
    needed = NEEDS[endpoint]
    if needed is EVERYBODY:
        return True
    if kind.role is None or needed is NO_KEY:
        return False
    if Scope.WRITE not in kind.scopes and not endpoint.startswith("GET "):
        return False
    right = Right.FIGURES_READ if isinstance(needed, Open) else needed
    if kind.unit is not None and (needed is WHOLE or right not in PARTED):
        return False
    return right in RIGHTS[kind.role]


def _asked(client: Client, endpoint: str) -> int:
    method, path = endpoint.split(" ")
    for name in ("code", "slug", "kpi_id", "purpose", "name"):
        path = path.replace(f"{{{name}}}", "nothing")
    numbers = ("event_id", "message", "delivery", "item", "person_id", "key_id", "question_id", "list_id")
    for name in (*numbers, "customer", "account", "note", "proposal", "decision", "link", "response"):
        path = path.replace(f"{{{name}}}", "987654")
    path = path.replace("{number}", "987654")
    query = urlencode(QUERIES.get(endpoint, {}))
    if endpoint == "POST /deliveries":
        form = {"source": "nothing", "file": SimpleUploadedFile("a.csv", b"a")}
        return int(client.post(f"{PREFIX}{path}", form).status_code)
    answer = client.generic(
        method, f"{PREFIX}{path}?{query}", json.dumps(BODIES.get(endpoint, {})), content_type="application/json"
    )
    assert answer.status_code < 500, (endpoint, answer.content)
    return int(answer.status_code)
