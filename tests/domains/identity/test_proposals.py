"""Pairs who may be one human wait for somebody's decision; a decision holds until there is new evidence."""

from __future__ import annotations

import pytest
from django.db import router, transaction

from sojourn.domains.identity import actions
from sojourn.domains.identity.contracts import Evidence, ProposalSource, ProposalState, Suggestion
from sojourn.domains.identity.models import Proposed
from sojourn.kit.errors import InvalidError

pytestmark = pytest.mark.django_db(databases="__all__")

ALIKE = (Evidence(field="email", level="exact", weight=9.5),)


def pair(one: int, other: int, mark: str = "ana", probability: float | None = 0.97) -> Suggestion:
    """Make a suggestion about two customers."""
    return Suggestion(customers=(one, other), evidence=ALIKE, mark=mark, probability=probability)


def test_a_pair_is_proposed_once_whichever_comes_first() -> None:
    assert actions.propose(pairs=[pair(1, 2), pair(2, 1)], source=ProposalSource.MODEL) == 1
    assert actions.propose(pairs=[pair(2, 1, probability=0.98)], source=ProposalSource.MODEL) == 0
    row = Proposed.objects.get()
    assert (row.first, row.second, row.probability) == (1, 2, 0.98)
    assert row.evidence == [["email", "exact", 9.5]]
    assert b"ana" not in bytes(row.mark)


def test_a_pair_of_one_number_is_refused() -> None:
    with pytest.raises(InvalidError):
        actions.propose(pairs=[pair(1, 1)], source=ProposalSource.RULE)


def test_two_numbers_of_one_customer_are_passed_over() -> None:
    actions.link(pairs=[(1, 2)])
    assert actions.propose(pairs=[pair(1, 2)], source=ProposalSource.RULE) == 0


def test_what_was_rejected_comes_back_only_with_new_evidence() -> None:
    actions.propose(pairs=[pair(1, 2, "ana")], source=ProposalSource.MODEL)
    row = Proposed.objects.get()
    Proposed.objects.update(state=ProposalState.REJECTED.value, decided=[bytes(row.mark).hex()])
    assert actions.propose(pairs=[pair(1, 2, "ana")], source=ProposalSource.MODEL) == 0
    assert Proposed.objects.get().state == ProposalState.REJECTED
    assert actions.propose(pairs=[pair(1, 2, "ana and a phone")], source=ProposalSource.RULE) == 1
    assert Proposed.objects.get().state == ProposalState.OPEN


def test_a_rule_does_not_take_the_place_of_the_model() -> None:
    actions.propose(pairs=[pair(1, 2)], source=ProposalSource.MODEL)
    actions.propose(pairs=[pair(1, 2, probability=None)], source=ProposalSource.RULE)
    assert Proposed.objects.get().source == ProposalSource.MODEL


def test_an_erased_person_is_in_no_proposal() -> None:
    actions.propose(pairs=[pair(1, 2), pair(2, 3), pair(3, 4)], source=ProposalSource.MODEL)
    with transaction.atomic(using=router.db_for_write(Proposed)):
        actions.forget((2,))
    assert list(Proposed.objects.values_list("first", "second")) == [(3, 4)]
