"""A company with customers who must not be seen, each marked, and every way to ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter

from domains.customers.people import known
from domains.privacy.bank import BEGIN, commit, event
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.describing import Endpoint, endpoints
from sojourn.surfaces.web.urls import urlpatterns
from surfaces.rest.asking import asker

# What a parameter is filled with. A new endpoint or page whose parameters are not here fails: say how to ask it.
GIVEN: dict[str, object] = {
    "slug": "way", "kpi_id": "nps", "question_id": 1, "delivery": 1, "item": 1, "person_id": 1, "key_id": 1,
    "note": 1, "proposal": 1, "purpose": "marketing", "name": "marketing", "number": 1, "question": "nothing",
    "token": "A" * 32, "step": "Opened", "source": "Opened", "target": "Paid", "pattern": "Opened ->> Paid",
    "root": "Opened", "cohort": "2026-01-01", "outcome": "Paid", "goal": "Paid", "start": "Opened", "by": "unit",
    "level": "region", "a": "since=2026-01-01T00:00:00Z",
    "b": "since=2026-01-01T00:00:00Z", "category": "x", "format": "csv",
}  # fmt: skip
OF_A_CUSTOMER = ("customer", "number", "event_id")
# Asked one way more than GIVEN says, because one way alone finds too little or is refused.
WAYS: dict[str, list[dict[str, object]]] = {
    "GET /funnel": [{"step": ["Opened", "Paid"], "by": "unit"}],
    "GET /compare/graph": [{"a_where": "channel:web", "b_where": "channel:phone"}],
    "GET /compare/variants": [{"a_where": "channel:web", "b_where": "channel:phone"}],
    "GET /compare/funnel": [{"a_where": "channel:web", "b_where": "channel:phone", "step": ["Opened", "Paid"]}],
    "GET /export": [{"format": each} for each in ("json", "arrow")],
}
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
SPAN = {"since": "2025-12-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}


@dataclass(frozen=True)
class Marked:
    """A customer, and texts that only they leave behind."""

    kind: str  # open, objects, refused, elsewhere
    number: int
    marks: tuple[str, ...]


def company(kinds: Iterable[str]) -> list[Marked]:
    """Build a company of customers: `open` and `elsewhere` in unit south, `objects` and `refused` for analytics."""
    organisation.save_units(
        [Unit(code=code, name=code, kind="region", parent=None, since=None, until=None) for code in ("north", "south")],
        by="test",
    )
    made, rows = [], []
    for place, kind in enumerate(kinds):
        mark = f"zq{kind}{place}zq"
        token = known(f"{mark}id", name=f"{mark}name Zqsurname{place}", email=f"{mark}@example.com")
        unit = "south" if kind == "elsewhere" else "north"
        hidden = kind != "open"
        own = {"unit": unit, "channel": "web", "purposes": 0 if kind == "refused" else None}
        rows += [
            event(token, "Opened", place, **own),
            event(token, f"{mark} Seen" if hidden else "Asked", place + 5, **own),
            event(token, "Paid", place + 10, **own, product=mark if hidden else "card", value="5.00"),
            event(token, "Left", place + 20, **own, touchpoint=mark if hidden else "page",
                  properties=f'{{"answer": "{mark}"}}'),
        ]  # fmt: skip
        made.append(Marked(kind, token, (mark, str(token), f"Zqsurname{place}")))
    commit(rows, number=1)
    privacy.refresh_timeline()
    for each in made:
        if each.kind == "objects":
            privacy.record_consent(customer=each.number, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    return made


def asked(role: Role, unit: str | None) -> tuple[Client, Client]:
    """Give a client with a key of a role in a unit, and one that is signed in so."""
    who = access.create_person(email="who@example.com", role=role.value, unit=unit, viewer=SYSTEM)
    page = Client(raise_request_exception=False)
    page.force_login(Account.objects.get(pk=who.id))
    return asker(role, unit=unit), page


def api_answers(client: Client, customers: list[Marked], only: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Ask every GET endpoint, or `only` some, those of a customer for each of them; give what each says."""
    for each in endpoints(api.get_openapi_schema()):
        if each.method == "GET" and _key(each) not in EXCEPT and (not only or _key(each) in only):
            for address in addresses(each, customers):
                answer = client.get(address)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
                assert answer.status_code < 500, (address, body[:300])
                yield address, body


def addresses(each: Endpoint, customers: list[Marked]) -> Iterator[str]:
    """Fill an endpoint's parameters in; for a new one say in GIVEN or WAYS how to."""
    names = re.findall(r"{(\w+)}", each.path)
    missing = {field.name for field in each.fields if field.needed and field.place in ("path", "query")} - {*GIVEN}
    assert missing <= {*OF_A_CUSTOMER}, f"say in tests/surfaces/leaking.py how to ask {_key(each)}: {missing}"
    optional = {field.name for field in each.fields if field.place == "query"}
    needed = {field.name: GIVEN[field.name] for field in each.fields if field.needed and field.place == "query"}
    span = {name: value for name, value in SPAN.items() if name in optional}
    for numbers in [c.number for c in customers] if {*names} & {"customer"} else [customers[0].number]:
        path = each.path
        for name in names:
            path = path.replace(f"{{{name}}}", str(numbers if name in OF_A_CUSTOMER else GIVEN[name]))
        for way in ({}, *WAYS.get(_key(each), [])):
            yield f"{path}?{urlencode({**span, **needed, **way}, doseq=True)}"


def pages(client: Client, customers: list[Marked]) -> Iterator[tuple[str, bytes]]:
    """Open every page, those of a customer for each of them; give what each shows."""
    for pattern in urlpatterns:
        if not isinstance(pattern, URLPattern) or not hasattr(pattern.callback, "opens_to"):
            continue
        kinds = pattern.pattern.converters
        names = list(kinds)
        unknown = {name for name in {*names} - {*GIVEN} if isinstance(kinds[name], IntConverter)}
        assert not unknown, f"say in tests/surfaces/leaking.py whose number {pattern.name} takes: {unknown}"
        if pattern.name in EXCEPT_PAGES:
            continue
        for number in [each.number for each in customers] if "number" in names else [0]:
            filled = {name: number if name == "number" else GIVEN.get(name, "nothing") for name in names}
            address = reverse(str(pattern.name), kwargs=filled)
            answer = client.get(address, {"period": "all"})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            assert answer.status_code < 500, (address, body[:300])
            yield address, body.replace(address.encode(), b"")


def searched(client: Client, customers: list[Marked]) -> Iterator[tuple[str, bytes]]:
    """Search for each customer by everything that names them."""
    for each in customers:
        for text in (f"{each.marks[0]}id", f"{each.marks[0]}@example.com", each.marks[2], str(each.number)):
            body: dict[str, Any] = {"text": text}
            answer = client.post("/api/v1/customers/search", body, content_type="application/json")
            yield f"search {text}", answer.content


def _key(each: Endpoint) -> str:
    return f"{each.method} {each.path.removeprefix('/api/v1')}"
