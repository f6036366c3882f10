"""A company with customers who must not be seen, each marked, and every way to ask for them over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter

from domains.customers.people import known
from domains.privacy.bank import BEGIN, ask_erasure, commit, event
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import RIGHTS, SYSTEM, Right, Role, RoleGrant, Scope, Viewer
from sojourn.domains.access.granted import viewer_with
from sojourn.domains.access.models import Account
from sojourn.domains.collection import actions as collection
from sojourn.domains.customers import actions as people
from sojourn.domains.customers.contracts import AccountGiven, AccountKind, How, MemberGiven, TraitRule
from sojourn.domains.feedback.actions import reindex_comments
from sojourn.domains.feedback.models import CommentRow
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.contracts import Evidence, ProposalSource, Suggestion
from sojourn.domains.journeys import actions as journeys
from sojourn.domains.journeys.contracts import Journey
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit import sealing
from sojourn.surfaces.rest import throttle
from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.describing import Endpoint, endpoints
from sojourn.surfaces.web.urls import urlpatterns

# What a parameter is filled with. A new endpoint or page whose parameters are not here fails: say how to ask it.
GIVEN: dict[str, object] = {
    "slug": "way", "kpi_id": "nps", "question_id": 1, "delivery": 1, "item": 1, "person_id": 1, "key_id": 1,
    "note": 1, "account": 1, "proposal": 1, "decision": 1, "message": 1, "name": "extract", "number": 1,
    "code": "north",
    "question": "nothing", "token": "A" * 32, "step": "Opened", "source": "Opened", "target": "Paid",
    "pattern": "Opened ->> Paid", "root": "Opened", "cohort": "2026-01-01", "outcome": "Paid", "goal": "Paid",
    "start": "Opened", "by": "unit", "level": "region", "a": "since=2026-01-01T00:00:00Z",
    "b": "since=2026-01-01T00:00:00Z", "category": "x", "format": "csv", "list_id": "nothing", "population": "way",
    "preset": "zendesk-tickets", "link": 1,
}  # fmt: skip
OF_A_CUSTOMER = ("customer", "number", "event_id")
# Asked one way more than GIVEN says, because one way alone finds too little or is refused.
WAYS: dict[str, list[dict[str, object]]] = {
    "GET /funnel": [{"step": ["Opened", "Paid"], "by": "unit", "per": each} for each in ("customer", "household")],
    "GET /journeys/{slug}/completion": [{"by": "unit", "per": "account"}],
    "GET /kpis/{kpi_id}/figures": [{"by": "unit", "per": "household"}],
    "GET /kpis/{kpi_id}/league": [{"level": "region", "per": "company"}],
    "GET /compare/graph": [{"a_where": "channel:web", "b_where": "channel:phone"}],
    "GET /compare/variants": [{"a_where": "channel:web", "b_where": "channel:phone"}],
    "GET /compare/funnel": [{"a_where": "channel:web", "b_where": "channel:phone", "step": ["Opened", "Paid"]}],
    "GET /customers/export": [{"shape": "hubspot"}],
    "GET /export": [{"format": each} for each in ("json", "arrow")],
}
# What reads without changing anything though it is not a GET, and with what it is asked; `{customer}` is filled in.
POSTS: dict[str, list[str]] = {
    "POST /customers/search": [
        '{"text": "{user}"}', '{"text": "{mail}"}', '{"text": "{surname}"}', '{"text": "{customer}"}',
    ],
    "POST /comments/search": ['{"purpose": "{purpose}"}', '{"text": "{user}", "purpose": "{purpose}"}'],
    "POST /accounts/find": ['{"key": "K-1"}'],
    "POST /extracts/{name}/sql": [
        '{"statement": "SELECT * FROM events"}',
        '{"statement": "SELECT * FROM duckdb_views()"}',
    ],
    "POST /retention-rules/{name}/preview": ['{"title": "a", "days": 3000}'],
    "POST /identity/rules/trials": ['{"text": ""}', '{"text": "blocked: [{user}]"}'],
    "POST /desk/rules/{name}/preview": ['{"reason": "angry", "sentiment_most": 1}'],
    "POST /plan/check": ['{"text": ""}'],
    "POST /deliveries/{delivery}/preview": ["{}"],
    "POST /backups/{name}/verify": ["{}"],
}  # fmt: skip
# What is not a GET and reads nothing that it tells: it makes, changes or removes what its address or body names.
WRITES = """
POST /extracts | DELETE /extracts/{name} | POST /extracts/{name}/renew
POST /pickups | PATCH /pickups/{name} | DELETE /pickups/{name} | POST /pickups/{name}/look | POST /pickups/{name}/run
POST /webhooks | PATCH /webhooks/{name} | DELETE /webhooks/{name} | POST /webhooks/{name}/secret
POST /webhooks/{name}/test | POST /webhooks/{name}/replay | POST /webhooks/{name}/messages/{message}/replay
PUT /traits/{slug} | DELETE /traits/{slug}
POST /customers/{customer}/notes | PUT /customers/{customer}/notes/{note} | DELETE /customers/{customer}/notes/{note}
POST /identity/proposals/decide | POST /identity/proposals/{proposal}/accept
POST /identity/proposals/{proposal}/reject | POST /identity/proposals/{proposal}/reopen | PUT /identity/matching
POST /identity/matching/runs | POST /customers/{customer}/identity/taken-out | POST /identity/merges
POST /identity/decisions/{decision}/undo | PUT /identity/rules | POST /identity/rules/undo
PUT /journeys/{slug} | DELETE /journeys/{slug}
POST /questions | PATCH /questions/{question_id} | DELETE /questions/{question_id}
POST /questions/{question_id}/restore | PUT /questions/{question_id}/pin | DELETE /questions/{question_id}/pin
POST /deliveries | POST /deliveries/stream | POST /deliveries/local | POST /deliveries/{delivery}/start
POST /deliveries/{delivery}/cancel
POST /sources | PATCH /sources/{slug} | DELETE /sources/{slug} | POST /sources/{slug}/rotate
PUT /plan | DELETE /plan/violations | PUT /plan/groups/{name} | DELETE /plan/groups/{name}
PUT /units | POST /units/{code}/move | POST /units/undo
POST /people | PATCH /people/{person_id} | PUT /people/{person_id}/password | POST /people/{person_id}/grants
PUT /people/{person_id}/employee
DELETE /people/{person_id}/grants | DELETE /people/{person_id}/factors | POST /invitations
POST /keys | DELETE /keys/{key_id} | POST /keys/{key_id}/grants | DELETE /keys/{key_id}/grants
PUT /roles/{slug} | DELETE /roles/{slug} | POST /groups | DELETE /groups
PUT /purposes/{purpose} | POST /purposes/{purpose}/notices | POST /consents | POST /consents/import
POST /customers/{customer}/preference-link
POST /accounts | POST /accounts/import | DELETE /accounts/{account} | DELETE /accounts/{account}/members/{customer}
PUT /surveys/{slug} | POST /surveys/{slug}/approve | POST /surveys/{slug}/start | POST /surveys/{slug}/end
POST /surveys/{slug}/links | PATCH /surveys/{slug}/links/{link} | POST /surveys/{slug}/answers
POST /surveys/{slug}/invitations | POST /surveys/{slug}/held/{response}
POST /desk/cases | PUT /desk/cases/{number}/owner | PUT /desk/cases/{number}/due | POST /desk/cases/{number}/notes
POST /desk/cases/{number}/status | PUT /desk/rules/{name} | DELETE /desk/rules/{name}
PUT /prospects/rule | PUT /facts | PUT /populations/{slug} | DELETE /populations/{slug}
POST /lists | PATCH /lists/{list_id} | DELETE /lists/{list_id} | POST /lists/{list_id}/restore
POST /requests | POST /requests/{number}/acknowledge | POST /requests/{number}/verify | POST /requests/{number}/pause
POST /requests/{number}/resume | POST /requests/{number}/extend | POST /requests/{number}/work
POST /requests/{number}/close | POST /tombstones/lift | DELETE /restrictions/{customer}
PUT /duties/{name} | DELETE /duties/{name} | PUT /retention-rules/{name} | DELETE /retention-rules/{name}
POST /holds | POST /holds/{number}/release
POST /encryption/keys | DELETE /encryption/keys | POST /backups
"""
# What may say more, and why.
EXCEPT = {
    "GET /health": "whether the processes run; it waits for an intake that is not there",
    "GET /plan/discovered": "names of events and properties, of nobody; for who sees the whole organisation",
    "GET /plan/groups/suggested": "names of events, of nobody; for who sees the whole organisation",
    "GET /sources": "sources are the company's, not a customer's",
    "GET /units": "the tree of units is the organisation's, not a customer's",
}
EXCEPT_PAGES = {
    "plan": "names of events and properties, of nobody",
    "plan-groups": "names of events, of nobody",
    "plan-group": "names of events, of nobody",
}
# Read to serve a customer, or to keep what they chose: here it is no matter what they refused to others.
SERVING = (
    "/customers/{customer}", "/customers/search", "/accounts", "/identity/", "/consents", "/requests", "/erasures",
    "/holds", "/retention-rules", "/audit",
)  # fmt: skip
SERVING_PAGES = (
    "account",
    "customer",
    "search",
    "identity",
    "consent",
    "request",
    "erasure",
    "hold",
    "review",
    "audit",
    "retention-rule",
)
# Read for analytics below those: what is left where the page may not say who it is.
MASKED = "/customers/{customer}/masked"
# An audit entry names whom it is about by a number, which leads nowhere once they are gone.
BY_NUMBER = ("/audit", "/erasures")
SPAN = {"since": "2025-12-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
EXTRACT = "extract"
ALL_BITS = 63


@dataclass(frozen=True)
class Marked:
    """A customer, and texts that only they leave behind."""

    kind: str  # open, objects, withdrawn, otherwise, refused, elsewhere, erased
    number: int
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What a reader answered: where, under which right and for which purpose it was asked, and the text."""

    where: str
    body: bytes
    right: Right | None = Right.FIGURES_READ  # None: any
    purpose: Purpose = Purpose.ANALYTICS
    is_who: bool = False  # numbers for numbers: words of today decide, no event is read


@dataclass(frozen=True)
class Asking:
    """Who asks, and why where one may say so: somebody with roles in parts of the organisation."""

    grants: tuple[tuple[Role, str | None], ...]
    purpose: Purpose = Purpose.ANALYTICS

    @property
    def viewer(self) -> Viewer:
        """Give them as rooms meet them."""
        given = [RoleGrant(role=role.value, unit=unit) for role, unit in self.grants]
        return viewer_with(given, name="person:1", scopes=frozenset(Scope))

    def reaches_south(self, right: Right | None) -> bool:
        """Say whether a right, None: any, counts in the south."""
        return any(unit != "north" and (right is None or right in RIGHTS[role]) for role, unit in self.grants)

    def hides(self, each: Marked, said: Said) -> bool:
        """Say whether nothing of a customer may be read there."""
        if each.kind == "erased":
            return True
        if each.kind == "elsewhere":
            return not self.reaches_south(said.right)
        if said.purpose is Purpose.SERVICE:
            return False
        if each.kind == "otherwise":
            return said.purpose is self.purpose
        if each.kind == "refused" and said.is_who:  # says yes today; what was collected before stays closed
            return False
        return each.kind != "open"


def company(kinds: Iterable[str], purpose: Purpose = Purpose.ANALYTICS) -> list[Marked]:
    """Build a company in which customers refuse analytics and a purpose in every way, are gone or elsewhere."""
    organisation.save_units(
        [Unit(code=code, name=code, kind="region", parent=None, since=None, until=None) for code in ("north", "south")],
        by="test",
    )
    made, rows = [], []
    for place, kind in enumerate(kinds):
        mark = f"zq{kind}{place}zq"
        token = known(f"{mark}id", name=f"{mark}name Zqsurname{place}", email=f"{mark}@example.com")
        unit = "south" if kind == "elsewhere" else "north"
        own = {"unit": unit, "channel": "web", "purposes": 0 if kind == "refused" else ALL_BITS}
        rows += [each | own for each in _events(token, mark, place, is_hidden=kind != "open")]
        made.append(Marked(kind, token, (mark, str(token), f"Zqsurname{place}")))
    commit(rows, number=1)
    _say(made)
    privacy.refresh_timeline()
    _furnish(made)
    for each in made:
        _choose(each, purpose)
    privacy.refresh_timeline()
    return made


def _say(customers: list[Marked]) -> None:
    """Let everybody say something in words, by which they are found, each on another day."""
    sealer, rows = sealing.sealer(settings.SOJOURN), []
    for place, each in enumerate(customers):
        said = {"kind": "survey", "event": "Survey Answered", "unit": "south" if each.kind == "elsewhere" else "north"}
        at = BEGIN + timedelta(days=place)
        text = f"{each.marks[0]}id was here"
        rows.append(CommentRow(
            event_id=place + 1, person=each.number, sealed=sealer.seal(text.encode(), use="comment"),
            question=each.marks[0], occurred_at=at, received_at=at, purposes=0 if each.kind == "refused" else ALL_BITS,
            **said,
        ))  # fmt: skip
    CommentRow.objects.bulk_create(rows)
    reindex_comments()


def _furnish(customers: list[Marked]) -> None:
    """Give the company a journey, a computed trait that tells what customers did, and proposals about them."""
    journey = Journey(slug="way", name="Way", start="Opened", goals=("Paid",), outcomes={}, steps=(), window_days=7)
    journeys.save(journey=journey, viewer=SYSTEM)
    people.save_trait(rule=TraitRule(slug="what", name="What", how=How.UNIQUE, of="product"), viewer=SYSTEM)
    alike = (Evidence(field="email", level="exact", weight=9.5),)
    pairs = [
        Suggestion(customers=(one.number, other.number), evidence=alike, mark=one.kind, probability=0.97)
        for one, other in pairwise(customers)
    ]
    identity.propose(pairs=pairs, source=ProposalSource.MODEL)
    members = [MemberGiven(customer=each.number) for each in customers]
    for kind in AccountKind:
        people.save_account(given=AccountGiven(kind=kind, key="K-1"), members=members, viewer=SYSTEM)


def _events(token: int, mark: str, place: int, *, is_hidden: bool) -> list[dict[str, Any]]:
    return [
        event(token, "Opened", place),
        event(token, f"{mark} Seen" if is_hidden else "Asked", place + 5),
        event(token, "Paid", place + 10, product=mark if is_hidden else "card", value="5.00"),
        event(token, "Left", place + 20, touchpoint=mark if is_hidden else "page",
              properties=f'{{"answer": "{mark}"}}'),
        event(token, "Survey Answered", place + 30, properties='{"kind": "nps", "scale": "0-10", "score": 9}'),
    ]  # fmt: skip


def _choose(each: Marked, purpose: Purpose) -> None:
    if each.kind == "erased":
        ask_erasure(each.number)
        collection.run_commands()  # the proof of it looks at raw files, and wants no open transaction
        return
    refused = {
        "objects": {Purpose.ANALYTICS, purpose},
        "withdrawn": {Purpose.ANALYTICS, purpose},
        "otherwise": {purpose},
    }.get(each.kind, set())
    for about in {Purpose.ANALYTICS, purpose}:
        if about not in refused or each.kind == "withdrawn":
            privacy.record_consent(customer=each.number, purpose=about, allowed=True, at=BEGIN)
        if about in refused:
            privacy.record_consent(customer=each.number, purpose=about, allowed=False, at=BEGIN + timedelta(hours=1))


def asked(asking: Asking) -> tuple[Client, Client, str]:
    """Give a client with a key of somebody, one signed in as them, and the key; they have an extract to read."""
    throttle.clear()
    (role, unit), *more = asking.grants
    who = access.create_person(email="who@example.com", role=role.value, unit=unit, viewer=SYSTEM)
    made = access.create_key(name="test", scopes=frozenset(Scope), role=role.value, unit=unit, viewer=SYSTEM)
    for role, unit in more:
        access.grant_to_person(person_id=who.id, role=role.value, unit=unit, viewer=SYSTEM)
        access.grant_to_key(key_id=made.key.id, role=role.value, unit=unit, viewer=SYSTEM)
    page = Client(raise_request_exception=False)
    page.force_login(Account.objects.get(pk=who.id))
    key = Client(headers={"Authorization": f"Bearer {made.secret}"}, raise_request_exception=False)
    terms = {"name": EXTRACT, "purpose": asking.purpose.value}
    key.post("/api/v1/extracts", terms, content_type="application/json")
    return key, page, made.secret


def api_answers(client: Client, customers: list[Marked], asking: Asking, only: tuple[str, ...] = ()) -> Iterator[Said]:
    """Ask every endpoint that reads, or `only` some, those of a customer for each of them; give what each says."""
    for each in endpoints(api.get_openapi_schema()):
        key = key_of(each)
        if key in EXCEPT or (only and key not in only):
            continue
        for address in addresses(each, customers, asking) if each.method == "GET" else ():
            yield _said(each, address, client.get(address), asking)
        for body in POSTS.get(key, ()):
            for customer in customers if "{" in body.strip("{}") else customers[:1]:
                address = next(addresses(each, [customer], asking))
                said = filled(body, customer).replace("{purpose}", asking.purpose.value)
                answer = client.post(address, said, content_type="application/json")
                yield _said(each, f"{address} {said}", answer, asking)


def filled(text: str, customer: Marked) -> str:
    """Write a customer into a text."""
    names = {"customer": customer.number, "user": f"{customer.marks[0]}id", "mail": f"{customer.marks[0]}@example.com"}
    for name, value in {**names, "surname": customer.marks[2]}.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _said(each: Endpoint, where: str, answer: Any, asking: Asking) -> Said:
    body = body_of(answer)
    assert answer.status_code < 500, (where, body[:300])
    path = each.path.removeprefix("/api/v1")
    serving = path.startswith(SERVING) and path != MASKED
    named = "purpose" in {field.name for field in each.fields} or "/extracts" in each.path
    purpose = Purpose.SERVICE if serving else asking.purpose if named else Purpose.ANALYTICS
    return Said(where, body, rights()[key_of(each)], purpose)


def body_of(answer: Any) -> bytes:
    """Read an answer, columns of Parquet and Arrow decoded."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code == 200 and ("parquet" in kind or "arrow" in kind) and body:
        table = pq.read_table(pa.BufferReader(body)) if "parquet" in kind else pa.ipc.open_stream(body).read_all()
        body += json.dumps(table.to_pylist(), default=str).encode()
    return bytes(body)


def addresses(each: Endpoint, customers: list[Marked], asking: Asking) -> Iterator[str]:
    """Fill an endpoint's parameters in; for a new one say in GIVEN or WAYS how to."""
    names = re.findall(r"{(\w+)}", each.path)
    given = {**GIVEN, "purpose": asking.purpose.value}
    missing = {field.name for field in each.fields if field.needed and field.place in ("path", "query")} - {*given}
    assert missing <= {*OF_A_CUSTOMER}, f"say in tests/surfaces/leaking.py how to ask {key_of(each)}: {missing}"
    optional = {field.name for field in each.fields if field.place == "query"}
    needed = {field.name: given[field.name] for field in each.fields if field.needed and field.place == "query"}
    span = {name: value for name, value in {**SPAN, "purpose": asking.purpose.value}.items() if name in optional}
    for numbers in [c.number for c in customers] if {*names} & {"customer"} else [customers[0].number]:
        path = each.path
        for name in names:
            path = path.replace(f"{{{name}}}", str(numbers if name in OF_A_CUSTOMER else given[name]))
        for way in ({}, *WAYS.get(key_of(each), [])):
            yield f"{path}?{urlencode({**span, **needed, **way}, doseq=True)}"


def pages(client: Client, customers: list[Marked], asking: Asking) -> Iterator[Said]:
    """Open every page, those of a customer for each of them; give what each shows."""
    rights_held = frozenset[Right]().union(*(RIGHTS[role] for role, _ in asking.grants))
    for pattern in urlpatterns:
        if not isinstance(pattern, URLPattern) or not hasattr(pattern.callback, "opens_to"):
            continue
        kinds = pattern.pattern.converters
        names = list(kinds)
        given = {**GIVEN, "purpose": "marketing"}
        unknown = {name for name in {*names} - {*given} if isinstance(kinds[name], IntConverter)}
        assert not unknown, f"say in tests/surfaces/leaking.py whose number {pattern.name} takes: {unknown}"
        if pattern.name in EXCEPT_PAGES:
            continue
        right: Right = pattern.callback.opens_to[0]
        purpose = Purpose.SERVICE if str(pattern.name).startswith(SERVING_PAGES) else Purpose.ANALYTICS
        if pattern.callback.masked_for and right not in rights_held:
            right, purpose = pattern.callback.masked_for, Purpose.ANALYTICS
        for number in [each.number for each in customers] if "number" in names else [0]:
            address = reverse(
                str(pattern.name),
                kwargs={name: number if name == "number" else given.get(name, "nothing") for name in names},
            )
            answer = client.get(address, {"period": "all"})
            body = body_of(answer)
            assert answer.status_code < 500, (address, body[:300])
            yield Said(address, body.replace(address.encode(), b""), right, purpose)


def rights() -> dict[str, Right]:
    """Give the right that each endpoint asks for."""
    found = {}
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                right, _ = getattr(operation.view_func, "needs", (Right.FIGURES_READ, False))
                for method in operation.methods:
                    found[f"{method} {prefix}{path.replace('path:', '')}"] = right
    return found


def key_of(each: Endpoint) -> str:
    """Name an endpoint as the tables do."""
    return f"{each.method} {each.path.removeprefix('/api/v1')}"
