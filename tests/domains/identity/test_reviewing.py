"""Matching finds pairs, people decide; a viewer of some units decides only about whom they may see."""

from __future__ import annotations

import pytest

from domains.customers.people import ANALYST, known
from domains.identity.claiming import customers
from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import (
    Evidence,
    MatchingTerms,
    MatchState,
    Proposal,
    ProposalSource,
    ProposalState,
    Suggestion,
)
from sojourn.domains.identity.records import record
from sojourn.engine.simulation.names import FIRST_NAMES, LAST_NAMES
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
NORTH = Viewer(name="person:3", role=Role.AGENT_MANAGER, scopes=frozenset(Scope), units=frozenset({"north"}))


def ana_twice(**more: str) -> tuple[int, int]:
    """Store a human twice: as a customer with a number, and as somebody without one."""
    one = known("c-1", firstName="Ana", lastName="Berg", email="ana@example.com", birthday="1980-05-07")
    other = known(device="d-9", firstName="Anna", lastName="Berg", birthday="1980-05-07", **more)
    return one, other


def proposed(*pairs: tuple[int, int], probability: float | None = 0.97) -> list[Proposal]:
    """Put pairs into the queue."""
    alike = (Evidence(field="start", level="", weight=-9.0), Evidence(field="born", level="the same", weight=14.1))
    given = [
        Suggestion(customers=pair, evidence=alike, mark=str(sorted(pair)), probability=probability) for pair in pairs
    ]
    actions.propose(pairs=given, source=ProposalSource.MODEL)
    return list(queries.proposals(viewer=SYSTEM).rows)


def test_accepting_makes_one_customer_and_undoing_makes_two_again() -> None:
    one, other = ana_twice()
    (waiting,) = proposed((one, other))
    assert waiting.are_numbered == ((True, False) if one < other else (False, True))
    done = actions.accept(proposal=waiting.id, viewer=SYSTEM)
    assert done.state is ProposalState.ACCEPTED
    assert len(set(customers(one, other))) == 1
    assert not queries.proposals(viewer=SYSTEM).rows
    with pytest.raises(ConflictError):
        actions.reject(proposal=waiting.id, viewer=SYSTEM)
    assert actions.reopen(proposal=waiting.id, viewer=SYSTEM).state is ProposalState.OPEN
    assert len(set(customers(one, other))) == 2
    assert set(AuditRow.objects.values_list("what", flat=True)) >= {"identity.accept", "identity.reopen"}


def test_a_rejected_pair_stays_apart_until_it_is_opened_again() -> None:
    (waiting,) = proposed(ana_twice())
    actions.reject(proposal=waiting.id, viewer=SYSTEM)
    assert not proposed(waiting.customers), "the evidence is the same"
    actions.reopen(proposal=waiting.id, viewer=SYSTEM)
    assert len(queries.proposals(viewer=SYSTEM).rows) == 1
    with pytest.raises(ConflictError):
        actions.reopen(proposal=waiting.id, viewer=SYSTEM)


def test_what_one_may_not_see_is_not_in_the_queue() -> None:
    ana_twice()
    load(
        [event(1, "Opened", 0, unit="north"), event(2, "Opened", 1, unit="north"), event(3, "Opened", 2, unit="south")]
    )
    both, half = (
        next(each for each in proposed((1, 2), (2, 3)) if each.customers == pair) for pair in ((1, 2), (2, 3))
    )
    page = queries.proposals(viewer=NORTH)
    assert [each.id for each in page.rows] == [both.id]
    assert page.total == 1
    for verb in (actions.accept, actions.reject, actions.reopen):
        with pytest.raises(NotFoundError):
            verb(proposal=half.id, viewer=NORTH)
    with pytest.raises(NotFoundError):
        queries.proposal(number=half.id, viewer=NORTH)
    with pytest.raises(ForbiddenError):
        queries.proposals(viewer=ANALYST)


def test_side_by_side_shows_what_differs_and_what_it_weighs() -> None:
    one, other = ana_twice(address="12 Mill Lane")
    (waiting,) = proposed((one, other))
    seen = queries.proposal(number=waiting.id, viewer=SYSTEM)
    assert seen.start == -9.0
    fields = {each.field: each for each in seen.fields}
    assert fields["born"].weight == 14.1
    assert set(fields["given"].values) == {"Ana", "Anna"}
    assert set(fields["street"].values) == {"", "Mill Lane"}
    assert set(fields["number"].values) == {"", "12"}


def test_a_rejected_pair_is_shown_side_by_side_as_long_as_it_is_two() -> None:
    (waiting,) = proposed(ana_twice())
    actions.reject(proposal=waiting.id, viewer=SYSTEM)
    rejected = queries.proposal(number=waiting.id, viewer=SYSTEM)
    assert {"Ana", "Anna"} in [set(each.values) for each in rejected.fields]
    actions.reopen(proposal=waiting.id, viewer=SYSTEM)
    actions.accept(proposal=waiting.id, viewer=SYSTEM)
    accepted = queries.proposal(number=waiting.id, viewer=SYSTEM)
    assert not any(any(each.values) for each in accepted.fields)


def test_in_bulk_the_number_must_be_the_one_that_was_told_and_two_customer_numbers_are_left_out() -> None:
    one, other = ana_twice()
    second = known("c-2", firstName="Ana", lastName="Berg")
    proposed((one, other), (one, second))
    with pytest.raises(ConflictError):
        actions.decide_many(verdict=actions.Verdict.ACCEPT, probability_from=0.9, expected=2, viewer=SYSTEM)
    assert actions.decide_many(verdict=actions.Verdict.ACCEPT, probability_from=0.9, expected=1, viewer=SYSTEM) == 1
    assert len(set(customers(one, other, second))) == 2
    assert actions.decide_many(verdict=actions.Verdict.REJECT, probability_from=0.9, expected=1, viewer=SYSTEM) == 1


def crowd(size: int = 90) -> None:
    """Store customers with numbers, a few of them once more without, under a name with a slip."""
    for at in range(size):
        given, family = FIRST_NAMES[at % 61], LAST_NAMES[(at * 7) % 59]
        said = {"birthday": f"19{40 + at % 50}-{1 + at % 12:02}-{1 + at * 5 % 28:02}", "address": f"{at} Mill Lane"}
        known(f"c-{at}", firstName=given, lastName=family, email=f"{given}.{at}@example.com", **said)
        if at % 6 == 0:
            known(device=f"d-{at}", firstName=given, lastName=family[1] + family[0] + family[2:], **said)


def test_matching_puts_pairs_into_the_queue_and_merges_only_where_it_may() -> None:
    crowd()
    two = [
        known(f"b-{at}", firstName="Ana", lastName="Berg", address="7 Old Road", birthday="1961-01-01")
        for at in range(2)
    ]
    stranger = known("c-777", firstName="Petra", lastName="Stone", birthday="1950-02-03")
    (unlike,) = proposed((two[0], stranger))
    run = actions.request_match(viewer=SYSTEM)
    assert run.state is MatchState.DONE, run.problem
    assert run.figures is not None
    waiting = queries.proposals(viewer=SYSTEM, limit=100)
    assert waiting.total == run.figures.proposed >= 15
    assert tuple(sorted(two)) in {each.customers for each in waiting.rows}
    assert all(each.evidence[0].field == "start" for each in waiting.rows)
    (gone,) = queries.proposals(state=ProposalState.GONE, viewer=SYSTEM).rows
    assert gone.id == unlike.id, "what is not found any more leaves the queue"

    actions.set_matching(terms=MatchingTerms(merge_above=0.9), viewer=SYSTEM)
    again = actions.request_match(viewer=SYSTEM)
    assert again.figures is not None
    assert again.figures.proposed == 0
    assert again.figures.merged >= 14
    assert len(set(customers(*two))) == 2, "two customer numbers are never merged by the model"
    left = queries.proposals(viewer=SYSTEM, limit=100)
    assert left.total == waiting.total - again.figures.merged


def test_too_few_customers_end_a_run_with_a_reason() -> None:
    run = actions.request_match(viewer=SYSTEM)
    assert run.state is MatchState.FAILED
    assert "two records" in run.problem


def test_terms_are_checked_and_rights_are_asked() -> None:
    for terms in (MatchingTerms(every_days=0), MatchingTerms(merge_above=0.5), MatchingTerms(merge_above=1.1)):
        with pytest.raises(InvalidError):
            actions.set_matching(terms=terms, viewer=SYSTEM)
    with pytest.raises(ForbiddenError):
        actions.set_matching(terms=MatchingTerms(), viewer=ANALYST)
    with pytest.raises(ForbiddenError):
        actions.request_match(viewer=ANALYST)


def test_matching_runs_by_itself_when_it_is_time() -> None:
    actions.match_when_due()
    assert not queries.matching_runs(viewer=SYSTEM)
    actions.set_matching(terms=MatchingTerms(every_days=7), viewer=SYSTEM)
    actions.match_when_due()
    actions.match_when_due()
    assert len(queries.matching_runs(viewer=SYSTEM)) == 1


@pytest.mark.parametrize(
    ("traits", "fields"),
    [
        ({"name": "Ana Berg"}, {"given": "Ana", "family": "Berg"}),
        ({"first_name": "Ana", "name": "Somebody Else"}, {"given": "Ana"}),
        ({"address": {"street": "Mill Road 1b", "zip": 29}}, {"street": "Mill Road", "number": "1b", "postcode": "29"}),
        ({"address": "Harbour Street"}, {"street": "Harbour Street"}),
        ({"city": "Old Harbour", "email": " a@b.example "}, {"place": "Old Harbour", "mail": "a@b.example"}),
        ({"firstName": ["Ana"], "birthday": None, "phone": True}, {}),
    ],
)  # fmt: skip
def test_traits_become_fields(traits: dict[str, object], fields: dict[str, str]) -> None:
    assert record(traits) == fields
