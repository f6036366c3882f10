"""The review queue's page: pairs side by side, decided, undone, many at once; nothing without the right."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from domains.customers.conftest import place as place
from domains.customers.people import known
from domains.identity.claiming import customers
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import Evidence, ProposalSource, Suggestion

pytestmark = pytest.mark.django_db(databases="__all__")
ALIKE = (
    Evidence(field="start", level="", weight=-12.0),
    Evidence(field="born", level="the same", weight=14.0),
    Evidence(field="given", level="close", weight=6.5),
)


def signed_in(role: Role) -> Client:
    """Sign somebody of a role in."""
    person = access.create_person(email=f"{role.value}@example.com", role=role, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=person.id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def pair() -> tuple[int, int]:
    """Store a human twice and propose it."""
    one = known("c-1", firstName="Ana", lastName="Berg", birthday="1980-05-07")
    other = known(device="d-1", firstName="Anna", lastName="Berg", birthday="1980-05-07")
    suggestion = Suggestion(customers=(one, other), evidence=ALIKE, mark="ana", probability=0.991)
    actions.propose(pairs=[suggestion], source=ProposalSource.MODEL)
    return one, other


def test_a_pair_is_shown_accepted_and_taken_apart_again(pair: tuple[int, int]) -> None:
    client = signed_in(Role.PRIVACY_OFFICER)
    page = client.get("/customers/review").content.decode()
    for words in ("99.1", "<mark>Ana</mark>", "<mark>Anna</mark>", "Born", "+14.0", "−12.0|-12.0"):
        assert re.search(words.replace("+", r"\+"), page), words
    number = queries.proposals(viewer=SYSTEM).rows[0].id
    answer = client.post(f"/customers/review/{number}/accept", {"source": "model"})
    assert answer["Location"] == f"/customers/review?source=model&undo={number}"
    assert len(set(customers(*pair))) == 1
    after = client.get(answer["Location"]).content.decode()
    assert f"/customers/review/{number}/reopen" in after
    client.post(f"/customers/review/{number}/reopen")
    assert len(set(customers(*pair))) == 2


def test_home_counts_the_pairs_that_wait_for_those_who_decide(pair: tuple[int, int]) -> None:
    assert "1 pair of customers may be one person." in signed_in(Role.PRIVACY_OFFICER).get("/").content.decode()
    assert "may be one person" not in signed_in(Role.ANALYST).get("/").content.decode()
    actions.reject(proposal=queries.proposals(viewer=SYSTEM).rows[0].id, viewer=SYSTEM)
    client = signed_in(Role.ADMINISTRATOR)
    assert "may be one person" not in client.get("/").content.decode()


def test_many_are_decided_only_as_many_as_the_page_said(pair: tuple[int, int]) -> None:
    client = signed_in(Role.PRIVACY_OFFICER)
    page = client.get("/customers/review?from=90").content.decode()
    assert 'name="expected" value="1"' in page
    client.post("/customers/review/many", {"verdict": "reject", "from": "90", "expected": "2"})
    assert queries.proposals(viewer=SYSTEM).total == 1
    client.post("/customers/review/many", {"verdict": "reject", "from": "90", "expected": "1"})
    assert queries.proposals(viewer=SYSTEM).total == 0
    assert "Pair" in client.get("/customers/review?state=rejected").content.decode()


def test_the_empty_queue_says_what_will_be_there_and_a_bad_filter_what_is_wrong() -> None:
    client = signed_in(Role.ADMINISTRATOR)
    assert "Nobody waits for a decision" in client.get("/customers/review").content.decode()
    assert "Give a percentage" in client.get("/customers/review?from=often").content.decode()
    assert "There is no such state" in client.get("/customers/review?state=lost").content.decode()
    client.post("/customers/review/terms", {"every_days": "7", "merge_above": "99,5"})
    assert (queries.matching_terms().every_days, queries.matching_terms().merge_above) == (7, 0.995)
    client.post("/customers/review/match", {})
    assert "two records" in client.get("/customers/review").content.decode()


def test_without_the_right_there_is_nothing(pair: tuple[int, int]) -> None:
    client = signed_in(Role.AGENT)
    assert client.get("/customers/review").status_code == 403
    number = queries.proposals(viewer=SYSTEM).rows[0].id
    assert client.post(f"/customers/review/{number}/accept").status_code == 403
    assert signed_in(Role.PRIVACY_OFFICER).post(f"/customers/review/{number}/explode").status_code == 404
