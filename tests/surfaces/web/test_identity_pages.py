"""Why a customer is one person, taken apart and undone; the rules, tried and let hold; nothing without the right."""

from __future__ import annotations

import pytest
from django.test import Client

from domains.customers.conftest import place as place
from domains.customers.people import known
from domains.identity.claiming import customers, said, stored
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.customers import actions as people
from sojourn.domains.identity import queries
from sojourn.domains.identity.models import Edge
from sojourn.surfaces.web.rule_words import rule_lines

pytestmark = pytest.mark.django_db(databases="__all__")


def signed_in(role: Role) -> Client:
    """Sign somebody of a role in."""
    person = access.create_person(email=f"{role.value}@example.com", role=role, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=person.id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_each_edge_is_shown_and_an_edge_taken_out_is_brought_back() -> None:
    ana = known("ana")
    phone = int(stored(said(("ana", "phone"), (None, "phone"), event_ids=[77, 78], at_us=[1, 2])).person[1])
    client = signed_in(Role.PRIVACY_OFFICER)
    page = client.get(f"/customers/{ana}/identity").content.decode()
    assert "signed in on" in page
    assert "<code>77</code>" in page
    assert 'class="identity-picture"' in page
    assert 'href="#edge-1"' in page
    assert 'aria-label="Take out edge 1">Take out<' in page  # a name begins with the words that are seen
    client.post(f"/customers/{ana}/identity/take-out", {"edge": Edge.objects.get(other=phone).pk})
    assert customers(phone) == [phone]
    decision = queries.decisions()[0].id
    after = client.get(f"/customers/{ana}/identity").content.decode()
    assert "somebody took it out" in after
    client.post(f"/customers/{ana}/identity/undo", {"decision": decision})
    assert customers(phone) == [ana]


def test_identifiers_are_opened_where_they_belong_and_not_those_of_others() -> None:
    ana = int(stored(said(("ana", "phone"), (None, "phone"))).person[0])
    known("bob", email="shared@example.com")
    known("ana", email="shared@example.com")
    page = signed_in(Role.PRIVACY_OFFICER).get(f"/customers/{ana}/identity").content.decode()
    assert "<code>ana</code>" in page
    assert "shared@example.com" in page
    assert ">bob<" not in page


def test_a_merged_customer_s_page_leads_to_why_it_is_one() -> None:
    ana, bob = known("ana"), known("bob")
    people.merge_customers(customers=[ana, bob], why="They wrote to us.", viewer=SYSTEM)
    client = signed_in(Role.ADMINISTRATOR)
    page = client.get(f"/customers/{min(ana, bob)}").content.decode()
    assert f"/customers/{min(ana, bob)}/identity" in page
    assert client.get(f"/customers/{max(ana, bob)}/identity").status_code == 302
    assert "They wrote to us." in client.get(f"/customers/{min(ana, bob)}/identity").content.decode()


def test_rules_are_tried_then_let_hold_then_taken_back() -> None:
    client = signed_in(Role.ADMINISTRATOR)
    stored(said(("ana", "phone"), (None, "phone")))
    changed = queries.rules_text().replace("count: 50", "count: 5")
    assert "has 50 at most in 7 days; more join nobody." in client.get("/customers/rules").content.decode()
    tried = client.post("/customers/rules", {"text": changed, "base": "0", "do": "try"}).content.decode()
    assert "Nobody would split or join." in tried
    assert "has 5 at most in 7 days; more join nobody." in tried
    assert "as Sojourn comes" in tried and "version 0" not in tried
    assert queries.rules_in_force().version == 0
    assert client.post("/customers/rules", {"text": changed, "base": "0", "do": "apply"}).status_code == 302
    assert queries.rules_in_force().version == 1
    client.post("/customers/rules", {"do": "undo"})
    assert queries.rules_in_force().version == 2


def test_rules_that_mean_nothing_are_refused_by_name_and_nobody_else_may_change_them() -> None:
    refused = signed_in(Role.ADMINISTRATOR).post("/customers/rules", {"text": "kinds: 3", "do": "try"})
    assert refused.status_code == 422
    assert "kinds: a list" in refused.content.decode()
    assert signed_in(Role.ANALYST).get("/customers/rules").status_code == 403


def test_each_rule_is_said_in_words() -> None:
    said = {each.about: " ".join(each.says) for each in rule_lines(queries.rules_in_force())}
    assert said["Mail address"].startswith("Who gives the same one is the same customer. A customer has 5 at most;")
    assert said["Values that mean nobody"].endswith("undefined and 6 more")
    assert said["Too common a value"] == "A value that more than 20 persons hold joins nobody."
    own = queries.rules_of("kinds: [{name: card, traits: [card], joins: false}]\ndevices: null\nverified_by: [crm]")
    said = {each.about: " ".join(each.says) for each in rule_lines(own)}
    assert said["card"] == "Kept, but joins nobody. Read from card."
    assert said["Device"].endswith("on however many devices.")
    assert said["Proof"].endswith("says so: crm.")
